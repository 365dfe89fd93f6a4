import fc from 'fast-check';
import {
  Allocated,
  BatchCreated,
  BatchQuantityChanged,
  Deallocated,
  type DomainEvent,
  OrderLine,
  OutOfStock,
} from '../../src/allocation/contracts';
import { Product } from '../../src/allocation/domain/product';

const SKU = 'SOFA';
const REFERENCES = ['b1', 'b2', 'b3', 'b4', 'b5'];
const ORDERS = Array.from({ length: 12 }, (_, index) => `o${index}`);

type Step = (product: Product) => void;
const batchRef = fc.constantFrom(...REFERENCES);
const order = fc.constantFrom(...ORDERS);
const lineQty = fc.integer({ min: 1, max: 8 });
const eta = fc.constantFrom(null, null, '2031-01-01', '2031-01-02', '2031-01-03');

const named = (name: string, step: Step): Step => Object.assign(step, { [fc.toStringMethod]: () => name });

const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .tuple(batchRef, fc.integer({ min: 1, max: 20 }), eta)
    .map(([batchRef, qty, day]) =>
      named(`create ${batchRef} ${qty} ${day}`, (product) => void product.createBatch(batchRef, qty, day)),
    ),
  {
    weight: 4,
    arbitrary: fc
      .tuple(order, lineQty)
      .map(([id, qty]) =>
        named(`allocate ${id} ${qty}`, (product) => product.allocate(new OrderLine(id, SKU, qty))),
      ),
  },
  order.map((id) => named(`deallocate ${id}`, (product) => product.deallocate(id))),
  order.map((id) => named(`reallocate ${id}`, (product) => product.reallocate(id))),
  fc
    .tuple(batchRef, fc.integer({ min: 0, max: 20 }))
    .map(([batchRef, qty]) =>
      named(`change ${batchRef} to ${qty}`, (product) => product.changeBatchQuantity(batchRef, qty)),
    ),
);

/** What the events alone say, told apart from the product's own bookkeeping. */
class Replay {
  readonly batches = new Map<string, { purchased: number; eta: string | null; born: number }>();
  readonly lines = new Map<string, { batch: string; qty: number }>();

  available(batchRef: string): number {
    const taken = [...this.lines.values()]
      .filter(({ batch }) => batch === batchRef)
      .reduce((sum, { qty }) => sum + qty, 0);
    return (this.batches.get(batchRef)?.purchased ?? 0) - taken;
  }

  availableOfAll(): number {
    return [...this.batches.keys()].reduce((sum, batchRef) => sum + this.available(batchRef), 0);
  }

  /** Rule 2, written down a second time and in another way. */
  preferred(qty: number): string | undefined {
    return [...this.batches]
      .filter(([batchRef]) => this.available(batchRef) >= qty)
      .sort(([, a], [, b]) => (a.eta ?? '').localeCompare(b.eta ?? '') || a.born - b.born)[0]?.[0];
  }

  enter(event: DomainEvent, sequence: number): void {
    if (event instanceof BatchCreated) {
      expect(this.batches.has(event.batchRef)).toBe(false);
      this.batches.set(event.batchRef, { purchased: event.qty, eta: event.eta, born: sequence });
    } else if (event instanceof BatchQuantityChanged) {
      this.batches.get(event.batchRef)!.purchased = event.qty;
    } else if (event instanceof Allocated) {
      expect(this.lines.has(event.orderId)).toBe(false);
      expect(event.batchRef).toBe(this.preferred(event.qty));
      this.lines.set(event.orderId, { batch: event.batchRef, qty: event.qty });
      expect(event.available).toBe(this.available(event.batchRef));
    } else if (event instanceof Deallocated) {
      expect(this.lines.get(event.orderId)).toEqual({ batch: event.batchRef, qty: event.qty });
      this.lines.delete(event.orderId);
      expect(event.available).toBe(this.available(event.batchRef));
    } else if (event instanceof OutOfStock) {
      expect(this.preferred(event.qty)).toBeUndefined();
      expect(event.available).toBe(this.availableOfAll());
      expect(this.lines.has(event.orderId)).toBe(false);
    }
  }
}

function expectToAgree(product: Product, replay: Replay): void {
  expect(product.available).toBe(replay.availableOfAll());
  for (const batchRef of REFERENCES) {
    const batch = product.batch(batchRef);
    expect(batch !== undefined).toBe(replay.batches.has(batchRef));
    if (!batch) continue;
    expect(batch.available).toBe(replay.available(batchRef));
    expect(batch.available).toBeGreaterThanOrEqual(0);
  }
  for (const id of ORDERS) {
    const allocated = product.allocationOf(id);
    expect(allocated && { batch: allocated.batch.ref, qty: allocated.line.qty }).toEqual(
      replay.lines.get(id),
    );
  }
}

test('any sequence of commands keeps the rules, as told by its events (rules 1, 2, 3 and 7)', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const product = new Product(SKU);
      const replay = new Replay();
      for (const run of steps) {
        const before = product.events.length;
        let threw = false;
        try {
          run(product);
        } catch {
          threw = true;
        }
        const raised = product.events.slice(before);
        if (threw) expect(raised).toEqual([]);
        raised.forEach((event, index) => replay.enter(event, before + index + 1));
        expectToAgree(product, replay);
        expectNoLineLost(raised);
      }
    }),
    { numRuns: 500 },
  );
});

/** Rule 7: each line that a cut took off was allocated anew or reported, after all had been taken off, the oldest first. */
function expectNoLineLost(raised: readonly DomainEvent[]): void {
  if (!(raised[0] instanceof BatchQuantityChanged)) return;
  const off = raised.filter((event) => event instanceof Deallocated).map(({ orderId }) => orderId);
  const anew = raised
    .filter((event) => event instanceof Allocated || event instanceof OutOfStock)
    .map(({ orderId }) => orderId);
  expect(anew).toEqual([...off].reverse());
}

test('a cut takes no more lines off than it must, the newest first (rule 7)', () => {
  fc.assert(
    fc.property(
      fc.array(lineQty, { minLength: 1, maxLength: 12 }),
      fc.nat({ max: 100 }),
      (quantities, to) => {
        const total = quantities.reduce((sum, qty) => sum + qty, 0);
        const product = new Product(SKU);
        product.createBatch('batch', total, null);
        quantities.forEach((qty, index) => product.allocate(new OrderLine(`o${index}`, SKU, qty)));
        const qty = Math.min(to, total);
        product.changeBatchQuantity('batch', qty);

        const off = product.events.filter((event) => event instanceof Deallocated);
        const expected: string[] = [];
        let left = total;
        for (let index = quantities.length - 1; left > qty; index -= 1) {
          expected.push(`o${index}`);
          left -= quantities[index];
        }
        expect(off.map(({ orderId }) => orderId)).toEqual(expected);
      },
    ),
  );
});

test('a product loaded with what a line needs decides like the whole product', () => {
  const stock = fc.array(fc.tuple(fc.integer({ min: 1, max: 10 }), eta), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(stock, fc.array(lineQty, { minLength: 1, maxLength: 10 }), (batches, quantities) => {
      const whole = new Product(SKU);
      batches.forEach(([qty, day], index) => whole.createBatch(`b${index}`, qty, day));
      // For each quantity as many batches as there are lines, those that fit before any is allocated.
      const loaded = new Set(
        quantities.flatMap((qty) => {
          return batches
            .map((_, index) => whole.batch(`b${index}`)!)
            .filter((batch) => batch.available >= qty)
            .sort((a, b) => (a.eta ?? '').localeCompare(b.eta ?? '') || a.createdSequence - b.createdSequence)
            .slice(0, quantities.length);
        }),
      );
      const part = new Product(
        SKU,
        whole.versionNumber,
        whole.available,
        [...loaded].map((batch) => batch.copy()),
      );
      const from = whole.events.length;
      for (const product of [whole, part]) {
        quantities.forEach((qty, index) => product.allocate(new OrderLine(`o${index}`, SKU, qty)));
      }
      expect(part.events).toEqual(whole.events.slice(from));
      expect(part.available).toBe(whole.available);
    }),
    { numRuns: 500 },
  );
});
