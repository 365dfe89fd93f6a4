import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/database/data-source';
import { Sql, type Statements } from '../../src/database/sql';
import { type Difference, verify } from '../../src/views/contracts';
import { LifeService } from '../support/life-system';
import { settle } from '../support/numbered';
import { dropLog, rewriteLog } from '../support/parts-of-log';
import { PostgresStore } from '../support/postgres-store';
import { steps } from '../support/side-by-side';

/** Events in the first part of the log: some of most SKUs. */
const GONE = 200;

let store: PostgresStore;
let service: LifeService<PostgresStore>;
let dataSource: DataSource;

beforeEach(async () => {
  store = await PostgresStore.open();
  service = await new LifeService(store).start();
  dataSource = await createDataSource(store.database.url).initialize();
  for (const sequence of fc.sample(steps, { seed: 1, numRuns: 40 })) {
    const system = service.newSku();
    for (const step of sequence)
      await (step.do === 'wait' ? system.pass(step.seconds) : system.carryOut(step));
  }
  await settle(dataSource);
  expect(await rewriteLog(dataSource, GONE)).toBeGreaterThan(2 * GONE);
});
afterEach(async () => {
  await service.stop();
  await dataSource.destroy();
  await store.close();
});

const found = async (sql: Statements = new Sql(dataSource)) => {
  const differences: Difference[] = [];
  await verify(sql, (difference) => differences.push(difference));
  return differences.filter(({ of }) => of === 'movements');
};

/** Does without an event for as long as `look` takes. */
const without = (position: string, look: (sql: Statements) => Promise<void>) =>
  new Sql(dataSource).session(async (session) => {
    await session.rows('BEGIN');
    await session.rows('DELETE FROM log WHERE position = $1', [position]);
    await look(session).finally(() => session.rows('ROLLBACK'));
  });

const pieces = `CASE type WHEN 'Dispatched' THEN -(data->>'qty')::int
  ELSE (data->>'qty')::int - coalesce((data->>'previousQty')::int, 0) END`;

/** The movements that changed something, with what is left of the batch without them. */
const movements = () =>
  dataSource.query<{ position: string; type: string; ref: string; has: number; less: number }[]>(
    `SELECT log.position, type, reference AS ref, purchased_quantity - dispatched_quantity AS has, ${pieces} AS less
     FROM log JOIN batches ON reference = data->>'batchRef'
     WHERE type IN ('BatchCreated', 'BatchQuantityChanged', 'StockAdjusted', 'BatchArrived', 'Dispatched') AND ${pieces} <> 0
     ORDER BY log.position`,
  );

test('verify finds each movement that is forgotten (rule 18)', async () => {
  expect(await found()).toEqual([]);
  const all = await movements();
  expect([...new Set(all.map(({ type }) => type))].sort()).toEqual([
    ...['BatchArrived', 'BatchCreated', 'BatchQuantityChanged', 'Dispatched', 'StockAdjusted'],
  ]);
  for (const { position, ref: batchRef, has, less } of all.filter((_, index) => index % 7 === 0)) {
    await without(position, async (sql) =>
      expect(await found(sql)).toEqual([
        { of: 'movements', key: { ref: batchRef }, expected: { has: has - less }, found: { has } },
      ]),
    );
  }
}, 300_000);

test('verify adds up what is kept when the oldest movements are gone (rule 18)', async () => {
  await dropLog(dataSource, GONE);
  expect(await found()).toEqual([]);
  const kept = await movements();
  const sortOf = (type: string) => (type === 'Dispatched' ? 'dispatched' : 'purchased');
  // Nobody can tell whether the first one of its sort that is kept was really the first.
  const comparable = kept.filter((one, index) =>
    kept
      .slice(0, index)
      .some(
        (other) =>
          other.ref === one.ref && (other.type === 'BatchCreated' || sortOf(other.type) === sortOf(one.type)),
      ),
  );
  expect(comparable.length).toBeGreaterThan(10);
  for (const { position, ref: batchRef, has, less } of comparable.filter((_, index) => index % 5 === 0)) {
    await without(position, async (sql) =>
      expect(await found(sql)).toEqual([
        { of: 'movements', key: { ref: batchRef }, expected: { has: has - less }, found: { has } },
      ]),
    );
  }
}, 300_000);
