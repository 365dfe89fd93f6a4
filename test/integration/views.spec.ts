import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import {
  Allocated,
  Deallocated,
  InlineProjections,
  OutOfStock,
  type Recorded,
  Waitlisted,
} from '../../src/allocation/contracts';
import { createDataSource } from '../../src/database/data-source';
import { ViewLives1790000010100 } from '../../src/views/migrations/1790000010100-view-lives';
import { ViewSums1790000011000 } from '../../src/views/migrations/1790000011000-view-sums';
import { Views1790000004000 } from '../../src/views/migrations/1790000004000-views';
import { PostgresAvailability } from '../../src/views/availability/postgres-availability';
import { ViewProjection } from '../../src/views/projections/view-projection';
import { LineFinder } from '../../src/views/queries/line-finder';
import { recorded } from '../../src/testing/contracts';
import { eventsOf, history, play, shuffledGroups, simpleHistory } from '../contracts/availability.histories';
import { randomSku } from '../support/random-refs';
import { commit } from '../contracts/availability.log';
import { SentStatements } from '../support/sent-statements';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

let database: TestDatabase;
let dataSource: DataSource;
let projection: ViewProjection;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await createDataSource(database.url).initialize();
  projection = projectionOn(dataSource);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

function projectionOn(source: DataSource): ViewProjection {
  return new ViewProjection(source, new PostgresAvailability(source), new InlineProjections());
}

/** Hands over events that were committed without the views. */
function project(events: readonly Recorded[]): Promise<void> {
  return projection.handleAll(events);
}

async function rows(sku: string): Promise<unknown[][]> {
  return [
    await dataSource
      .query('SELECT * FROM view_lines WHERE sku = $1 ORDER BY order_id', [sku])
      .then(asTheyAre),
    await dataSource.query('SELECT * FROM view_batches WHERE sku = $1 ORDER BY ref', [sku]),
    await dataSource.query(
      `SELECT state, arrives, lines, pieces FROM view_line_sums WHERE sku = $1 AND has_lines ORDER BY 1, 2`,
      [sku],
    ),
  ];
}

/** Lines, but not what they were before, which depends on which events came together. */
const asTheyAre = (lines: Record<string, unknown>[]) =>
  lines.map(({ was_state: _, was_eta: __, was_qty: ___, ...line }) => line);

async function forget(sku: string): Promise<void> {
  await dataSource.query('DELETE FROM view_lines WHERE sku = $1', [sku]);
  await dataSource.query('DELETE FROM view_batches WHERE sku = $1', [sku]);
  await dataSource.query('DELETE FROM view_line_sums WHERE sku = $1', [sku]);
}

test('events may come in any order and more than once', async () => {
  await fc.assert(
    fc.asyncProperty(history, async ({ steps, seed }) => {
      const product = play(steps);
      const events = eventsOf(product);
      for (const event of events) await project([event]);
      const inOrder = await rows(product.sku);
      await forget(product.sku);

      for (const group of shuffledGroups(events, seed)) await project(group);
      expect(await rows(product.sku)).toEqual(inOrder);
    }),
    { numRuns: 40 },
  );
});

test('the views show what the product holds', async () => {
  await fc.assert(
    fc.asyncProperty(history, async ({ steps, seed }) => {
      const product = play(steps);
      const events = eventsOf(product);
      for (const group of shuffledGroups(events, seed)) await project(group);
      const [shownLines, shownBatches] = (await rows(product.sku)) as Record<string, unknown>[][];

      for (const shown of shownBatches) {
        const batch = product.batch(shown.ref as string)!;
        expect([shown.purchased, shown.available, Number(shown.position), Number(shown.sequence)]).toEqual([
          batch.purchasedQuantity,
          batch.available,
          batch.createdSequence,
          batch.sequence,
        ]);
      }
      for (const shown of shownLines) {
        const held = product.allocationOf(shown.order_id as string);
        expect(shown.batch_ref).toBe(held?.batch.ref ?? null);
        expect(['reserved', 'allocated', 'dispatched'].includes(shown.state as string)).toBe(!!held);
        expect((shown.changed_at as Date).getTime()).toBe(
          events[Number(shown.sequence) - 1].occurredAt.getTime(),
        );
      }
    }),
    { numRuns: 40 },
  );
});

test('sums count each line once, though two instances show the same events at the same time', async () => {
  const other = await createDataSource(database.url).initialize();
  const projections = [projection, projectionOn(other)];
  // Who waits for the other one's rows for too long tries again, as the service does.
  const showAt = (index: number, group: readonly Recorded[]) =>
    until(() =>
      projections[index].handleAll(group).then(
        () => true,
        () => false,
      ),
    );
  try {
    for (const { steps, seed } of fc.sample(history, { seed: 3, numRuns: 20 })) {
      const product = play(steps);
      const groups = shuffledGroups(eventsOf(product), seed);
      const others = shuffledGroups(eventsOf(product), seed + 1);
      await Promise.all(
        [groups, others].map(async (some, index) => {
          for (const group of some) await showAt(index, group);
        }),
      );
      const counted = await dataSource.query(
        `SELECT state, coalesce(eta, '-infinity') AS arrives, count(*) AS lines, sum(qty) AS pieces
         FROM view_lines WHERE sku = $1 AND state IN ('reserved', 'waiting') GROUP BY 1, 2 ORDER BY 1, 2`,
        [product.sku],
      );
      expect((await rows(product.sku))[2]).toEqual(counted);
    }
  } finally {
    await other.destroy();
  }
});

test('an event that cannot be written fails alone', async () => {
  const sku = randomSku();
  const event = (sequence: number, orderId: string): Recorded<OutOfStock> => ({
    ...eventsOf(play([], sku))[0],
    sequence,
    event: new OutOfStock(sku, orderId, 1, 0),
  });
  const results = await Promise.allSettled([
    projection.handleAll([event(1, 'o1')]),
    projection.handleAll([event(2, 'NUL \0')]),
    projection.handleAll([event(3, 'o3')]),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('while a table is locked nobody waits for each event, and afterwards all goes on', async () => {
  const sku = randomSku();
  const locker = dataSource.createQueryRunner();
  const events = Array.from({ length: 40 }, (_, index) => ({
    ...eventsOf(play([], sku))[0],
    sequence: index + 1,
    event: new Allocated(sku, `o${index}`, 1, 'b', null, 1),
  }));
  try {
    await locker.startTransaction();
    await locker.query('LOCK TABLE view_lines');
    const results = await Promise.allSettled(events.map((event) => projection.handleAll([event])));
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['rejected']));
    await locker.rollbackTransaction();
    await Promise.all(events.map((event) => projection.handleAll([event])));
  } finally {
    await locker.release();
  }
  expect(
    await dataSource.query('SELECT count(*)::int AS lines FROM view_lines WHERE sku = $1', [sku]),
  ).toEqual([{ lines: 40 }]);
});

test('events of one commit are written with one statement for each view', async () => {
  const sku = randomSku();
  const sent = new SentStatements();
  const product = play([], sku);
  const [created] = eventsOf(product);
  await project([
    created,
    ...Array.from({ length: 50 }, (_, index) => ({
      ...created,
      sequence: index + 2,
      event:
        index % 2
          ? new Allocated(sku, `o${index}`, 1, `b0 of ${sku}`, null, 4)
          : new Deallocated(sku, `o${index}`, 1, `b0 of ${sku}`, 5),
    })),
  ]);
  sent.stop();
  expect(sent.all.filter(({ text }) => text.includes('view_'))).toHaveLength(2);
});

test('the migration fills the views from what had happened before', async () => {
  const products = Array.from({ length: 5 }, (_, seed) =>
    play(fc.sample(simpleHistory, { seed, numRuns: 1 })[0].steps),
  );
  await dataSource.query('TRUNCATE view_lines, view_batches, view_line_sums');
  for (const product of products) await commit(dataSource, product);
  for (const product of products) await project(eventsOf(product));
  const live = await allRows();
  const runner = dataSource.createQueryRunner();
  await new ViewSums1790000011000().down(runner);
  await new Views1790000004000().down(runner);
  await new Views1790000004000().up(runner);
  await runner.query('CREATE INDEX ON view_lines (changed_at)');
  await new ViewLives1790000010100().up(runner);
  await new ViewSums1790000011000().up(runner);
  await runner.release();
  expect(await allRows()).toEqual(live);
});

const allRows = async () => [
  // The age of a line matters only while it waits, and none did.
  (await dataSource.query('SELECT * FROM view_lines ORDER BY order_id, sku')).map(
    ({ asked_sequence: _, ...line }: Record<string, unknown>) => line,
  ),
  await dataSource.query('SELECT * FROM view_batches ORDER BY ref'),
];

test('orders that are asked for together have each line in its place, by priority and age', async () => {
  const skus = [randomSku(), randomSku()];
  const orders = Array.from({ length: 40 }, (_, index) => `order-${index}-${skus[0]}`);
  const priorityOf = (index: number) => (index * 7) % 3;
  const waiting = orders.flatMap((orderId, index) =>
    skus.map((sku) => {
      const sequence = index + 1;
      const terms = {
        priority: priorityOf(index),
        askedSequence: sequence,
        reserveFor: null,
        lastPromise: null,
      };
      return recorded(new Waitlisted({ sku, orderId, qty: 1, ...terms }), { sequence });
    }),
  );
  await project([...waiting, recorded(new OutOfStock(randomSku(), 'order-of-none', 1, 0))]);
  const inOrder = orders
    .map((orderId, index) => ({ orderId, index }))
    .sort((a, b) => priorityOf(b.index) - priorityOf(a.index) || a.index - b.index)
    .map(({ orderId }) => orderId);

  const finder = new LineFinder(dataSource);
  // Some of them, since a list has lines between those that are asked for; one of them twice.
  const asked = [...orders.filter((_, index) => index % 4 > 0), orders[1], 'order-of-none'];
  const answers = await Promise.all(asked.map((orderId) => finder.ofOrder(orderId)));
  const placesOf = (json: string) =>
    (JSON.parse(json) as { place: number | null }[]).map(({ place }) => place);
  for (const [index, orderId] of asked.entries()) {
    const place = inOrder.indexOf(orderId) + 1;
    expect([orderId, placesOf(answers[index]!.json)]).toEqual([orderId, place > 0 ? [place, place] : [null]]);
  }
});
