import fc from 'fast-check';
import { Allocated, OrderLine, type Recorded } from '../../src/allocation/contracts';
import type { Product } from '../../src/allocation/domain/product';
import type { AvailabilityView, OpenBatches } from '../../src/views/availability/availability';
import { batchesIn, writeBatches } from '../../src/views/projections/batch-rows';
import { untilAnswered } from '../../src/database/transaction';
import { createDataSource } from '../../src/database/data-source';
import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { queryOn } from '../support/query-on';
import { randomSku } from '../support/random-refs';
import { eventsOf, history, play, shuffledLots } from './availability.histories';

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
      const events = eventsOf(product).filter((event) => batchesIn([event]).length > 0);
      const lots = seed === undefined ? [events] : shuffledLots(events, seed);
      for (const lot of lots) await showEvents(lot);
    }

    async function showEvents(events: readonly Recorded[]): Promise<void> {
      await untilAnswered(queryOn(dataSource), (query) => writeBatches(query, events));
      await view.batchesChanged(batchesIn(events));
    }

    const one = async (sku: string): Promise<OpenBatches | undefined> => (await view.of([sku]))[0];

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
      expect(open?.schedule).toEqual([
        { eta: null, available: 4_000_000_005, cumulative: 4_000_000_005 },
        { eta: '0001-01-01', available: 1, cumulative: 4_000_000_006 },
        { eta: '2031-02-01', available: 9, cumulative: 4_000_000_015 },
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
      expect((await one(product.sku))?.schedule).toEqual([{ eta: null, available: 5, cumulative: 5 }]);
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
      expect((await one(product.sku))?.schedule).toEqual([{ eta: null, available: 3, cumulative: 3 }]);
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
function promised(open: OpenBatches | undefined, qty: number): Promised | null {
  const batch = open?.quote(qty);
  return batch ? { batchRef: batch.ref, eta: batch.eta } : null;
}

/** Where Allocate puts a line of so many pieces, if anywhere. */
function allocated(product: Product, qty: number): Promised | null {
  product.allocate(new OrderLine('the next order', product.sku, qty));
  const event = product.events.at(-1);
  return event instanceof Allocated ? { batchRef: event.batchRef, eta: event.eta } : null;
}
