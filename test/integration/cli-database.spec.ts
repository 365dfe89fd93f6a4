import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuid } from 'uuid';
import { stockAllocation } from '../support/command-line';
import { query } from '../support/sql';
import { createDatabaseBefore, createTestDatabase, type TestDatabase } from '../support/test-database';

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'stock-allocation-cli-'));
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const run = (...args: string[]) => stockAllocation(args, { DATABASE_URL: database.url });
const file = (name: string) => join(folder, name);

test('import takes what it can, reports the rest with line and reason, and changes nothing the second time', async () => {
  await writeFile(file('batches.csv'), 'ref,sku,qty,eta\nb1,LAMP,10,\nb2,=1+1,5,2031-01-31\nb3,LAMP,zero,\n');
  await writeFile(file('orders.csv'), 'orderid,sku,qty\no1,LAMP,3\no2,NOPE,1\no3,=1+1,5\n');

  const batches = await run('import', 'batches', file('batches.csv'), '--json');
  expect(batches.code).toBe(1);
  expect(JSON.parse(batches.stdout)).toEqual({
    taken: 2,
    refused: 1,
    report: file('batches.csv.refused.csv'),
  });
  expect(await readFile(file('batches.csv.refused.csv'), 'utf8')).toMatch(
    /^line,reason\n4,.*qty.*whole number/,
  );

  const orders = await run('import', 'orders', file('orders.csv'));
  expect(orders.code).toBe(1);
  expect(orders.stderr).toContain('line 3: Invalid sku NOPE');
  const before = await query(database.url, 'SELECT count(*) FROM events');
  expect((await run('import', 'orders', file('orders.csv'))).stdout).toContain('2 rows imported, 1 refused');
  expect(await query(database.url, 'SELECT count(*) FROM events')).toEqual(before);
}, 60_000);

test('export writes what the views show, harmless to a spreadsheet', async () => {
  expect((await run('export', 'allocations')).stdout).toBe(
    "orderid,sku,qty,batchref\no1,LAMP,3,b1\no3,'=1+1,5,b2\n",
  );
  expect((await run('export', 'batches')).stdout).toBe(
    "ref,sku,qty,eta,available\nb1,LAMP,10,,7\nb2,'=1+1,5,2031-01-31,0\n",
  );
  const toFile = await run('export', 'availability', '--out', file('availability.csv'));
  expect(toFile).toMatchObject({ code: 0, stdout: '' });
  expect(await readFile(file('availability.csv'), 'utf8')).toBe('sku,eta,available\nLAMP,,7\n');
}, 60_000);

test('import skips batches whose quantity was changed since, and what was exported', async () => {
  await writeFile(file('changed.csv'), 'ref,sku,qty,eta\nb8,CHAIR,10,\nb9,CHAIR,5,2031-01-31\n');
  await run('import', 'batches', file('changed.csv'));
  await query(
    database.url,
    `UPDATE batches SET purchased_quantity = 7 WHERE reference = 'b8';
     UPDATE products SET available = available - 3 WHERE sku = 'CHAIR'`,
  );
  expect(await run('import', 'batches', file('changed.csv'))).toMatchObject({ code: 0 });
  await writeFile(
    file('exported.csv'),
    'ref,sku,qty,eta,available\nb8,CHAIR,7,,7\nb9,CHAIR,5,2031-01-31,5\n',
  );
  expect((await run('import', 'batches', file('exported.csv'))).stdout).toContain(
    '2 rows imported, 0 refused',
  );
  expect(await query(database.url, `SELECT version_number::int FROM products WHERE sku = 'CHAIR'`)).toEqual([
    { version_number: 2 },
  ]);
}, 60_000);

test('export adds up what arrives on one day, and tells days apart', async () => {
  await writeFile(
    file('more.csv'),
    'ref,sku,qty,eta\nd1,DESK,1,2031-01-31\nd2,DESK,2,\nd3,DESK,4,2031-01-31\nd4,DESK,8,2031-02-01\nd5,DESK,16,\n',
  );
  await run('import', 'batches', file('more.csv'));
  expect((await run('export', 'availability')).stdout).toContain(
    '\nDESK,,18\nDESK,2031-01-31,5\nDESK,2031-02-01,8\nLAMP',
  );
}, 60_000);

describe('on the schema of another version', () => {
  const looking = ['verify', 'rebuild lines', 'export batches', 'dead-letters list', 'readers list'];

  test.each(looking)('%s says what to do and migrates nothing', async (command) => {
    const old = await createDatabaseBefore('Readers1790000007000');
    try {
      const migrations = await query(old.url, 'SELECT name FROM migrations');
      const { code, stderr } = await stockAllocation(command.split(' '), { DATABASE_URL: old.url });
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/schema of an older version: run "stock-allocation migrate".*\n$/),
      ]);
      expect(await query(old.url, 'SELECT name FROM migrations')).toEqual(migrations);
    } finally {
      await old.drop();
    }
  });

  test('verify says what to do when the schema is newer', async () => {
    await query(
      database.url,
      `INSERT INTO migrations (timestamp, name) VALUES (2000000000000, 'Later2000000000000')`,
    );
    const { code, stderr } = await run('verify');
    await query(database.url, `DELETE FROM migrations WHERE name = 'Later2000000000000'`);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /schema of a newer version, .*: use the stock-allocation of that version, with the same MODULES\n$/,
      ),
    ]);
  });
});

test('dead letters are listed and replayed', async () => {
  const id = uuid();
  const event = JSON.stringify({
    id,
    type: 'OutOfStock',
    schemaVersion: 1,
    sku: 'LAMP',
    sequence: 99,
    data: {},
  });
  await query(
    database.url,
    `INSERT INTO dead_letters (handler, event_id, attempts, error, event)
     VALUES ('SomeHandler', '${id}', 12, 'no\nway', '${event}')`,
  );
  expect((await run('dead-letters', 'list')).stdout).toContain(
    `SomeHandler ${id} OutOfStock 99 of LAMP: no\\u000away`,
  );
  expect(JSON.parse((await run('dead-letters', 'list', '--json')).stdout)).toMatchObject([
    { eventId: id, attempts: 12 },
  ]);
  expect((await run('dead-letters', 'replay', 'SomeHandler', uuid())).code).toBe(1);
  expect((await run('dead-letters', 'replay', 'SomeHandler', id)).code).toBe(0);
  expect(await query(database.url, 'SELECT attempts FROM redeliveries')).toEqual([{ attempts: 0 }]);
}, 60_000);

test.each([
  [['import', 'chairs', 'x.csv'], /batches or orders/],
  [['import', 'orders', 'missing.csv'], /missing\.csv: there is no such file/],
  [['export', 'chairs'], /allocations, batches, availability/],
  [['dead-letters', 'replay'], /--all/],
])(
  'the command line %j cannot run, and says why in one line',
  async (args, reason) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(reason);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  },
  30_000,
);

test('a bad setting is named, and its value is not', async () => {
  const { code, stderr } = await stockAllocation(['migrate'], {
    DATABASE_URL: 'mysql://user:secret@host/db',
  });
  expect(code).toBe(2);
  expect(stderr).toContain('DATABASE_URL');
  expect(stderr).not.toContain('secret');
});
