import type { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { GroupCommit } from '../../src/allocation/adapters/group-commit/group-commit';
import { GroupCommitOptions } from '../../src/allocation/adapters/group-commit/group-commit-options';
import { InlineProjections } from '../../src/allocation/adapters/postgres/inline-projections';
import { HandlerClaim } from '../../src/allocation/adapters/postgres/outbox';
import { PostgresProductRepository } from '../../src/allocation/adapters/postgres/postgres-product-repository';
import { OrderLine } from '../../src/allocation/domain/order-line';
import { createDataSource } from '../../src/database/data-source';
import { inTransaction } from '../../src/database/transaction';
import { withTimeout } from '../../src/with-timeout';
import { PostgresAvailability } from '../../src/views/availability/postgres-availability';
import { ViewProjection } from '../../src/views/projections/view-projection';
import { auditViews, auditWriteModel } from '../support/audit';
import { randomSku } from '../support/random-refs';
import { RecordingEventBus } from '../support/recording-event-bus';
import { connected } from '../support/sql';
import { Stopwatch } from '../support/stalls';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

let database: TestDatabase;
let dataSource: DataSource;
let somebody: Client;
let bus: RecordingEventBus;
let products: PostgresProductRepository;
let units: GroupCommit;
let view: ViewProjection;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await createDataSource(database.url).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});
beforeEach(async () => {
  somebody = await connected(database.url);
  bus = new RecordingEventBus();
  const projections = new InlineProjections();
  view = new ViewProjection(dataSource, new PostgresAvailability(dataSource), projections);
  products = new PostgresProductRepository(dataSource, projections, new HandlerClaim());
  begin(new GroupCommitOptions());
});
afterEach(async () => {
  await somebody.end();
  units.onApplicationShutdown();
});

const begin = (options: GroupCommitOptions) => (units = new GroupCommit(products, bus, options));
const create = (sku: string, qty: number, eta: string | null = null, batchRef = `batch of ${sku}`) =>
  units.run({ looksAt: 'batch', sku, batchRef }, (product) => product.createBatch(batchRef, qty, eta));
const allocate = (sku: string, orderId: string, qty = 1) =>
  units.run({ looksAt: 'new line', sku, orderId, qty }, (product) =>
    product.allocate(new OrderLine(orderId, sku, qty)),
  );
const cut = (sku: string, qty: number) =>
  units.run({ looksAt: 'batch to change', sku, batchRef: `batch of ${sku}`, qty }, (product) =>
    product.changeBatchQuantity(`batch of ${sku}`, qty),
  );
const skusInView = async (orderId: string) => {
  const { rows } = await somebody.query<{ sku: string }>(
    'SELECT sku FROM view_lines WHERE order_id = $1 ORDER BY sku',
    [orderId],
  );
  return rows.map(({ sku }) => sku);
};
const skus = (count: number) => Array.from({ length: count }, () => randomSku());

test('pieces for thousands of lines that wait keep no other SKU waiting: they have a commit of their own', async () => {
  const [crowded, ...others] = skus(3);
  // Without views, which would be written in other commits if they took long.
  const products = new PostgresProductRepository(dataSource, new InlineProjections(), new HandlerClaim());
  const units = new GroupCommit(products, bus, new GroupCommitOptions());
  await units.run({ looksAt: 'product', sku: crowded }, (product) => {
    for (let n = 1; n <= 1_001; n += 1) product.allocate(new OrderLine(`o${n}`, crowded, 1), { wait: true });
  });
  const buy = (sku: string) =>
    units.run({ looksAt: 'batch', sku, batchRef: `batch of ${sku}`, adds: 2_000 }, (product) =>
      product.createBatch(`batch of ${sku}`, 2_000, null),
    );
  await Promise.all([others[0], crowded, others[1]].map(buy));
  const { rows } = await somebody.query<{ sku: string; held: number; commit: string }>(
    'SELECT sku, allocated_quantity AS held, xmin::text AS commit FROM batches WHERE sku = ANY($1::text[])',
    [[crowded, ...others]],
  );
  const of = (sku: string) => rows.find((row) => row.sku === sku)!;
  expect([crowded, ...others].map((sku) => of(sku).held)).toEqual([1_001, 0, 0]);
  expect(of(others[0]).commit).toBe(of(others[1]).commit);
  expect(of(crowded).commit).not.toBe(of(others[0]).commit);
  units.onApplicationShutdown();
  // What comes after this test compares all lines with their views.
  await view.handleAll(bus.events);
});

describe('a row that somebody holds', () => {
  test.each([
    { rows: 1, connections: 10 },
    { rows: 3, connections: 10 },
    { rows: 1, connections: 4 },
    { rows: 3, connections: 4 },
  ])(
    'of a batch holds up the units of that SKU and of no other: $rows with $connections connections',
    async ({ rows, connections }) => {
      begin(new GroupCommitOptions(connections));
      const all = skus(15);
      const [held, others] = [all.slice(0, rows), all.slice(rows)];
      await Promise.all(all.map((sku) => create(sku, 100)));
      await somebody.query('BEGIN');
      await somebody.query('SELECT FROM batches WHERE sku = ANY ($1) FOR UPDATE', [held]);

      let allocated = 0;
      const waiting: Promise<unknown>[] = [];
      let slowest = 0;
      // Again and again, so that they share transactions with those that are held up. One that is waits for 7 seconds.
      for (let round = 0; round < 3; round += 1) {
        // On a slow machine those that came first may be refused in the end.
        const count = () => void (allocated += 1);
        for (const sku of held) waiting.push(allocate(sku, `o${round}`).then(count, () => {}));
        const watch = new Stopwatch();
        await Promise.all(others.flatMap((sku) => [0, 1, 2].map((n) => allocate(sku, `o${round * 3 + n}`))));
        slowest = Math.max(slowest, watch.stop());
      }
      expect(slowest).toBeLessThan(5_000);
      expect(allocated).toBe(0);
      await somebody.query('ROLLBACK');
      await Promise.all(waiting);
      await Promise.all(held.map((sku) => allocate(sku, 'free')));
      for (const sku of others) {
        const orders = bus.published(sku).slice(1);
        expect(orders.map(({ event }) => (event as { orderId?: string }).orderId)).toEqual(
          [0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => `o${n}`),
        );
      }
      // A view that took long on a machine that stalls is written afterwards.
      await view.handleAll(bus.events);
      expect(await auditWriteModel(database.url)).toEqual([]);
      expect(await auditViews(database.url)).toEqual([]);
    },
  );

  test('of a view holds up nobody, and is written when it is free again', async () => {
    const [held, ...others] = skus(20);
    await Promise.all([held, ...others].map((sku) => create(sku, 100_000)));
    await view.handleAll(bus.events);
    await somebody.query('BEGIN');
    await somebody.query('SELECT FROM view_batches WHERE ref = $1 FOR UPDATE', [`batch of ${held}`]);

    // Those of other SKUs are written with their units of work all the same; they, too, go without for a moment when the
    // machine stalls.
    let orders = 0;
    for (const name of ['beside', 'again']) {
      await until(async () => {
        const orderId = `${name}-${(orders += 1)}`;
        await Promise.all([held, ...others].map((sku) => allocate(sku, orderId)));
        const seen = await skusInView(orderId);
        expect(seen).not.toContain(held);
        return seen.length === others.length;
      });
    }
    const late = bus.events.filter(({ event }) => event.sku === held);
    await expect(view.handleAll(late.slice(-1))).rejects.toThrow('lock timeout');
    await somebody.query('ROLLBACK');
    // Its rows are written with their units again, soon after.
    let round = 0;
    await until(async () => {
      const orderId = `later-${(round += 1)}`;
      await allocate(held, orderId);
      return (await skusInView(orderId)).length === 1;
    });
    // What was not is brought by the EventBus.
    await view.handleAll(bus.events);
    expect(await auditViews(database.url)).toEqual([]);
  });

  test('of so many SKUs that it must be the table makes all of them go without their views', async () => {
    const all = skus(400);
    await Promise.all(all.map((sku) => create(sku, 10)));
    await somebody.query('BEGIN');
    await somebody.query('LOCK TABLE view_lines IN EXCLUSIVE MODE');
    const began = Date.now();
    await Promise.all(all.map((sku) => allocate(sku, 'o1')));
    // Four at a time would wait for a quarter of a second, 25 seconds in all.
    expect(Date.now() - began).toBeLessThan(15_000);
    await somebody.query('ROLLBACK');
    await view.handleAll(bus.events);
    expect(await auditViews(database.url)).toEqual([]);
  });
});

test('a unit that waits for a row for too long is refused as busy, and keeps its connection', async () => {
  const [sku] = skus(1);
  await create(sku, 10);
  let refusal = '';
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    await somebody.query('BEGIN');
    await somebody.query('SELECT FROM batches WHERE sku = $1 FOR UPDATE', [sku]);
    refusal = await allocate(sku, `o${attempt}`).then(
      () => 'none',
      (error: Error) => error.message,
    );
    await somebody.query('ROLLBACK');
    // What is said when the machine stalled until the deadline.
    if (!refusal.startsWith('The database does not answer')) break;
  }
  expect(refusal).toBe('The product is being changed for too long');
  await allocate(sku, 'free');
});

test('a large change that stops halfway is answered soon after its deadline', async () => {
  const deadlineMs = 3_000;
  begin({ ...new GroupCommitOptions(), deadlineMs });
  const [sku] = skus(1);
  await create(sku, 10);
  const another = await connected(database.url);
  const waiting = async (statement: string) => {
    const { rowCount } = await somebody.query(
      `SELECT FROM pg_stat_activity
       WHERE wait_event_type = 'Lock' AND datname = current_database() AND query LIKE $1`,
      [`${statement}%`],
    );
    return rowCount === 1;
  };
  try {
    for (const client of [somebody, another]) await client.query('BEGIN');
    await somebody.query('SELECT FROM products WHERE sku = $1 FOR UPDATE', [sku]);
    await another.query('SELECT FROM batches WHERE sku = $1 FOR UPDATE', [sku]);
    const asked = performance.now();
    let refusal: Error | undefined;
    const refused = cut(sku, 5).catch((error: Error) => (refusal = error));
    await until(() => waiting('SELECT sku, version_number'));
    // It gets on just before the deadline, and then no further.
    await until(() => performance.now() - asked > deadlineMs - 400);
    await somebody.query('ROLLBACK');
    await until(async () => refusal !== undefined || (await waiting('UPDATE batches')));
    const silence = new Stopwatch();
    await refused;
    expect(silence.stop()).toBeLessThan(2_500);
    expect(refusal?.message).toContain('may have been carried out or not');
  } finally {
    await another.end();
  }
});

test('a view that takes its time holds up a command for a moment only (promise 4)', async () => {
  const [sku] = skus(1);
  await create(sku, 10);
  await somebody.query(
    `CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$;
     CREATE TRIGGER slow BEFORE INSERT ON view_lines FOR EACH STATEMENT EXECUTE FUNCTION take_time()`,
  );
  try {
    await withTimeout(30_000, allocate(sku, 'o1'));
  } finally {
    await somebody.query('DROP TRIGGER slow ON view_lines; DROP FUNCTION take_time');
  }
  await view.handleAll(bus.published(sku));
  expect(await auditViews(database.url)).toEqual([]);
});

test('what a cut of more lines than a statement takes does is seen as a whole or not yet', async () => {
  const lines = 4_500;
  const seen = new Set<string>();
  let here = lines;
  /** @returns whether it was written with the view, which is left out when the machine stalls */
  async function isSeenWhileCut(): Promise<boolean> {
    const [sku] = skus(1);
    await create(sku, lines);
    await units.run({ looksAt: 'new line', sku, orderId: 'o1', qty: 1 }, (product) => {
      for (let n = 1; n <= lines; n += 1) product.allocate(new OrderLine(`o${n}`, sku, 1));
    });
    await create(sku, lines, '2031-01-01', `ship of ${sku}`);
    await view.handleAll(bus.events);

    seen.clear();
    let ended = false;
    const watching = (async () => {
      while (!ended) {
        const { rows } = await somebody.query<{ lines: string; left: string }>(
          `SELECT (SELECT count(*) FROM view_lines WHERE sku = $1 AND state = 'allocated') AS lines,
                  (SELECT sum(available) FROM view_batches WHERE sku = $1) AS left`,
          [sku],
        );
        seen.add(`${rows[0].lines} lines, ${rows[0].left} left`);
      }
    })();
    await cut(sku, 0);
    const { rows } = await somebody.query<{ here: number; late: number }>(
      `SELECT (SELECT count(*)::int FROM view_lines WHERE batch_ref = $1) AS here,
              (SELECT count(*)::int FROM pending_views WHERE sku = $2) AS late`,
      [`batch of ${sku}`, sku],
    );
    ended = true;
    await watching;
    [{ here }] = rows;
    return rows[0].late === 0;
  }
  await until(isSeenWhileCut, 60);
  // Whoever was answered sees it.
  expect(here).toBe(0);
  expect([...seen].filter((state) => state !== `${lines} lines, ${lines} left`)).toEqual(
    seen.has(`${lines} lines, 0 left`) ? [`${lines} lines, 0 left`] : [],
  );
  expect(seen.has(`${lines} lines, ${lines} left`)).toBe(true);
  await view.handleAll(bus.events);
  expect(await auditWriteModel(database.url)).toEqual([]);
  expect(await auditViews(database.url)).toEqual([]);
});

test('units go on in their order while another transaction holds their product', async () => {
  const [sku] = skus(1);
  await create(sku, 1_000);
  await somebody.query('BEGIN');
  await somebody.query('SELECT FROM products WHERE sku = $1 FOR UPDATE', [sku]);
  const orders = Array.from({ length: 300 }, (_, n) => `o${n}`);
  const all = Promise.all(orders.map((order) => allocate(sku, order)));
  await until(async () => {
    const { rows } = await somebody.query(
      `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
    );
    return rows.length > 0;
  });
  const late = Promise.all(['late 1', 'late 2'].map((order) => allocate(sku, order)));
  await somebody.query('ROLLBACK');
  await Promise.all([all, late]);
  const events = bus.published(sku).toSorted((a, b) => a.sequence - b.sequence);
  expect(events.slice(1).map(({ event }) => (event as { orderId?: string }).orderId)).toEqual([
    ...orders,
    'late 1',
    'late 2',
  ]);
});

describe('a transaction', () => {
  const options = { lockTimeoutMs: 1_000 };
  const inbox = async () => (await somebody.query('SELECT message_id FROM inbox')).rows;

  test('is not committed when one of its statements cannot even be sent', async () => {
    const unwritable = {
      toPostgres: () => {
        throw new Error('cannot be written');
      },
    };
    const work = inTransaction(dataSource, options, async (query) => {
      void query('INSERT INTO inbox (message_id) VALUES ($1)', ['first']);
      query('INSERT INTO inbox (message_id) VALUES ($1)', [unwritable]).catch(() => {});
      void query('INSERT INTO inbox (message_id) VALUES ($1)', ['third']);
    });
    await expect(work).rejects.toThrow('cannot be written');
    expect(await inbox()).toEqual([]);
  });

  test('tells when it waits for the database, and when it does not', async () => {
    const told: boolean[] = [];
    const onProgress = (isWaiting: boolean) => told.push(isWaiting);
    await inTransaction(dataSource, { ...options, onProgress }, async (query) => {
      await Promise.all([query('SELECT message_id FROM inbox', []), query('SELECT 1', [])]);
      told.length = 0;
      await new Promise(setImmediate);
      expect(told).toEqual([]);
      await Promise.all([query('SELECT message_id FROM inbox', []), query('SELECT 1', [])]);
      // Asked, one answer of two, both.
      expect(told.splice(0)).toEqual([true, true, false]);
    });
    // COMMIT.
    expect(told).toEqual([true, false]);
  });

  test('fails with the error of the statement that failed first, and leaves its connection in order', async () => {
    const work = inTransaction(dataSource, options, async (query) => {
      void query('INSERT INTO inbox (message_id) VALUES ($1)', ['twice']);
      query('INSERT INTO inbox (message_id) VALUES ($1)', ['twice']).catch(() => {});
      query('INSERT INTO inbox (message_id) VALUES ($1)', ['third']).catch(() => {});
    });
    await expect(work).rejects.toThrow('duplicate key');
    await inTransaction(dataSource, options, async (query) => {
      void query('INSERT INTO inbox (message_id) VALUES ($1)', ['good']);
    });
    expect(await inbox()).toEqual([{ message_id: 'good' }]);
  });

  test('sends nothing more when it could not begin, since that would be committed by itself', async () => {
    const work = inTransaction(dataSource, { lockTimeoutMs: 'no number' as never }, async (query) => {
      await query('SELECT message_id FROM inbox', []).catch(() => {});
      query('INSERT INTO inbox (message_id) VALUES ($1)', ['torn']).catch(() => {});
    });
    await expect(work).rejects.toThrow('syntax error');
    expect(await inbox()).not.toContainEqual({ message_id: 'torn' });
  });
});
