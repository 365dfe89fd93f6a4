import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { Playground } from '../support/playground';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

let database: TestDatabase;
let client: Client;
let playground: Playground;
let child: ChildProcess | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});
beforeEach(() => {
  playground = new Playground();
});
afterEach(async () => {
  await end('SIGKILL');
  playground.remove();
});

function start(...options: string[]): void {
  const root = join(__dirname, '../..');
  const register = join(root, 'test/support/register.cjs');
  const args = [
    '-r',
    register,
    join(root, 'src/cli.ts'),
    'watch',
    'drop',
    '--archive',
    'archive',
    ...options,
  ];
  child = spawn(process.execPath, args, {
    cwd: playground.root,
    env: { PATH: process.env.PATH, DATABASE_URL: database.url },
    stdio: 'ignore',
  });
}

/** @returns its exit code, or null when the signal ended it */
async function end(signal?: NodeJS.Signals): Promise<number | null> {
  const ending = child;
  child = undefined;
  if (!ending) return null;
  const exit = once(ending, 'exit') as Promise<[number | null]>;
  if (signal) ending.kill(signal);
  return (await exit)[0];
}

const count = async (table: string) =>
  Number((await client.query(`SELECT count(*) FROM ${table}`)).rows[0].count);
const report = (path: string) => JSON.parse(readFileSync(playground.at(`drop/${path}.report.json`), 'utf8'));
const filesIn = (folder: string) =>
  Object.keys(playground.filesIn(folder)).filter(
    (path) => !path.endsWith('.report.json') && !path.endsWith('/'),
  );

test('watch brings batches and orders into the database, and reports what is wrong', async () => {
  playground.plant('drop', {
    'Batches-1.csv': 'ref,sku,qty,eta\nwatch-b1,WATCH-LAMP,10,\nwatch-b2,WATCH-LAMP,many,\n',
    'may.csv': '\uFEFF"Ref", SKU,qty,eta\r\nwatch-b3,WATCH-SOFA,5,2031-01-01\r\n',
    'orders.csv': 'orderid,sku,qty\nwatch-o1,WATCH-LAMP,2\n',
    'z-broken.csv': 'order_id,sku,qty\nwatch-o2,WATCH-SOFA,1\n\nwatch-o3,"WATCH-SOFA,1\n',
    'z-what.csv': 'who,knows\n',
    'z-latin.csv': Buffer.from('ref,sku,qty,eta\nwatch-b4,STÜHL,5,\n', 'latin1'),
  });
  start('--once');
  expect(await end()).toBe(1);

  expect(filesIn('drop').sort()).toEqual([
    'done/may.csv',
    'done/orders.csv',
    'failed/Batches-1.csv',
    'failed/z-broken.csv',
    'failed/z-latin.csv',
    'failed/z-what.csv',
  ]);
  expect(filesIn('archive')).toHaveLength(6);
  const allocated = await client.query(
    "SELECT order_id FROM allocations WHERE sku LIKE 'WATCH-%' ORDER BY order_id",
  );
  expect(allocated.rows.map((row) => row.order_id)).toContain('watch-o1');
  expect(report('failed/Batches-1.csv')).toMatchObject({
    imported: 1,
    refused: [{ line: 3, reason: expect.stringContaining('qty') }],
  });
  expect(report('failed/z-broken.csv').refused).toEqual([
    { line: 4, reason: 'a quoted field of the row that begins here is never closed' },
  ]);
  expect(report('failed/z-what.csv').refused).toMatchObject([
    { line: 1, reason: expect.stringMatching(/^neither batches nor orders/) },
  ]);
  expect(report('failed/z-latin.csv').refused).toMatchObject([{ line: 2 }]);
});

test('watch brings in arrivals, new days and adjustments, each adjustment once, and says what is wrong in which row', async () => {
  playground.plant('drop', {
    'batches.csv': 'ref,sku,qty,eta\nlife-b1,LIFE-LAMP,10,2031-01-31\nlife-b2,LIFE-LAMP,5,2031-02-28\n',
    // Dropped with what they build on.
    'adjustments.csv': 'id,ref,delta,reason\nlife-0,life-b2,1,supplier\n',
    'a/arrivals.csv': 'ref\nlife-b3\n',
    'b/batches.csv': 'ref,sku,qty,eta\nlife-b3,LIFE-LAMP,3,2031-02-28\n',
  });
  start('--once');
  expect(await end()).toBe(0);
  playground.plant('drop', {
    'etas-monday.csv': 'ref,eta\nlife-b2,2031-03-15\n',
    'Arrivals.csv': 'ref,qty\nlife-b1,9\nlife-b2,many\n',
    'stock-take.csv': 'id,ref,delta,reason,note\nlife-1,life-b1,-2,counted,shelf 7\n',
  });
  start('--once');
  expect(await end()).toBe(1);
  playground.plant('drop', {
    'stock-take.csv': 'id,ref,delta,reason\nlife-1,life-b1,-2,counted\nlife-2,life-b1,1,found\n',
  });
  start('--once');
  expect(await end()).toBe(0);

  const batches = await client.query(
    "SELECT ref, purchased, to_char(eta, 'MM-DD') AS eta FROM view_batches WHERE sku = 'LIFE-LAMP' ORDER BY ref",
  );
  expect(batches.rows).toEqual([
    { ref: 'life-b1', purchased: 8, eta: null },
    { ref: 'life-b2', purchased: 6, eta: '03-15' },
    { ref: 'life-b3', purchased: 3, eta: null },
  ]);
  expect(report('failed/Arrivals.csv')).toMatchObject({
    imported: 1,
    refused: [{ line: 3, reason: 'qty must be a whole number from 0 to 2147483647, not "many"' }],
  });
  expect(report('done/stock-take.csv')).toMatchObject({ imported: 1, refused: [] });
  const again = filesIn('drop').find((path) => /^done\/stock-take\..+\.csv$/.test(path))!;
  expect(report(again)).toMatchObject({ imported: 2, repeated: 1, refused: [] });
});

test('watch killed in the midst of an import goes on where it was; asked to stop, it stops', async () => {
  const rows = Array.from({ length: 6_000 }, (_, index) => `killed-${index},KILLED-${index % 50},1,`);
  playground.plant('drop', { 'batches.csv': `ref,sku,qty,eta\n${rows.join('\n')}\n` });
  const before = await count('batches');
  start();
  await until(async () => (await count('batches')) > before, 120);
  expect(await end('SIGKILL')).toBeNull();
  expect(filesIn('drop')).toEqual(['.importing/batches.csv']);
  expect(await count('batches')).toBeLessThan(before + rows.length);

  start();
  await until(() => filesIn('drop').includes('done/batches.csv'), 120);
  expect(await end('SIGTERM')).toBe(0);
  expect(await count('batches')).toBe(before + rows.length);
  expect(report('done/batches.csv')).toMatchObject({ imported: rows.length, refused: [] });
}, 300_000);
