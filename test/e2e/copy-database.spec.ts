import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { copyDatabase } from '../../src/database/copy-database';
import { migrate } from '../../src/database/data-source';
import { auditViews, auditWriteModel } from '../support/audit';
import { stockAllocation } from '../support/command-line';
import { RunningService } from '../support/running-service';
import { query } from '../support/sql';
import {
  createEmptyDatabase,
  createTestDatabase,
  migrations,
  nameOf,
  type TestDatabase,
} from '../support/test-database';
import { until } from '../support/until';

interface Page {
  readonly status: number;
  readonly events: readonly { readonly data: { readonly batchRef?: string } }[];
  readonly next: string;
}

let from: TestDatabase;
let to: TestDatabase;
const services: RunningService[] = [];

beforeEach(async () => {
  [from, to] = await Promise.all([createTestDatabase(), createEmptyDatabase()]);
});
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.stop()));
  await Promise.all([from.drop(), to.drop()]);
});

async function start({ url }: TestDatabase): Promise<RunningService> {
  const service = await RunningService.start({ DATABASE_URL: url });
  services.push(service);
  return service;
}

async function feed({ url }: RunningService, search: string): Promise<Page> {
  const response = await fetch(`${url}/v1/events?${search}`);
  return { ...((await response.json()) as Page), status: response.status };
}

/** The cursor of somebody who has read so many events more. */
function further(cursor: string, events: number): string {
  const bytes = Buffer.from(cursor, 'base64url');
  bytes.writeBigUInt64BE(bytes.readBigUInt64BE(16) + BigInt(events), 16);
  return bytes.toString('base64url');
}

describe('a copy of the database that was taken while commands came in', () => {
  test('has every line that was acknowledged before, agrees with itself, and cursors go on in it', async () => {
    const service = await start(from);
    await service.post('/v1/batches', { ref: 'b1', sku: 'LAMP', qty: 1_000_000 });
    const acknowledged: string[] = [];
    let isOver = false;
    const load = (async () => {
      for (let n = 1; !isOver; n += 1) {
        const line = { orderId: `o${n}`, sku: 'LAMP', qty: 1 };
        if ((await service.post('/v1/allocations', line)) === 202) acknowledged.push(line.orderId);
      }
    })();
    await until(() => acknowledged.length > 100);
    const before = [...acknowledged];
    // What is acknowledged has its place in the log a moment later.
    await until(async () => (await feed(service, 'limit=50')).events.length === 50);
    const { events, next } = await feed(service, 'limit=50');
    expect(events).toHaveLength(50);
    const { stdout, code } = await stockAllocation(['copy-database', to.url], { DATABASE_URL: from.url });
    isOver = true;
    await load;
    expect(stdout).toMatch(/^Copied \d+ rows of \d+ tables\n$/);
    expect(code).toBe(0);

    const copy = await start(to);
    const kept = await query(to.url, 'SELECT order_id FROM allocations');
    const ids = new Set(kept.map(({ order_id: id }) => id));
    expect(before.filter((orderId) => !ids.has(orderId))).toEqual([]);
    // The last ones were committed and not yet numbered.
    await until(async () => (await query(to.url, 'SELECT FROM outbox LIMIT 1')).length === 0);
    await until(async () => (await auditViews(to.url)).length === 0);
    expect(await auditWriteModel(to.url)).toEqual([]);
    expect((await feed(copy, `after=${next}&limit=1`)).events).toHaveLength(1);
    // What happened behind the copy is gone in it, and whoever has read that is told.
    expect((await feed(copy, `after=${further(next, 1_000_000)}`)).status).toBe(410);
    expect(await copy.post('/v1/batches', { ref: 'b2', sku: 'LAMP', qty: 1 })).toBe(201);
  }, 240_000);

  test('is refused where there are tables already', async () => {
    const { stderr, code } = await stockAllocation(['copy-database', from.url], { DATABASE_URL: from.url });
    expect(stderr).toContain('There are tables already where the copy is to go: name an empty database');
    expect(code).toBe(2);
  });
});

/** A table of a module with values that are easily lost on their way. */
class Awkward1799999999999 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "Awkward ""things" (
      t int GENERATED ALWAYS AS IDENTITY, gone text, nothing json, plain jsonb, texts text[], numbers numeric[], amount numeric,
      double float8, at timestamptz, local timestamp, day date, span interval, bytes bytea, said text,
      twice numeric GENERATED ALWAYS AS (amount * 2) STORED)`);
    await runner.query('ALTER TABLE "Awkward ""things" DROP gone');
  }

  async down(): Promise<void> {}
}

const AWKWARD = [
  `'null', 'null', '{NULL,"NULL","",",\\"{}"}', '{0.10,NaN,NULL}', 1.10, 0.1::float8 + 0.2,
    '2030-01-01T00:00:00.123456+05:45', '2030-01-01T00:00:00.000001', '9999-12-31', '1 mon -2 days 00:00:00.000001',
    '\\x00ff5c22', E'\\t"\\\\,()''\\n ü😀'`,
  `NULL, NULL, '{}', '{{1},{2}}', 'NaN', '-infinity', 'infinity', '-infinity', 'infinity', '1 year', '\\x', ''`,
  `' { "b" : 1, "a" : [ ] } ', '{"b":1e400}', '[2:3]={a,b}', NULL, 123456789012345678901234567890.0000000001, '-0',
    '0044-03-15 12:00:00 BC', 'infinity', '-infinity', '-1 year', NULL, NULL`,
];

/** All rows of all tables, as PostgreSQL writes them. */
async function rowsOf(url: string): Promise<Record<string, unknown>> {
  const tables = await query(
    url,
    `SELECT oid::regclass::text AS name FROM pg_class
     WHERE relkind = 'r' AND relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'migrations'::regclass)`,
  );
  const rows = tables.map(async ({ name }) => [
    name,
    await query(url, `SELECT (t.*)::text AS row FROM ${String(name)} t ORDER BY 1`),
  ]);
  return Object.fromEntries(await Promise.all(rows)) as Record<string, unknown>;
}

const GUARDS = `SELECT conrelid::regclass::text AS of, pg_get_constraintdef(oid) AS guard
  FROM pg_constraint WHERE contype = 'f'
  UNION ALL SELECT tgrelid::regclass::text, tgname || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2`;

describe('a copy', () => {
  test('has every value as it was, whatever the host has set, and wherever the tables are', async () => {
    const all = [...migrations(), Awkward1799999999999];
    await migrate(from.url, all);
    const columns = 'nothing, plain, texts, numbers, amount, double, at, local, day, span, bytes, said';
    for (const values of AWKWARD)
      await query(from.url, `INSERT INTO "Awkward ""things" (${columns}) VALUES (${values})`);
    await query(
      from.url,
      `INSERT INTO api_keys (id, name, scopes, hash, last_four)
      VALUES (gen_random_uuid(), 'shop', '{read,orders}', sha256('a'), 'abcd')`,
    );
    const before = await rowsOf(from.url);
    await query(from.url, 'ALTER SCHEMA public RENAME TO "The Shop"');
    const settings = { search_path: '"The Shop"', DateStyle: 'German', extra_float_digits: '-15' };
    for (const [name, value] of Object.entries(settings))
      await query(from.url, `ALTER DATABASE ${nameOf(from.url)} SET ${name} = ${value}`);

    await copyDatabase(from.url, to.url, all);
    expect(await rowsOf(to.url)).toEqual(before);
    const [{ t }] = await query(to.url, 'INSERT INTO "Awkward ""things" DEFAULT VALUES RETURNING t');
    expect(t).toBe(AWKWARD.length + 1);
  });

  test('has each value in its column, whichever came into being first', async () => {
    await migrate(from.url, migrations());
    for (const [column, name] of [
      ['name', 'other'],
      ['last_four', 'name'],
      ['other', 'last_four'],
    ])
      await query(from.url, `ALTER TABLE api_keys RENAME ${column} TO ${name}`);
    await query(
      from.url,
      `INSERT INTO api_keys (id, name, scopes, hash, last_four)
      VALUES (gen_random_uuid(), 'shop', '{read}', sha256('a'), 'abcd')`,
    );
    await copyDatabase(from.url, to.url, migrations());
    expect(await query(to.url, 'SELECT name, last_four FROM api_keys')).toEqual([
      { name: 'shop', last_four: 'abcd' },
    ]);
  });

  test('is made by an ordinary user who owns the database, and has its foreign keys and triggers', async () => {
    const user = `user_${nameOf(to.url).slice(-20)}`;
    await query(to.url, `CREATE ROLE ${user} LOGIN PASSWORD 'secret'`);
    try {
      await query(to.url, `ALTER DATABASE ${nameOf(to.url)} OWNER TO ${user}`);
      const service = await start(from);
      await service.post('/v1/batches', { ref: 'b1', sku: 'LAMP', qty: 10 });
      await service.post('/v1/allocations', { orderId: 'o1', sku: 'LAMP', qty: 1 });
      await service.stop();
      const url = Object.assign(new URL(to.url), { username: user, password: 'secret' }).href;
      await copyDatabase(from.url, url, migrations());
      expect(await query(to.url, GUARDS)).toEqual(await query(from.url, GUARDS));
      expect(await query(to.url, GUARDS)).not.toEqual([]);
      expect(await query(to.url, 'SELECT order_id FROM allocations')).toEqual([{ order_id: 'o1' }]);
    } finally {
      await query(
        to.url,
        `REASSIGN OWNED BY ${user} TO CURRENT_USER; DROP OWNED BY ${user}; DROP ROLE ${user}`,
      );
    }
  });

  test('in a folder is what the service starts on, and no other copy goes there', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'stock-allocation-copy-'));
    await chmod(parent, 0o755); // Under root, postgres runs as another user.
    const folder = join(parent, 'backup');
    try {
      const service = await start(from);
      await service.post('/v1/batches', { ref: 'b1', sku: 'LAMP', qty: 10 });
      const copy = () => stockAllocation(['copy-database', folder], { DATABASE_URL: from.url });
      expect(await copy()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Copied \d+ rows/) });
      expect(await copy()).toMatchObject({ code: 2, stderr: expect.stringContaining('is there already') });

      const copied = await RunningService.start({ DATA_DIR: folder });
      services.push(copied);
      const batch = await fetch(`${copied.url}/v1/batches/b1`);
      expect(await batch.json()).toMatchObject({ purchasedQuantity: 10 });
      await copied.stop();
    } finally {
      await rm(parent, { recursive: true, maxRetries: 10 });
    }
  }, 240_000);

  test('knows requests with an Idempotency-Key that came to nothing but a change', async () => {
    const adjust = async ({ url }: RunningService) => {
      const answer = await fetch(`${url}/v1/batches/b1/adjustments`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': '"a-key"' },
        body: JSON.stringify({ delta: -1, reason: 'damaged' }),
      });
      return [answer.status, answer.headers.get('idempotent-replayed')];
    };
    const service = await start(from);
    await service.post('/v1/batches', { ref: 'b1', sku: 'LAMP', qty: 10 });
    expect(await adjust(service)).toEqual([202, null]);
    const results = await query(from.url, 'SELECT result::text FROM idempotency_keys');
    expect(results).toEqual([{ result: 'null' }]);

    await copyDatabase(from.url, to.url, migrations());
    expect(await adjust(await start(to))).toEqual([202, 'true']);
    expect(await query(to.url, 'SELECT purchased_quantity FROM batches')).toEqual([
      { purchased_quantity: 9 },
    ]);
  });
});
