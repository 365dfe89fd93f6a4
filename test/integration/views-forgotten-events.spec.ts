import fc from 'fast-check';
import type { PoolClient } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { InlineProjections, type Recorded } from '../../src/allocation/contracts';
import { createDataSource } from '../../src/database/data-source';
import { Session, Sql, type Statements } from '../../src/database/sql';
import { PostgresAvailability } from '../../src/views/availability/postgres-availability';
import { rebuildView, viewNames } from '../../src/views/maintenance/rebuild';
import { repair, verify } from '../../src/views/maintenance/verify';
import type { Difference } from '../../src/views/maintenance/verify-passes';
import { ViewProjection } from '../../src/views/projections/view-projection';
import { history, play, simpleHistory } from '../contracts/availability.histories';
import { commit } from '../contracts/availability.log';
import { auditViews, auditWriteModel } from '../support/audit';
import { settle } from '../support/numbered';
import { dropLog, rewriteLog } from '../support/parts-of-log';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

/** Events in the first part: of most SKUs it has some, of the short ones all. */
const GONE = 200;

let database: TestDatabase;
let dataSource: DataSource;
let project: (events: readonly Recorded[]) => Promise<void>;

async function prepare(): Promise<void> {
  database = await createTestDatabase();
  dataSource = await createDataSource(database.url).initialize();
  const projection = new ViewProjection(
    dataSource,
    new PostgresAvailability(dataSource),
    new InlineProjections(),
  );
  project = (events) => projection.handleAll(events);
  for (const { steps } of fc.sample(simpleHistory, { seed: 1, numRuns: 100 }))
    await project(await commit(dataSource, play(steps)));
  await settle(dataSource);
  const events = await rewriteLog(dataSource, GONE);
  expect(events).toBeGreaterThan(2 * GONE);
  await settle(dataSource);
}
async function cleanUp(): Promise<void> {
  await dataSource.destroy();
  await database.drop();
}

interface Row {
  readonly [column: string]: unknown;
}
const isKept = '(EXISTS (SELECT FROM events e WHERE e.sku = v.sku AND e.sequence = v.sequence))';

/** Lines that can still be known: those that are held, and those whose event is kept. */
const lines = (): Promise<Row[]> =>
  dataSource.query(
    `SELECT * FROM view_lines v WHERE state = 'allocated' OR ${isKept} ORDER BY order_id, sku`,
  );
/** Batches, but which event told what they hold; nobody can know that once it is gone. */
const batches = (): Promise<Row[]> =>
  dataSource.query(
    `SELECT ref, sku, eta, position, purchased, available, sequence,
       CASE WHEN ${isKept.replace('v.sequence', 'v.purchased_sequence')} THEN purchased_sequence END AS purchased_sequence
     FROM view_batches v ORDER BY ref`,
  );
const found = async (sql: Statements = new Sql(dataSource)) => {
  const differences: Difference[] = [];
  await verify(sql, (difference) => differences.push(difference));
  return differences;
};

describe('after events have gone', () => {
  beforeEach(prepare);
  afterEach(cleanUp);

  test('views that were made by events which are gone by now agree with the write model', async () => {
    await dropLog(dataSource, GONE);
    expect(await found()).toEqual([]);
    expect(await auditViews(database.url)).toEqual([]);
    expect(await auditWriteModel(database.url)).toEqual([]);
  });

  test('a view is rebuilt from the write model and the events that are kept', async () => {
    await dropLog(dataSource, GONE);
    const before = [await lines(), await batches()];
    const counted = await dataSource.query(
      `SELECT count(*) FILTER (WHERE NOT ${isKept})::int AS gone, count(*) FILTER (WHERE ${isKept})::int AS kept
     FROM view_lines v WHERE state = 'allocated'`,
    );
    expect(Math.min(counted[0].gone, counted[0].kept)).toBeGreaterThan(5);

    await dataSource.query(`UPDATE view_lines SET qty = qty + 1, sequence = 1000`);
    await dataSource.query(`DELETE FROM view_batches WHERE purchased_sequence = position`);
    for (const name of viewNames) await rebuildView(new Sql(dataSource), name);

    expect([await lines(), await batches()]).toEqual(before);
    expect(
      await dataSource.query(`SELECT FROM view_lines v WHERE state <> 'allocated' AND NOT ${isKept}`),
    ).toEqual([]);
    expect(await found()).toEqual([]);
  });

  test('the sums of lines that are reserved or wait are those of the write model', async () => {
    for (const { steps } of fc.sample(history, { seed: 2, numRuns: 30 }))
      await project(await commit(dataSource, play(steps)));
    await settle(dataSource);
    const sums = () =>
      dataSource.query(
        'SELECT sku, state, arrives, lines, pieces FROM view_line_sums WHERE has_lines ORDER BY 1, 2, 3',
      );
    const before = await sums();
    expect(new Set(before.map(({ state }: Row) => state))).toEqual(new Set(['reserved', 'waiting']));
    const events = await rewriteLog(dataSource, GONE * 2);
    await settle(dataSource);
    expect(events).toBeGreaterThan(3 * GONE);
    await dropLog(dataSource, GONE * 2);
    await rebuildView(new Sql(dataSource), 'lines');
    expect(await sums()).toEqual(before);
    expect(await found()).toEqual([]);
    expect(await auditViews(database.url)).toEqual([]);
  });

  test('a view has what is in events that go while it is rebuilt', async () => {
    const before = [await lines(), await batches()];
    const dropping = (sql: string) => /FROM log WHERE position/.test(sql);
    for (const name of viewNames) {
      await rebuildView(
        interrupted(new Sql(dataSource), dropping, () => dropLog(dataSource, GONE)),
        name,
      );
    }
    expect(await dataSource.query('SELECT first_position::int AS first FROM log_head')).toEqual([
      { first: GONE + 1 },
    ]);
    const after = [await lines(), await batches()];
    const keptBefore = before[0].filter((row) => after[0].some(({ order_id }) => order_id === row.order_id));
    expect(after[0]).toEqual(keptBefore);
    expect(after[0].filter(({ state }) => state === 'allocated')).toEqual(
      before[0].filter(({ state }) => state === 'allocated'),
    );
    expect(await found()).toEqual([]);
  });

  test('a line whose event is gone, and which is given back while the view is rebuilt, does not come back', async () => {
    await dropLog(dataSource, GONE);
    const [line] = await dataSource.query(
      `SELECT v.* FROM view_lines v WHERE state = 'allocated' AND NOT ${isKept} LIMIT 1`,
    );
    await dataSource.query(
      `INSERT INTO outbox (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data)
     SELECT gen_random_uuid(), 'Deallocated', 1, $1, version_number + 1, now(), 'c', 'c', $2
     FROM products WHERE sku = $1`,
      [
        line.sku,
        { sku: line.sku, orderId: line.order_id, qty: line.qty, batchRef: line.batch_ref, available: 1 },
      ],
    );
    await rebuildView(new Sql(dataSource), 'lines');
    expect(
      await dataSource.query('SELECT state FROM view_lines WHERE order_id = $1', [line.order_id]),
    ).toEqual([{ state: 'deallocated' }]);
  });

  test('verify --repair mends a view of whose events some are gone', async () => {
    await dropLog(dataSource, GONE);
    const before = [await lines(), await batches()];
    await dataSource.query(`UPDATE view_lines SET qty = qty + 1 WHERE state = 'allocated'`);
    await dataSource.query('UPDATE view_batches SET available = available + 1');
    expect(await repair(new Sql(dataSource), await verify(new Sql(dataSource)))).toEqual([
      'lines',
      'batches',
    ]);
    expect([await lines(), await batches()]).toEqual(before);
    expect(await found()).toEqual([]);
  });

  test('lines that are shown no longer are not missed, younger ones are', async () => {
    const closed = `state <> 'allocated'`;
    const [{ sku, order_id, changed_at }] = await dataSource.query(
      `SELECT * FROM view_lines WHERE ${closed} ORDER BY changed_at LIMIT 1`,
    );
    await dataSource.query('DELETE FROM view_lines WHERE sku = $1 AND order_id = $2', [sku, order_id]);
    expect(await found()).toHaveLength(1);
    await dataSource.query(
      `INSERT INTO retention (name, kept_since) VALUES ('closed-lines', $1::timestamptz + interval '1 ms')`,
      [changed_at],
    );
    expect(await found()).toEqual([]);
    await dataSource.query(`DELETE FROM view_lines WHERE ${closed}`);
    expect((await found()).length).toBeGreaterThan(1);
  });
});

describe('of rows whose events are gone', () => {
  let runner: QueryRunner;
  beforeAll(async () => {
    await prepare();
    await dropLog(dataSource, GONE);
  });
  afterAll(cleanUp);
  beforeEach(async () => {
    runner = dataSource.createQueryRunner();
    await runner.startTransaction();
  });
  afterEach(async () => {
    await runner.rollbackTransaction();
    await runner.release();
  });

  const held = `state = 'allocated' AND NOT ${isKept}`;
  test.each([
    ['DELETE FROM view_lines v', held],
    ['UPDATE view_lines v SET qty = qty + 1', held],
    [`UPDATE view_lines v SET state = 'deallocated'`, held],
    [`UPDATE view_lines v SET batch_ref = 'other'`, held],
    [`UPDATE view_lines v SET eta = '2001-01-01'`, held],
    ['UPDATE view_lines v SET sequence = sequence + 1', held],
    [`UPDATE view_lines v SET state = 'allocated'`, `state <> 'allocated' AND NOT ${isKept}`],
    ['UPDATE view_lines v SET sequence = 1000', `state <> 'allocated' AND NOT ${isKept}`],
    ['UPDATE view_batches v SET purchased = purchased + 1', 'true'],
    ['UPDATE view_batches v SET available = available + 1', 'true'],
    ['DELETE FROM view_batches v', 'true'],
  ])('%s where %s is a difference', async (change, where) => {
    const table = /view_\w+/.exec(change)![0];
    await runner.query(`${change} WHERE ctid = (SELECT ctid FROM ${table} v WHERE ${where} LIMIT 1)`);
    expect(await found(new Session((await runner.connect()) as PoolClient))).toHaveLength(1);
  });
});

/** Does something once, before the first statement of a kind. */
function interrupted(sql: Sql, matches: (text: string) => boolean, before: () => Promise<void>): Sql {
  let done = false;
  const session = sql.session.bind(sql);
  sql.session = (work) =>
    session((one) => {
      const rows = one.rows.bind(one);
      one.rows = async (text, values) => {
        if (!done && matches(text)) {
          done = true;
          await before();
        }
        return rows(text, values);
      };
      return work(one);
    });
  return sql;
}
