import fc from 'fast-check';
import type { PoolClient } from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { InlineProjections, type Recorded } from '../../src/allocation/contracts';
import { createDataSource } from '../../src/database/data-source';
import { Session, Sql } from '../../src/database/sql';
import { PostgresAvailability } from '../../src/views/availability/postgres-availability';
import { rebuildView, viewNames } from '../../src/views/maintenance/rebuild';
import { repair, verify } from '../../src/views/maintenance/verify';
import type { Difference } from '../../src/views/maintenance/verify-passes';
import { ViewProjection } from '../../src/views/projections/view-projection';
import { eventsOf, everything, history, play } from '../contracts/availability.histories';
import { commit } from '../contracts/availability.log';
import { auditViews } from '../support/audit';
import { HttpApp } from '../support/http-app';
import { number, settle } from '../support/numbered';
import { randomOrderId, randomRef, randomSku } from '../support/random-refs';
import { connected } from '../support/sql';
import { SentStatements } from '../support/sent-statements';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

let database: TestDatabase;
let dataSource: DataSource;
let project: (events: readonly Recorded[]) => Promise<void>;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await createDataSource(database.url).initialize();
  const projection = new ViewProjection(
    dataSource,
    new PostgresAvailability(dataSource),
    new InlineProjections(),
  );
  project = (events) => projection.handleAll(events);
  const histories = fc.sample(history, { seed: 1, numRuns: 30 });
  for (const { steps } of histories) await project(await commit(dataSource, play(steps)));
  await project(await commit(dataSource, play(everything)));
  await settle(dataSource);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

// What a line was before depends on which events came together.
const allRows = async () => [
  (await dataSource.query('SELECT * FROM view_lines ORDER BY order_id, sku')).map(
    ({ was_state: _, was_eta: __, was_qty: ___, ...line }: Record<string, unknown>) => line,
  ),
  await dataSource.query('SELECT * FROM view_batches ORDER BY ref'),
  await dataSource.query(
    'SELECT sku, state, arrives, lines, pieces FROM view_line_sums WHERE has_lines ORDER BY 1, 2, 3',
  ),
];
const indexes = () =>
  dataSource.query(`SELECT indexdef FROM pg_indexes WHERE tablename LIKE 'view_%' ORDER BY indexdef`);
const rebuildAll = async () => {
  for (const name of viewNames) await rebuildView(new Sql(dataSource), name);
};
const found = async () => {
  const differences: Difference[] = [];
  const counts = await verify(new Sql(dataSource), (difference) => differences.push(difference));
  expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(differences.length);
  return differences;
};

describe('a rebuilt view', () => {
  test('has the rows that live projection made, whatever was in it, and the same indexes', async () => {
    const [live, indexed] = [await allRows(), await indexes()];
    const types = await dataSource.query('SELECT DISTINCT type FROM events');
    expect(types).toHaveLength(16);
    await dataSource.query(`UPDATE view_lines SET qty = qty + 1, sequence = 1000 WHERE order_id LIKE 'o1%'`);
    await dataSource.query(`DELETE FROM view_lines WHERE order_id LIKE 'o2%'`);
    await dataSource.query(`UPDATE view_batches SET available = 77, sequence = 1000`);
    await dataSource.query(`UPDATE view_line_sums SET pieces = pieces + 1`);
    await dataSource.query(`INSERT INTO view_batches VALUES ('x', 'x', NULL, 1, 1, 1, 1, 1)`);
    await rebuildAll();
    expect(await allRows()).toEqual(live);
    expect(await indexes()).toEqual(indexed);
  });

  test('can be made again after an interruption, which leaves the old one as it was', async () => {
    const live = await allRows();
    await dataSource.query('CREATE SCHEMA view_rebuild CREATE TABLE view_lines (what text)');
    const interrupted = rebuildView(new Sql(dataSource), 'lines', () => {
      throw new Error('Ctrl-C');
    });
    await expect(interrupted).rejects.toThrow('Ctrl-C');
    expect(await allRows()).toEqual(live);
    await rebuildAll();
    expect(await allRows()).toEqual(live);
    expect(await dataSource.query(`SELECT FROM pg_namespace WHERE nspname = 'view_rebuild'`)).toEqual([]);
  });

  test('is not rebuilt twice at the same time', async () => {
    const other = await createDataSource(database.url).initialize();
    const holder = await connected(database.url);
    // Keeps each from its end, so that the one cannot be done before the other begins.
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE view_lines, view_batches IN ROW EXCLUSIVE MODE');
    const rebuilds = [rebuildView(new Sql(dataSource), 'lines'), rebuildView(new Sql(other), 'batches')];
    const settled = Promise.allSettled(rebuilds);
    await Promise.race(rebuilds).catch(() => {});
    await holder.end();
    const results = await settled;
    await other.destroy();
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await found()).toEqual([]);
  });

  test('has the event that arrived early and was committed late', async () => {
    const late = eventsOf(play([(product) => product.changeBatchQuantity(`b0 of ${product.sku}`, 3)]));
    const writer = await connected(database.url);
    const holder = await connected(database.url);
    try {
      // Its place in the order of arrival is taken, and nobody can see it.
      await writer.query('BEGIN');
      const { sku } = late[0].event;
      await writer.query(`INSERT INTO products VALUES ($1, 2)`, [sku]);
      for (const { sequence, event } of late) {
        await writer.query(
          `INSERT INTO outbox (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data)
           VALUES (gen_random_uuid(), $1, 1, $2, $3, now(), 'c', 'c', $4)`,
          [event.constructor.name, sku, sequence, event],
        );
      }
      await project(await commit(dataSource, play([])));
      // Keeps the rebuild from its end.
      await holder.query('BEGIN');
      await holder.query('LOCK TABLE view_batches IN ROW EXCLUSIVE MODE');
      const rebuilt = rebuildView(new Sql(dataSource), 'batches');
      await until(async () => {
        const waiting = await dataSource.query<unknown[]>(
          `SELECT FROM pg_stat_activity
           WHERE datname = current_database() AND query NOT LIKE '%pg_stat_activity%'
             AND query LIKE 'LOCK TABLE%' AND wait_event_type = 'Lock'`,
        );
        return waiting.length > 0;
      });
      await writer.query('COMMIT');
      // It queues behind the rebuild, and is tried again, as the service does.
      await until(() =>
        project(late).then(
          () => true,
          () => false,
        ),
      );
      await holder.query('COMMIT');
      await rebuilt;
      expect(await dataSource.query('SELECT available FROM view_batches WHERE sku = $1', [sku])).toEqual([
        { available: 3 },
      ]);
      await dataSource.query('DELETE FROM outbox WHERE sku = $1', [sku]);
      await dataSource.query('DELETE FROM view_batches WHERE sku = $1', [sku]);
      await dataSource.query('DELETE FROM products WHERE sku = $1', [sku]);
    } finally {
      await writer.end();
      await holder.end();
    }
  });

  test('gives up when somebody holds on to the old one, and says so', async () => {
    const live = await allRows();
    const holder = dataSource.createQueryRunner();
    await holder.startTransaction();
    await holder.query('LOCK TABLE view_lines IN ACCESS SHARE MODE');
    const attempts = { attempts: 2, lockMs: 20 };
    await expect(rebuildView(new Sql(dataSource), 'lines', undefined, attempts)).rejects.toThrow(
      'view_lines is in use',
    );
    await holder.rollbackTransaction();
    await holder.release();
    expect(await allRows()).toEqual(live);
  });
});

describe('while the service runs', () => {
  test('views are rebuilt again and again, nothing is lost, and no read fails', async () => {
    const http = await HttpApp.start();
    try {
      const skus = Array.from({ length: 4 }, () => randomSku());
      for (const sku of skus) await http.post('/v1/batches', { ref: randomRef(), sku, qty: 100_000 });
      const known = randomOrderId();
      await http.post('/v1/allocations', { orderId: known, sku: skus[0], qty: 1 });
      let [busy, writes] = [true, 0];
      const worker = async (sku: string) => {
        while (busy) {
          const orderId = randomOrderId();
          const answer = await http.post('/v1/allocations', { orderId, sku, qty: 1 });
          expect(answer.statusCode).toBe(202);
          // On a busy machine the swap may take longer than a command waits for its view; then the answer says so.
          if (answer.headers['x-events'] === 'pending')
            await until(async () => (await http.get(`/v1/allocations/${orderId}`)).statusCode === 200);
          const [own, old] = [
            await http.get(`/v1/allocations/${orderId}`),
            await http.get(`/v1/allocations/${known}`),
          ];
          expect([own.statusCode, old.statusCode]).toEqual([200, 200]);
          expect((await http.get(`/v1/availability/${sku}?qty=1`)).statusCode).toBe(200);
          writes += 1;
        }
      };
      const workers = [...skus, ...skus].map(worker);
      const source = http.app.get(DataSource);
      const rebuilding = (async () => {
        await until(() => writes > 10);
        for (let round = 0; round < 4; round += 1)
          for (const name of viewNames) await rebuildView(new Sql(source), name);
      })();
      await rebuilding.finally(() => (busy = false));
      await Promise.all(workers);
      const { rows } = await http.database.query('SELECT current_database() AS name');
      const url = new URL(process.env.TEST_SERVER_URL!);
      url.pathname = rows[0].name;
      expect(await auditViews(url.href)).toEqual([]);
      expect(await verify(new Sql(source))).toEqual({ counters: 0, movements: 0, batches: 0, lines: 0 });
    } finally {
      await http.stop();
    }
  });
});

describe('verify', () => {
  test('finds nothing where all agree', async () => {
    expect(await found()).toEqual([]);
  });

  test('shows each difference, and repair mends those of the views', async () => {
    const live = await allRows();
    const [line] = await dataSource.query(`SELECT * FROM view_lines WHERE state = 'out of stock' LIMIT 1`);
    const [other] = await dataSource.query(`SELECT * FROM view_lines WHERE state = 'allocated' LIMIT 1`);
    const [batch] = await dataSource.query('SELECT * FROM batches WHERE purchased_quantity > 5 LIMIT 1');
    await dataSource.query('DELETE FROM view_lines WHERE order_id = $1', [line.order_id]);
    await dataSource.query(
      `UPDATE view_lines SET changed_at = changed_at + interval '1 ms' WHERE order_id = $1`,
      [other.order_id],
    );
    await dataSource.query(`UPDATE view_batches SET purchased = 0 WHERE ref = $1`, [batch.reference]);
    await dataSource.query(`INSERT INTO view_batches VALUES ('extra', 'x', NULL, 1, 1, 1, 1, 1)`);

    const differences = await found();
    expect(differences).toHaveLength(4);
    expect(differences).toEqual(
      expect.arrayContaining([
        {
          of: 'lines',
          key: { order_id: line.order_id, sku: line.sku },
          expected: expect.objectContaining({ qty: line.qty, state: 'out of stock' }),
          found: null,
        },
        expect.objectContaining({ of: 'lines', key: { order_id: other.order_id, sku: other.sku } }),
        {
          of: 'batches',
          key: { ref: batch.reference },
          expected: expect.objectContaining({ purchased: batch.purchased_quantity }),
          found: expect.objectContaining({ purchased: 0 }),
        },
        {
          of: 'batches',
          key: { ref: 'extra' },
          expected: null,
          found: expect.objectContaining({ sku: 'x' }),
        },
      ]),
    );
    expect(await repair(new Sql(dataSource), await verify(new Sql(dataSource)))).toEqual([
      'lines',
      'batches',
    ]);
    expect(await found()).toEqual([]);
    expect(await allRows()).toEqual(live);
  });

  test('shows a batch that counts other than its lines, and a product that counts other than its batches', async () => {
    const [batch] = await dataSource.query(
      'SELECT * FROM batches WHERE allocated_quantity > 0 AND purchased_quantity > allocated_quantity LIMIT 1',
    );
    const [product] = await dataSource.query('SELECT * FROM products WHERE sku = $1', [batch.sku]);
    const add = (pieces: number) =>
      dataSource.query(
        'UPDATE batches SET allocated_quantity = allocated_quantity + $2 WHERE reference = $1',
        [batch.reference, pieces],
      );
    await add(1);
    const counters = (await found()).filter(({ of }) => of === 'counters');
    await add(-1);
    expect(counters).toEqual([
      {
        of: 'counters',
        key: { ref: batch.reference },
        expected: { allocated: batch.allocated_quantity, dispatched: batch.dispatched_quantity },
        found: { allocated: batch.allocated_quantity + 1, dispatched: batch.dispatched_quantity },
      },
      {
        of: 'counters',
        key: { sku: batch.sku },
        expected: { available: Number(product.available) - 1 },
        found: { available: Number(product.available) },
      },
    ]);
  });

  test('does not take for a difference what is still on its way, and does once nobody brings it', async () => {
    const events = await commit(dataSource, play([]));
    expect(await found()).toEqual([]);
    await number(dataSource);
    expect(await found()).toEqual([]);
    await settle(dataSource);
    expect(await found()).toHaveLength(1);
    await project(events);
    expect(await found()).toEqual([]);
  });

  describe('of one row that is wrong', () => {
    let runner: QueryRunner;
    let session: Session;
    beforeEach(async () => {
      runner = dataSource.createQueryRunner();
      session = new Session((await runner.connect()) as PoolClient);
      await runner.startTransaction();
    });
    afterEach(async () => {
      await runner.rollbackTransaction();
      await runner.release();
    });

    const slices = { rows: 7, most: 11, ms: 1_000 };
    const lines = ['allocated', 'deallocated', 'out of stock'].flatMap((state) =>
      [
        'DELETE FROM view_lines',
        'UPDATE view_lines SET qty = qty + 1',
        `UPDATE view_lines SET state = CASE state WHEN 'allocated' THEN 'deallocated' ELSE 'allocated' END`,
        `UPDATE view_lines SET batch_ref = 'other'`,
        `UPDATE view_lines SET eta = '2001-01-01'`,
        'UPDATE view_lines SET sequence = sequence + 1',
        'UPDATE view_lines SET sequence = sequence - 1',
        `UPDATE view_lines SET changed_at = changed_at - interval '1 us'`,
      ].map((change) => [change, 'view_lines', `state = '${state}'`, 'order_id, sku'] as const),
    );
    const batches = [
      'DELETE FROM view_batches',
      ...['position', 'purchased', 'purchased_sequence', 'available', 'sequence'].flatMap((column) => [
        `UPDATE view_batches SET ${column} = ${column} + 1`,
        `UPDATE view_batches SET ${column} = ${column} - 1`,
      ]),
      `UPDATE view_batches SET sku = 'other'`,
      `UPDATE view_batches SET eta = '2001-01-01'`,
    ].map((change) => [change, 'view_batches', 'purchased_sequence > position', 'ref'] as const);

    const sums = [
      'DELETE FROM view_line_sums',
      'UPDATE view_line_sums SET lines = lines + 1',
      'UPDATE view_line_sums SET pieces = pieces - 1',
      `UPDATE view_line_sums SET arrives = '2001-01-01'`,
      `UPDATE view_line_sums SET state = 'other'`,
      `UPDATE view_line_sums SET sku = 'other'`,
    ].map((change) => [change, 'view_line_sums', 'has_lines', 'sku'] as const);

    test.each([...lines, ...batches, ...sums])(
      '%s of %s where %s is one difference',
      async (change, table, where, key) => {
        const count = Number((await runner.query(`SELECT count(*) FROM ${table} WHERE ${where}`))[0].count);
        for (const offset of [0, Math.floor(count / 2), count - 1]) {
          await runner.query('SAVEPOINT before');
          const [row] = await runner.query(
            `SELECT ${key}, ctid FROM ${table} WHERE ${where} ORDER BY ${key} OFFSET ${offset} LIMIT 1`,
          );
          const { ctid, ...expected } = row;
          await runner.query(`${change} WHERE ctid = '${ctid}'`);
          const reported: Difference[] = [];
          await verify(session, (difference) => reported.push(difference), undefined, slices);
          expect(reported.map((difference) => difference.key)).toEqual([expected]);
          await runner.query('ROLLBACK TO before');
        }
      },
    );
  });

  test('goes through the tables in slices, each a statement of its own', async () => {
    await dataSource.query(
      `INSERT INTO view_lines SELECT 'extra ' || n, 'x', 1, 'allocated', 'x', NULL, 1, now() FROM generate_series(1, 3000) n`,
    );
    const sent = new SentStatements();
    const counts = await verify(new Sql(dataSource), undefined, undefined, {
      rows: 10,
      most: 100,
      ms: 1_000,
    }).finally(() => sent.stop());
    const statements = sent.all.map(({ text, values }) => ({ sql: text.trim(), rows: values.at(-1) }));
    await dataSource.query(`DELETE FROM view_lines WHERE sku = 'x'`);
    expect(counts).toEqual({ counters: 0, movements: 0, batches: 0, lines: 3000 });
    expect(statements.length).toBeGreaterThan(60);
    expect(statements.filter(({ sql }) => !/^(WITH|SELECT)/.test(sql))).toEqual([]);
    expect(Math.max(...statements.map(({ rows }) => (typeof rows === 'number' ? rows : 0)))).toBe(100);
  });
});
