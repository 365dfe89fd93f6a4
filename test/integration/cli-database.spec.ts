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
});

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
});

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
});

test('export adds up what arrives on one day, and tells days apart', async () => {
  await writeFile(
    file('more.csv'),
    'ref,sku,qty,eta\nd1,DESK,1,2031-01-31\nd2,DESK,2,\nd3,DESK,4,2031-01-31\nd4,DESK,8,2031-02-01\nd5,DESK,16,\n',
  );
  await run('import', 'batches', file('more.csv'));
  expect((await run('export', 'availability')).stdout).toContain(
    '\nDESK,,18\nDESK,2031-01-31,5\nDESK,2031-02-01,8\nLAMP',
  );
});

test('import takes terms of lines, arrivals and new days from files', async () => {
  await writeFile(file('lives.csv'), 'ref,sku,qty,eta\nl1,LIFE,5,2031-01-31\nl2,LIFE,4,2031-02-15\n');
  await writeFile(
    file('lines.csv'),
    'orderid,sku,qty,priority,wait,reserve\nl-a,LIFE,5,,,900\nl-b,LIFE,3,2,,\nl-c,LIFE,9,7,true,\n',
  );
  await writeFile(
    file('etas.csv'),
    'ref,eta\nl1,2031-03-01\nl2,2031-02-20\nl2,2031-02-10\nl3,2031-02-10\nl1,soon\n',
  );
  await writeFile(file('arrivals.csv'), 'ref,qty\nl1,6\nl2,\nl2,5\nl3,1\n');
  await run('import', 'batches', file('lives.csv'));
  expect((await run('import', 'orders', file('lines.csv'))).stdout).toBe('3 rows imported, 0 refused\n');
  const states = () =>
    query(
      database.url,
      `SELECT order_id, state, priority, batch_ref FROM view_lines WHERE sku = 'LIFE' ORDER BY order_id`,
    );
  expect(await states()).toEqual([
    { order_id: 'l-a', state: 'reserved', priority: 0, batch_ref: 'l1' },
    { order_id: 'l-b', state: 'allocated', priority: 2, batch_ref: 'l2' },
    { order_id: 'l-c', state: 'waiting', priority: 7, batch_ref: null },
  ]);

  const etas = await run('import', 'etas', file('etas.csv'));
  expect(etas).toMatchObject({ code: 1, stdout: expect.stringContaining('3 rows imported, 2 refused') });
  expect(etas.stderr).toMatch(/line 5: There is no batch l3\n.*line 6: eta must be a day .*, not "soon"\n/s);
  // The last one counts, though both were on their way at once.
  expect(
    await query(
      database.url,
      `SELECT ref, to_char(eta, 'MM-DD') AS eta FROM view_batches WHERE sku = 'LIFE' ORDER BY ref`,
    ),
  ).toEqual([
    { ref: 'l1', eta: '03-01' },
    { ref: 'l2', eta: '02-10' },
  ]);

  const arrivals = await run('import', 'arrivals', file('arrivals.csv'));
  expect(arrivals).toMatchObject({ code: 1, stdout: expect.stringContaining('2 rows imported, 2 refused') });
  expect(await readFile(file('arrivals.csv.refused.csv'), 'utf8')).toBe(
    'line,reason\n4,Batch l2 is in the warehouse already; adjust its quantity\n5,There is no batch l3\n',
  );
  expect((await run('export', 'batches')).stdout).toContain('\nl1,LIFE,6,,1\nl2,LIFE,4,,1\n');
});

test('an adjustment is made once, in however many files it comes, and movements are exported (rule 18)', async () => {
  await writeFile(file('m.csv'), 'ref,sku,qty,eta\nm1,MOVE,10,2031-01-31\nm2,MOVE,1,\n');
  await run('import', 'batches', file('m.csv'));
  const rows =
    'id,ref,delta,reason,note\nwh-1,m1,-2,damaged,"two legs, broken"\nwh-2,m1,+1,found,\nwh-3,m3,1,found,\n';
  await writeFile(file('adjustments.csv'), rows);
  const first = await run('import', 'adjustments', file('adjustments.csv'));
  expect(first).toMatchObject({ code: 1, stdout: expect.stringMatching(/^2 rows imported, 1 refused: see/) });
  expect(first.stderr).toContain('line 4: There is no batch m3');

  await writeFile(
    file('again.csv'),
    `${rows}wh-4,m2,-1,lost,\nwh-5,m2,-1,lost,\n,m2,1,found,\nwh-6,m2,x,gone,\n`,
  );
  const second = await run('import', 'adjustments', file('again.csv'), '--json');
  expect(JSON.parse(second.stdout)).toMatchObject({ taken: 3, refused: 4, repeated: 2 });
  expect(second.stderr).toMatch(
    /line 6: Batch m2 can't hold -1, .*line 7: id is missing\n.*line 8: delta must be .*; reason must be one of/s,
  );

  await run('arrive', 'm1', '--qty', '8');
  await run('allocate', 'm-o1', 'MOVE', '3');
  await run('dispatch', 'm-o1', 'MOVE');
  const { stdout } = await run('export', 'movements');
  const lines = stdout.split('\n').filter((line) => line.startsWith('ref,') || line.includes(',MOVE,'));
  expect(lines.map((line) => line.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, 'TIME'))).toEqual([
    'ref,sku,time,delta,reason,note,orderid,qty',
    'm1,MOVE,TIME,-3,dispatched,,m-o1,5',
    'm1,MOVE,TIME,-1,arrived,,,8',
    'm2,MOVE,TIME,-1,lost,,,0',
    'm1,MOVE,TIME,1,found,,,9',
    'm1,MOVE,TIME,-2,damaged,"two legs, broken",,8',
    'm2,MOVE,TIME,1,purchased,,,1',
    'm1,MOVE,TIME,10,purchased,,,10',
  ]);
}, 300_000);

test('the commands of lines and batches do what HTTP does, and say what came of it (rules 11 to 19)', async () => {
  await writeFile(file('c.csv'), 'ref,sku,qty,eta\nc1,CLI,5,2031-01-31\n');
  await run('import', 'batches', file('c.csv'));
  const say = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(...args);
    return [code, stdout.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, 'TIME') + stderr];
  };
  expect(await say('explain', 'CLI', '6')).toEqual([
    0,
    'out of stock, place 1 on the wait-list if it waited\n  c1, expected on 2031-01-31, 5 available: too few: 5 of 6\n',
  ]);
  expect(await say('allocate', 'c-o1', 'CLI', '4', '--reserve', '900')).toEqual([
    0,
    'reserved until TIME: c1, expected on 2031-01-31\n',
  ]);
  expect(await say('allocate', 'c-o2', 'CLI', '2', '--wait', '--priority', '5')).toEqual([0, 'waiting\n']);
  expect(await say('explain', 'CLI', '2', '--order', 'c-o2')).toEqual([
    0,
    'waiting, place 1 on the wait-list\n',
  ]);
  expect(await say('confirm', 'c-o1', 'CLI')).toEqual([0, 'confirmed\n']);
  expect(await say('dispatch', 'c-o1', 'CLI')).toEqual([
    1,
    'refused: Batch c1 has not arrived; it is expected on 2031-01-31\n',
  ]);
  expect(await say('slip', 'c1', '2031-02-28')).toEqual([0, 'c1 expected on 2031-02-28\n']);
  expect(await say('arrive', 'c1', '--qty', '7')).toEqual([0, 'c1 arrived\n']);
  expect(await say('arrive', 'c1')).toEqual([0, 'c1 arrived already\n']);
  expect(await say('dispatch', 'c-o1', 'CLI')).toEqual([0, 'dispatched\n']);
  expect(await say('adjust', 'c1', '-1', '--reason', 'damaged', '--note', 'wet')).toEqual([
    0,
    'c1 adjusted by -1\n',
  ]);
  expect(await say('allocate', 'c-o2', 'CLI', '2', '--json')).toEqual([
    0,
    '{"outcome":"allocated","batchRef":"c1","eta":null}\n',
  ]);
  expect(await say('deallocate', 'c-o2', 'CLI')).toEqual([0, 'deallocated\n']);
  expect(await say('deallocate', 'c-o2', 'CLI')).toEqual([
    1,
    'refused: Order c-o2 has no allocated line of CLI\n',
  ]);
  expect(await say('allocate', 'c-o3', 'NOPE', '1')).toEqual([1, 'refused: Invalid sku NOPE\n']);
}, 300_000);

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
});

test.each([
  [['import', 'chairs', 'x.csv'], /Say batches, etas, arrivals, adjustments, orders, not chairs/],
  [['import', 'orders', 'missing.csv'], /missing\.csv: there is no such file/],
  [['export', 'chairs'], /allocations, batches, availability, movements/],
  [['allocate', 'o1', 'LAMP', 'ten'], /qty must be a whole number from 1 to 2147483647, not "ten"/],
  [['allocate', 'o1', 'LAMP', '1', '--reserve', '0'], /reserve must be a whole number from 1 to 2592000/],
  [['slip', 'b1', 'tomorrow'], /eta must be a day of the calendar as YYYY-MM-DD, not "tomorrow"/],
  [['adjust', 'b1', '2', '--reason', 'stolen'], /reason must be one of damaged, lost, .*, not "stolen"/],
  [['dead-letters', 'replay'], /--all/],
])('the command line %j cannot run, and says why in one line', async (args, reason) => {
  const { code, stdout, stderr } = await run(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(reason);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

test('a bad setting is named, and its value is not', async () => {
  const { code, stderr } = await stockAllocation(['migrate'], {
    DATABASE_URL: 'mysql://user:secret@host/db',
  });
  expect(code).toBe(2);
  expect(stderr).toContain('DATABASE_URL');
  expect(stderr).not.toContain('secret');
});
