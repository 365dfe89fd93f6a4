import type { Client } from 'pg';
import { RunningService } from '../support/running-service';
import { connected } from '../support/sql';
import { createTestDatabase, nameOf, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: { readonly detail?: string; readonly message?: string };
}

const READ_ONLY = 'The database is read-only at the moment';
const DISK_FULL = 'The disk of the database is full';
const STOPPED = 'The database took too long over a statement, or was told to stop it';
const IN_USE = 'All connections to the database are in use';
/** What a service says that stalled while the server stopped the statement. */
const SILENT = 'The database does not answer';

let database: TestDatabase;
let service: RunningService;
/** Connections of strangers: one holds locks, one looks at what goes on. */
let other: Client;
let onlooker: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  other = await connected(database.url);
  onlooker = await connected(database.url);
  service = await RunningService.start({
    DATABASE_URL: database.url,
    DATABASE_WRITE_CONNECTIONS: '4',
    DATABASE_READ_CONNECTIONS: '3',
  });
  await call('POST', '/v1/batches', { ref: 'b1', sku: 'LAMP', qty: 100 });
  await allocate();
});
afterAll(async () => {
  await service.stop();
  await other.end();
  await onlooker.end();
  await database.drop();
});
afterEach(() => other.query('ROLLBACK'));

async function call(method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(service.url + path, {
    method,
    headers: body && { 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    body: (await response.json().catch(() => ({}))) as Answer['body'],
  };
}

let orders = 0;
const allocate = () => call('POST', '/v1/allocations', { orderId: `o${orders++}`, sku: 'LAMP', qty: 1 });
const ready = () => call('GET', '/health/ready');
/** A service that stalled may say that it is not, since its own question has had its second; it is asked again then. */
async function isReady(): Promise<boolean> {
  const asked = performance.now();
  const { status } = await ready();
  if (status !== 200) expect(performance.now() - asked).toBeGreaterThan(900);
  return status === 200;
}
const holdUp = (table: string) => other.query(`BEGIN; LOCK TABLE ${table}`);

/** The connections of the service by what it calls itself. */
async function connections(name: string, state = '%'): Promise<number> {
  const { rows } = await onlooker.query<{ count: number }>(
    `SELECT count(*)::int FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = $1 AND state LIKE $2`,
    [name, state],
  );
  return rows[0].count;
}

/** Waits until a connection of the service, by what it calls itself, waits for the lock of a table. */
const untilLocked = (name: string, table: string) =>
  until(async () => {
    const { rows } = await onlooker.query(
      `SELECT FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = $1 AND wait_event_type = 'Lock' AND query LIKE $2`,
      [name, `%FROM ${table}%`],
    );
    return rows.length > 0;
  });

describe('questions that take long', () => {
  test('hold up no command and not whether the service is ready, and end where they run when they are given up', async () => {
    let reasons = new Set<string | undefined>();
    await until(async () => {
      await holdUp('dead_letters');
      let areGivenUp = false;
      const questions = Array.from({ length: 30 }, () => call('GET', '/v1/dead-letters'));
      void Promise.all(questions).then(() => (areGivenUp = true));
      await until(async () => (await connections('stock-allocation reads', 'active')) === 3);

      for (let round = 1; round <= 3; round += 1) {
        expect((await allocate()).status).toBe(202);
        await until(isReady);
      }
      expect(areGivenUp).toBe(false);

      const answers = await Promise.all(questions);
      expect(answers.map(({ status, retryAfter }) => [status, retryAfter])).toEqual(
        Array(30).fill([503, '1']),
      );
      reasons = new Set(answers.map(({ body }) => body.detail?.split('. ')[0]));
      const isLate = reasons.has(SILENT);
      if (isLate) await other.query('ROLLBACK');
      return !isLate;
    }, 60);
    expect(reasons).toEqual(new Set([STOPPED, IN_USE]));
    await until(async () => (await connections('stock-allocation reads')) <= 3);
    await until(async () => (await connections('stock-allocation reads', 'active')) === 0);

    await other.query('ROLLBACK');
    expect((await call('GET', '/v1/dead-letters')).status).toBe(200);
  });

  test.each([
    ['/v1/orders/whole', 'orders'],
    ['/v1/keys', 'api_keys'],
    ['/v1/readers', 'readers'],
  ])('take no connection from commands: %s', async (path, table) => {
    await call('POST', '/v1/orders', { orderId: 'whole', lines: [{ sku: 'LAMP', qty: 1 }] });
    await holdUp(table);
    const question = call('GET', path);
    await until(async () => (await connections('stock-allocation reads', 'active')) === 1);
    await other.query('ROLLBACK');
    expect((await question).status).toBe(200);
  });

  test('about a product that is being changed wait for nobody, and hold up no command of another', async () => {
    await call('POST', '/v1/batches', { ref: 'c1', sku: 'CHAIR', qty: 100 });
    await other.query(`BEGIN; SELECT FROM products WHERE sku = 'LAMP' FOR UPDATE`);
    const explain = () => call('POST', '/v1/allocations/explain', { orderId: 'asked', sku: 'LAMP', qty: 1 });
    const preview = () => call('POST', '/v1/batches/b1/explain', { qty: 0 });
    const questions = Array.from({ length: 20 }, (_, index) => (index % 2 ? explain() : preview()));
    const allocated = await call('POST', '/v1/allocations', { orderId: 'sits', sku: 'CHAIR', qty: 1 });
    expect(allocated.status).toBe(202);
    for (const { status } of await Promise.all(questions)) expect(status).toBe(200);
  });

  test('are answered 503 when PostgreSQL is told to stop them', async () => {
    await holdUp('dead_letters');
    const question = call('GET', '/v1/dead-letters');
    await untilLocked('stock-allocation reads', 'dead_letters');
    await onlooker.query(
      `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'stock-allocation reads' AND state = 'active'`,
    );
    expect(await question).toMatchObject({ status: 503, body: { detail: expect.stringContaining(STOPPED) } });
  });
});

describe('commands that take long', () => {
  test('end where they run as soon as they are given up', async () => {
    await holdUp('dead_letters');
    expect((await call('POST', '/v1/dead-letters/replay')).status).toBe(503);
    const begin = performance.now();
    const isRunning = async () => {
      const { rows } = await onlooker.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'stock-allocation'
         AND state = 'active' AND query LIKE '%dead_letters%'`,
      );
      return rows.length > 0;
    };
    await until(async () => !(await isRunning()));
    expect(performance.now() - begin).toBeLessThan(4_500);
  });

  test('hold up no question and not whether the service is ready', async () => {
    // Commands wait for four seconds at least before they are given up; when the machine stalls for as long, they are
    // sent again.
    await until(async () => {
      await holdUp('batches');
      const begun = performance.now();
      let areAnswered = false;
      const commands = Array.from({ length: 10 }, () => call('PATCH', '/v1/batches/b1', { qty: 90 }));
      void Promise.race(commands).then(() => (areAnswered = true));
      await until(async () => areAnswered || (await connections('stock-allocation', 'active')) === 4);

      for (let round = 1; round <= 3; round += 1) {
        expect((await call('GET', '/v1/batches/b1')).status).toBe(200);
        await until(isReady);
      }
      const open = await connections('stock-allocation');
      await other.query('ROLLBACK');
      const wereEarly = areAnswered;
      const statuses = (await Promise.all(commands)).map(({ status }) => status);
      const isLate = performance.now() - begun > 3_500;
      if (isLate && (wereEarly || statuses.includes(503))) return false;
      expect(wereEarly).toBe(false);
      expect(open).toBe(4);
      expect(statuses).toEqual(Array(10).fill(202));
      return true;
    }, 60);
  });

  test('are answered 503 when PostgreSQL is told to stop them', async () => {
    await holdUp('batches');
    const command = call('PATCH', '/v1/batches/b1', { qty: 95 });
    await untilLocked('stock-allocation', 'batches');
    await onlooker.query(
      `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'stock-allocation' AND wait_event_type = 'Lock'`,
    );
    expect(await command).toMatchObject({ status: 503, body: { detail: expect.stringContaining(STOPPED) } });
  });
});

describe.each([
  [READ_ONLY, becomeReadOnly, becomeWritable, 'read-only'],
  [DISK_FULL, fillDisk, emptyDisk, 'disk is full'],
])('%s', (reason, begin, end, word) => {
  const linesWith = (text: string) => service.lines.filter((line) => line.includes(text));

  test('is the reason for a 503 of each command; the service is not ready, and says so once', async () => {
    service.lines.length = 0;
    await begin();
    const commands: [string, string, object?][] = [
      ['POST', '/v1/batches', { ref: 'b2', sku: 'LAMP', qty: 1 }],
      ['POST', '/v1/allocations', { orderId: 'late', sku: 'LAMP', qty: 1 }],
      ['POST', '/add_batch', { ref: 'b3', sku: 'LAMP', qty: 1, eta: null }],
      ['POST', '/allocate', { orderid: 'late', sku: 'LAMP', qty: 1 }],
      ['PATCH', '/v1/batches/b1', { qty: 80 }],
      ['DELETE', '/v1/allocations/o0/LAMP'],
      ['POST', '/v1/dead-letters/replay'],
      ['POST', '/v1/batches/bulk', { items: [{ ref: 'b4', sku: 'LAMP', qty: 1 }] }],
    ];
    for (let round = 1; round <= 3; round += 1) {
      for (const [method, path, body] of commands) {
        const answer = await call(method, path, body);
        expect([path, answer.status]).toEqual([path, expect.any(Number)]);
        // A request for several may be answered item by item.
        expect(JSON.stringify(answer.body)).toContain(reason);
        expect(JSON.stringify({ status: answer.status, ...answer.body })).toContain('"status":503');
      }
      expect(await ready()).toMatchObject({
        status: 503,
        body: { error: { database: { status: 'down', message: reason } } },
      });
    }
    for (const path of ['/v1/batches/b1', '/v1/allocations/o0', '/v1/dead-letters', '/v1/out-of-stock']) {
      expect((await call('GET', path)).status).toBe(200);
    }
    expect(linesWith(word)).toHaveLength(1);

    await end();
    await until(async () => (await ready()).status === 200);
    for (let round = 1; round <= 5; round += 1) expect((await allocate()).status).toBe(202);
    // A command that failed before, and is heard of after it, tells of it once more.
    const known = () => [linesWith(word).length, linesWith('takes writes again').length];
    await until(() => new Set(known()).size === 1);
    expect(Math.max(...known())).toBeLessThanOrEqual(2);
  });
});

/** What is connected from now on cannot write, and stays so like what is connected to a standby. */
async function becomeReadOnly(): Promise<void> {
  const name = nameOf(database.url);
  await other.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  const { rows } = await other.query<{ pid: number }>(
    `SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE 'stock-allocation%'`,
  );
  const pids = rows.map(({ pid }) => pid);
  await until(async () => {
    const left = await other.query('SELECT FROM pg_stat_activity WHERE pid = ANY($1)', [pids]);
    return left.rows.length === 0;
  });
  await until(async () => (await call('GET', '/v1/batches/b1')).status === 200);
}

async function becomeWritable(): Promise<void> {
  await other.query(`ALTER DATABASE ${nameOf(database.url)} RESET default_transaction_read_only`);
}

/** What needs room is refused as if there were none: rows of the write model, and tables. */
async function fillDisk(): Promise<void> {
  await other.query(
    `CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
     CREATE FUNCTION no_room_for_tables() RETURNS event_trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
     CREATE TRIGGER no_room BEFORE INSERT ON outbox EXECUTE FUNCTION no_room();
     CREATE TRIGGER no_room BEFORE INSERT ON redeliveries EXECUTE FUNCTION no_room();
     CREATE EVENT TRIGGER no_room ON ddl_command_start WHEN TAG IN ('CREATE TABLE AS')
       EXECUTE FUNCTION no_room_for_tables()`,
  );
}

async function emptyDisk(): Promise<void> {
  await other.query(
    `DROP EVENT TRIGGER no_room; DROP TRIGGER no_room ON outbox; DROP TRIGGER no_room ON redeliveries`,
  );
}
