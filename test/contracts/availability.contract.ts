import fc from 'fast-check';
import { Allocated, OrderLine, type Recorded } from '../../src/allocation/contracts';
import { type Batch, byPreference, isEarlier } from '../../src/allocation/domain/batch';
import type { HeldLine } from '../../src/allocation/domain/line';
import type { Product } from '../../src/allocation/domain/product';
import type { Availability, AvailabilityView } from '../../src/views/availability/availability';
import { quote, split } from '../../src/views/availability/quotes';
import { batchesIn, writeBatches } from '../../src/views/projections/batch-rows';
import { writeLines } from '../../src/views/projections/line-rows';
import { skusOfSumsIn } from '../../src/views/projections/line-sums';
import { untilAnswered } from '../../src/database/transaction';
import { createDataSource } from '../../src/database/data-source';
import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { queryOn } from '../support/query-on';
import { randomSku } from '../support/random-refs';
import { eventsOf, history, orders, play, batchRefs, shuffledGroups } from './availability.histories';

/**
 * What every view of availability has to do.
 * @param open makes the view, of batches whose table is in that database
 */
export function availabilityContract(
  name: string,
  open: (dataSource: DataSource) => Promise<AvailabilityView>,
): void {
  describe(`availability in ${name}`, () => {
    let database: TestDatabase;
    let dataSource: DataSource;
    let view: AvailabilityView;

    beforeAll(async () => {
      database = await createTestDatabase();
      dataSource = await createDataSource(database.url).initialize();
      view = await open(dataSource);
    });
    afterAll(async () => {
      await dataSource.destroy();
      await database.drop();
    });

    /** Shows the events as the projection does. */
    async function show(product: Product, seed?: number): Promise<void> {
      const events = eventsOf(product);
      const groups = seed === undefined ? [events] : shuffledGroups(events, seed);
      for (const group of groups) await showEvents(group);
    }

    async function showEvents(events: readonly Recorded[]): Promise<void> {
      await untilAnswered(queryOn(dataSource), async (query) => {
        await writeLines(query, events);
        await writeBatches(query, events);
      });
      await view.changed({ batches: batchesIn(events), linesOf: skusOfSumsIn(events) });
    }

    const one = async (sku: string): Promise<Availability | undefined> => (await view.of([sku]))[0];

    test('promises what Allocate would give at that moment, however events came', async () => {
      await fc.assert(
        fc.asyncProperty(history, async ({ steps, seed }) => {
          const product = play(steps);
          await show(product, seed);
          const quantities = Array.from({ length: 12 }, (_, index) => index * 2 + 1);
          const open = await one(product.sku);
          expect(quantities.map((qty) => promised(open, qty))).toEqual(
            quantities.map((qty) => allocated(play(steps, product.sku), qty)),
          );
        }),
        { numRuns: 60 },
      );
    });

    test('splits what no batch has alone into lines that Allocate would give these batches', async () => {
      await fc.assert(
        fc.asyncProperty(history, async ({ steps, seed }) => {
          const product = play(steps);
          await show(product, seed);
          const { batches } = (await one(product.sku))!;
          const all = batches.reduce((sum, { available }) => sum + available, 0);
          for (const qty of [1, all, all + 3].filter((some) => some > 0)) {
            const { parts, missing } = split(batches, qty);
            expect(missing).toBe(Math.max(0, qty - all));
            expect(parts.reduce((sum, part) => sum + part.qty, missing)).toBe(qty);
            const played = play(steps, product.sku);
            const got = parts.map((part, index) => allocated(played, part.qty, `part ${index}`));
            expect(got).toEqual(parts.map(({ batch: { ref: batchRef, eta } }) => ({ batchRef, eta })));
          }
        }),
        { numRuns: 30 },
      );
    });

    test('tells what lines hold for a while and for good, and what waits, however events came', async () => {
      await fc.assert(
        fc.asyncProperty(history, async ({ steps, seed }) => {
          const product = play(steps);
          await show(product, seed);
          const { pieces, waiting, schedule } = (await one(product.sku))!;
          expect({ pieces, waiting, schedule }).toEqual(contentOf(product));
        }),
        { numRuns: 60 },
      );
    });

    test('tells what is overdue, which Allocate counts on all the same', async () => {
      const product = play([]);
      const late = `late ${product.sku}`;
      product.createBatch(late, 9, '2020-01-01');
      product.createBatch(`later ${product.sku}`, 9, '2999-01-01');
      product.allocate(new OrderLine('o', product.sku, 6));
      await show(product);
      const before = (await one(product.sku))!;
      expect(before.pieces).toEqual({ reserved: 0, allocated: 6, inTransit: 18, overdue: 9 });
      expect(before.schedule.map(({ overdue }) => overdue)).toEqual([false, true, false]);
      expect(quote(before.batches, 1)).toMatchObject({ ref: `b0 of ${product.sku}`, overdue: false });
      expect(split(before.batches, 10).parts.map(({ batch }) => batch.overdue)).toEqual([false, true, false]);

      product.arrive(late);
      await show(product);
      const after = (await one(product.sku))!;
      expect(after.pieces).toEqual({ reserved: 0, allocated: 6, inTransit: 9, overdue: 0 });
      expect(after.version).not.toBe(before.version);
    });

    test('shows what is left by day of arrival, the warehouse first', async () => {
      const sku = randomSku();
      const product = play([], sku); // 5 in the warehouse
      product.createBatch(`late ${sku}`, 7, '2031-02-01');
      product.createBatch(`early ${sku}`, 1, '0001-01-01');
      product.createBatch(`here ${sku}`, 2_000_000_000, null);
      product.createBatch(`late too ${sku}`, 2, '2031-02-01');
      product.createBatch(`here too ${sku}`, 2_000_000_000, null);
      product.createBatch(`gone ${sku}`, 3, '2031-03-01');
      product.changeBatchQuantity(`gone ${sku}`, 0);
      await show(product);

      const open = await one(sku);
      const free = { reserved: 0, allocated: 0, overdue: false };
      expect(open?.schedule).toEqual([
        { eta: null, available: 4_000_000_005, cumulative: 4_000_000_005, ...free },
        { eta: '0001-01-01', available: 1, cumulative: 4_000_000_006, ...free, overdue: true },
        { eta: '2031-02-01', available: 9, cumulative: 4_000_000_015, ...free },
      ]);
      expect(promised(open, 2_000_000_001)).toBeNull();
    });

    test('answers several SKUs at once, each on its own', async () => {
      const [first, second] = [play([]), play([])];
      await Promise.all([show(first), show(second)]);
      const answers = await view.of([second.sku, 'none', first.sku, second.sku]);
      expect(answers.map((open) => open && promised(open, 5))).toEqual([
        { batchRef: `b0 of ${second.sku}`, eta: null },
        undefined,
        { batchRef: `b0 of ${first.sku}`, eta: null },
        { batchRef: `b0 of ${second.sku}`, eta: null },
      ]);
    });

    test('has another version whenever it has changed, and the same as long as it has not', async () => {
      const product = play([]);
      await show(product);
      const before = (await one(product.sku))?.version;
      expect(before).toMatch(/^[\x21\x23-\x7e]+$/);
      expect((await one(product.sku))?.version).toBe(before);
      // Less in one batch and more in another of the same day: the schedule stays.
      product.createBatch(`b1 of ${product.sku}`, 2, null);
      product.changeBatchQuantity(`b0 of ${product.sku}`, 3);
      await show(product);
      expect((await one(product.sku))?.schedule).toMatchObject([{ eta: null, available: 5, cumulative: 5 }]);
      expect((await one(product.sku))?.version).not.toBe(before);
    });

    test('tells a SKU that has nothing left from one that nobody knows', async () => {
      const product = play([]);
      product.changeBatchQuantity(`b0 of ${product.sku}`, 0);
      await show(product);
      const open = await one(product.sku);
      expect([open?.schedule, promised(open, 1)]).toEqual([[], null]);
      expect(await one(randomSku())).toBeUndefined();
    });

    test('keeps to itself a batch of which it does not know yet where it stands', async () => {
      const product = play([(known) => known.allocate(new OrderLine('o', known.sku, 2))]);
      const [created, allocation] = eventsOf(product).filter((event) => batchesIn([event]).length > 0);
      await showEvents([allocation]);
      expect(await one(product.sku)).toBeUndefined();
      await showEvents([created]);
      expect((await one(product.sku))?.schedule).toMatchObject([{ eta: null, available: 3, cumulative: 3 }]);
    });

    test('takes any text as a SKU or a reference', async () => {
      for (const text of ['a|b 1', '{"a":1}', "'; --", '😀', '\u0001', ':*']) {
        const product = play([], randomSku(text));
        await show(product);
        expect(promised(await one(product.sku), 5)).toEqual({ batchRef: `b0 of ${product.sku}`, eta: null });
      }
    });
  });
}

interface Promised {
  readonly batchRef: string;
  readonly eta: string | null;
}

/** The batch that is promised for a line of so many pieces, if any. */
function promised(open: Availability | undefined, qty: number): Promised | null {
  const batch = open && quote(open.batches, qty);
  return batch ? { batchRef: batch.ref, eta: batch.eta } : null;
}

/** Where Allocate puts a line of so many pieces, if anywhere. */
function allocated(product: Product, qty: number, orderId = 'the next order'): Promised | null {
  product.allocate(new OrderLine(orderId, product.sku, qty));
  const event = product.events.at(-1);
  return event instanceof Allocated ? { batchRef: event.batchRef, eta: event.eta } : null;
}

/** What the product has and has promised. No day of its batches is over. */
function contentOf(product: Product): Pick<Availability, 'pieces' | 'waiting' | 'schedule'> {
  const batches = batchRefs
    .flatMap((name) => product.batch(`${name} of ${product.sku}`) ?? [])
    .sort(byPreference);
  const lines = orders.flatMap((name) => product.line(`${name} of ${product.sku}`) ?? []);
  const inState = (state: string, eta?: string | null) =>
    lines
      .filter((line) => line.state === state && (eta === undefined || (line as HeldLine).batch.eta === eta))
      .map(({ line }) => line.qty);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const left = (some: readonly Batch[]) => sum(some.map(({ available }) => available));
  const days = [...new Set(batches.map(({ eta }) => eta))].map((eta) => ({
    eta,
    available: left(batches.filter((batch) => batch.eta === eta)),
    cumulative: left(batches.filter((batch) => batch.eta === eta || isEarlier(batch.eta, eta))),
    reserved: sum(inState('reserved', eta)),
    allocated: sum(inState('allocated', eta)),
    overdue: false,
  }));
  return {
    pieces: {
      reserved: sum(inState('reserved')),
      allocated: sum(inState('allocated')),
      inTransit: sum(batches.filter(({ eta }) => eta).map(({ purchasedQuantity }) => purchasedQuantity)),
      overdue: 0,
    },
    waiting: { lines: inState('waiting').length, pieces: sum(inState('waiting')) },
    schedule: days.filter(({ available }) => available > 0),
  };
}
