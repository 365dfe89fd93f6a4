import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import fc from 'fast-check';
import { smallProduct } from '../support/memory-products/load-small';
import {
  afterChange,
  productOf,
  type StoredProduct,
  UNKNOWN,
} from '../support/memory-products/stored-product';
import { commandHandlers } from '../../src/allocation/application/command-handlers';
import { ProductRepository } from '../../src/allocation/application/product-repository';
import { recordEvents } from '../../src/allocation/application/recorded';
import type { Scope } from '../../src/allocation/application/scope';
import { UnitOfWork } from '../../src/allocation/application/unit-of-work';
import type { Terms } from '../../src/allocation/contracts';
import type { Product } from '../../src/allocation/domain/product';
import { type Step, steps } from '../support/side-by-side';
import { commandOf } from '../support/wishes';

const SKU = 'SOFA';

/** Keeps what the handlers hand over, and runs nothing. */
class CollectedUnits extends UnitOfWork {
  collected: { scope: Scope; work: (product: Product) => unknown }[] = [];

  override run<T>(scope: Scope, work: (product: Product) => T): Promise<T> {
    this.collected.push({ scope, work });
    return Promise.resolve(true as T);
  }
}

const units = new CollectedUnits();
let app: TestingModule;

beforeAll(async () => {
  app = await Test.createTestingModule({
    imports: [CqrsModule.forRoot()],
    providers: [
      ...commandHandlers,
      { provide: UnitOfWork, useValue: units },
      { provide: ProductRepository, useValue: { skuOfBatch: () => Promise.resolve(SKU) } },
    ],
  }).compile();
  app.useLogger(false);
  await app.init();
});
afterAll(() => app.close());

async function unitsOf(group: readonly Step[]): Promise<CollectedUnits['collected']> {
  units.collected = [];
  for (const step of group) {
    if (step.do !== 'wait') await app.get(CommandBus).execute(commandOf(step, SKU));
  }
  return units.collected;
}

/** What the units do to the product, one after the other; one that throws leaves it as it was. */
function outcomes(product: Product, group: CollectedUnits['collected']): unknown[] {
  return group.map(({ work }) => {
    product.expireReservations();
    try {
      return work(product);
    } catch (error) {
      return (error as Error).message;
    }
  });
}

const correlation = { correlationId: 'test', causationId: 'test' };
const groups = fc
  .tuple(steps, fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 60, maxLength: 60 }))
  .map(([all, sizes]) => {
    const rest = [...all];
    return sizes.map((size) => rest.splice(0, size)).filter(({ length }) => length > 0);
  });

const create = (batchRef: string, qty: number): Step => ({ do: 'create', batchRef, qty, eta: null });
const ask = (order: string, qty: number, terms: Terms = {}): Step => ({ do: 'ask', order, qty, ...terms });

/** The line that a cut would displace is not the one that it displaces after the unit before it. */
const raisedBeforeCut: Step[][] = [
  [create('b1', 2), ask('o1', 1), ask('o2', 1)],
  [ask('o2', 1, { priority: 5 }), { do: 'set quantity', batchRef: 'b1', qty: 1 }],
];
/** The line that would be served first leaves the wait-list in the unit before. */
const cancelledBeforeServed: Step[][] = [
  [create('b1', 5), ask('o1', 5), ask('o2', 5, { wait: true }), ask('o3', 5, { wait: true })],
  [
    { do: 'give back', order: 'o2' },
    { do: 'give back', order: 'o1' },
  ],
];
const expiredInTwoBatches: Step[][] = [
  [create('b1', 5), create('b2', 5), ask('o1', 5, { reserveFor: 1 }), ask('o2', 5, { reserveFor: 1 })],
  [ask('o3', 5, { wait: true }), ask('o4', 5, { wait: true })],
  [{ do: 'wait', seconds: 1 }, { do: 'expire' }],
];

test('a product loaded with what units of work name decides like the whole product, one by one and in groups', async () => {
  await fc.assert(
    fc.asyncProperty(groups, async (rounds) => {
      let stored: StoredProduct = UNKNOWN;
      let now = 0;
      for (const group of rounds) {
        for (const step of group) now += step.do === 'wait' ? step.seconds * 1_000 : 0;
        const time = new Date(now);
        const collected = await unitsOf(group);
        const scopes = collected.map(({ scope }) => scope);
        const whole = productOf(SKU, stored, stored.batches.values(), stored.lines.values(), time);
        const small = smallProduct(SKU, stored, scopes, time);

        const expected = outcomes(whole, collected);
        expect(outcomes(small, collected)).toEqual(expected);
        expect(small.events).toEqual(whole.events);
        const events = recordEvents(whole, 0, whole.events.length, correlation, time);
        stored = afterChange(stored, { loadedVersion: stored.version, events });
      }
    }),
    { numRuns: 500, examples: [[raisedBeforeCut], [cancelledBeforeServed], [expiredInTwoBatches]] },
  );
}, 300_000);
