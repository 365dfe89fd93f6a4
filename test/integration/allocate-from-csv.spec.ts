import {
  chmodSync,
  cpSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { allocateFolder } from '../../src/cli/allocate-folder';
import { Playground } from '../support/playground';

const BATCHES = 'ref,sku,qty,eta\n';
const ORDERS = 'orderid,sku,qty\n';
const ALLOCATIONS = 'orderid,sku,qty,batchref\n';

let playground: Playground;
beforeEach(() => {
  playground = new Playground();
});
afterEach(() => playground.remove());

/** The folder with these files, by the start of their names. */
function shop(files: {
  batches?: string;
  orders?: string;
  allocations?: string;
  out_of_stock?: string;
  reserved?: string;
  waiting?: string;
}): string {
  return playground.plant(
    'shop',
    Object.fromEntries(Object.entries(files).map(([name, content]) => [`${name}.csv`, content])),
  );
}

/** Runs on the folder and tells what was said. */
async function run(folder: string, strict = false, now?: Date) {
  const refused: string[] = [];
  const warnings: string[] = [];
  const outcome = await allocateFolder(
    folder,
    strict,
    {
      refused: ({ file, line, reason }) => void refused.push(`${file}, line ${line}: ${reason}`),
      warning: (message) => void warnings.push(message),
      progress: () => {},
    },
    now,
  );
  return { outcome, refused, warnings };
}
const allocations = () => playground.filesIn('shop')['allocations.csv'];
const outOfStock = () => playground.filesIn('shop')['out_of_stock.csv'];
const reserved = () => playground.filesIn('shop')['reserved.csv'];
const waiting = () => playground.filesIn('shop')['waiting.csv'];

describe('allocate-from-csv allocates', () => {
  test('from the warehouse first, then by the earliest ETA, then by the order of the rows', async () => {
    const folder = shop({
      batches:
        BATCHES +
        'late,LAMP,10,2031-05-01\nsoon,LAMP,10,2031-04-01\nsoon-2,LAMP,10,2031-04-01\nhere,LAMP,10,\nrug,RUG,1,\n',
      orders: ORDERS + 'o1,LAMP,10\no2,RUG,1\no3,LAMP,10\no4,LAMP,4\no5,LAMP,7\no6,LAMP,6\no7,LAMP,4\n',
    });
    const { outcome, refused } = await run(folder);
    expect(allocations()).toBe(
      ALLOCATIONS +
        'o1,LAMP,10,here\no2,RUG,1,rug\no3,LAMP,10,soon\no4,LAMP,4,soon-2\no5,LAMP,7,late\no6,LAMP,6,soon-2\n',
    );
    expect(outOfStock()).toBe(ORDERS + 'o7,LAMP,4\n');
    expect(refused).toEqual([]);
    expect(outcome).toEqual({
      orderLines: 7,
      allocated: 6,
      unchanged: 0,
      outOfStock: 1,
      refused: 0,
      written: true,
    });
  });

  test('the same lines only once: a second run changes nothing, not even the time of the files', async () => {
    const folder = playground.at('shop');
    cpSync(join(__dirname, '../../examples/furniture-shop'), folder, { recursive: true });
    const first = await run(folder);
    const files = playground.filesIn('shop');
    for (const name of Object.keys(files)) utimesSync(join(folder, name), 1, 1);

    const second = await run(folder);
    expect(first.outcome).toMatchObject({ orderLines: 200, allocated: 188, unchanged: 0, outOfStock: 12 });
    expect(second.outcome).toMatchObject({ orderLines: 200, allocated: 0, unchanged: 188, outOfStock: 12 });
    expect(playground.filesIn('shop')).toEqual(files);
    for (const name of Object.keys(files)) expect(statSync(join(folder, name)).mtimeMs).toBe(1000);
  });

  test('new lines after those of earlier runs, which keep their batches and their place', async () => {
    const folder = shop({
      batches: BATCHES + 'late,LAMP,10,2031-05-01\nhere,LAMP,10,\n',
      orders: ORDERS + 'o2,LAMP,7\no1,LAMP,5\no3,LAMP,5\n',
      allocations:
        'batchref,note,qty,sku,orderid\r\nlate,"promised,\r\nby phone",5,LAMP,o1\r\nhere,,4,LAMP,o0\r\n',
      out_of_stock: ORDERS + 'o2,LAMP,7\n',
    });
    const { outcome } = await run(folder);
    // Four pieces of `here` and five of `late` are gone, so the seven find no batch.
    expect(allocations()).toBe(
      'batchref,note,qty,sku,orderid\r\nlate,"promised,\r\nby phone",5,LAMP,o1\r\nhere,,4,LAMP,o0\r\nhere,,5,LAMP,o3\r\n',
    );
    expect(outOfStock()).toBe(ORDERS + 'o2,LAMP,7\n');
    expect(outcome).toMatchObject({ orderLines: 3, allocated: 1, unchanged: 1, outOfStock: 1 });

    writeFileSync(
      join(folder, 'batches.csv'),
      BATCHES + 'late,LAMP,10,2031-05-01\nhere,LAMP,10,\nnew,LAMP,9,\n',
    );
    await run(folder);
    expect(allocations()).toMatch(/new,,7,LAMP,o2\r\n$/);
    expect(outOfStock()).toBe(ORDERS);
  });

  test('nothing where nothing can be had, and writes both files all the same', async () => {
    await run(shop({ batches: BATCHES + 'b1,LAMP,1,\n', orders: ORDERS + 'o1,LAMP,2\n' }));
    expect(allocations()).toBe(ALLOCATIONS);
    expect(outOfStock()).toBe(ORDERS + 'o1,LAMP,2\n');
  });

  test('what needs quotes, and reads it again', async () => {
    const folder = shop({
      batches: 'sku,ref,qty,eta\n"LAMP, 12""","b ""1""",5,\n',
      orders: ORDERS + '"o,1","LAMP, 12""",5\n',
    });
    await run(folder);
    expect(allocations()).toBe(`${ALLOCATIONS}"o,1","LAMP, 12""",5,"b ""1"""\n`);
    expect((await run(folder)).outcome).toMatchObject({ allocated: 0, unchanged: 1, refused: 0 });
  });

  test('nothing of an order that an earlier run named as no order may be named today', async () => {
    const stored = `${ALLOCATIONS}"o\n1",LAMP,5,b1\n`;
    const { outcome, refused } = await run(
      shop({
        batches: 'sku,ref,qty,eta\nLAMP,b1,9,\n',
        allocations: stored,
        orders: `${ORDERS}"o\n1",LAMP,5\no2,LAMP,5\n`,
      }),
    );
    // It holds its pieces, but is not taken again.
    expect(outcome).toMatchObject({ allocated: 0, outOfStock: 1, refused: 1 });
    expect(refused).toEqual([expect.stringMatching(/^orders.csv, line 2: orderid must be a text/)]);
    expect(allocations()).toBe(stored);
  });

  test('with a warning for a batch that is there twice', async () => {
    const { refused, warnings } = await run(
      shop({ batches: BATCHES + 'b1,LAMP,1,\nb1,LAMP,1,\n', orders: ORDERS + 'o1,LAMP,1\no2,LAMP,1\n' }),
    );
    expect(warnings).toEqual(['Batch b1 of LAMP exists already with the same content; skipped']);
    expect(refused).toEqual([]);
    expect(outOfStock()).toBe(ORDERS + 'o2,LAMP,1\n');
  });
});

describe('allocate-from-csv keeps the life of lines from run to run:', () => {
  const TERMS = 'orderid,sku,qty,priority,wait,reserve\n';
  const RESERVED = 'orderid,sku,qty,batchref,expiresat\n';
  const WAITING = 'orderid,sku,qty,priority,reserve\n';
  const noon = new Date('2031-01-15T12:00:00.000Z');
  const later = (seconds: number) => new Date(noon.getTime() + seconds * 1_000);
  const write = (name: string, content: string) => writeFileSync(playground.at(`shop/${name}.csv`), content);

  test('a line is reserved until its time, and then its pieces are free again (rules 11 and 12)', async () => {
    const folder = shop({
      batches: BATCHES + 'b1,LAMP,5,\n',
      orders: `${TERMS}cart,LAMP,4,,,900\no2,LAMP,2,,,\n`,
    });
    const { outcome } = await run(folder, false, noon);
    expect(outcome).toMatchObject({ allocated: 0, reserved: 1, unchanged: 0, outOfStock: 1 });
    expect(reserved()).toBe(`${RESERVED}cart,LAMP,4,b1,2031-01-15T12:15:00.000Z\n`);
    expect(allocations()).toBe(ALLOCATIONS);
    expect(outOfStock()).toBe(`${ORDERS}o2,LAMP,2\n`);
    expect(waiting()).toBeUndefined();
    const files = playground.filesIn('shop');

    // Held as long as ever, not for another quarter of an hour.
    expect((await run(folder, false, later(899))).outcome).toMatchObject({ allocated: 0, unchanged: 1 });
    expect(playground.filesIn('shop')).toEqual(files);

    write('orders', `${ORDERS}o2,LAMP,2\n`);
    await run(folder, false, later(900));
    expect(reserved()).toBe(RESERVED);
    expect(allocations()).toBe(`${ALLOCATIONS}o2,LAMP,2,b1\n`);
  });

  test('a reserved line whose row asks for it without a time is allocated, in the batch that it has (rule 11)', async () => {
    const folder = shop({
      batches: BATCHES + 'b1,LAMP,5,\nb2,LAMP,5,2031-02-01\n',
      orders: `${TERMS}o1,LAMP,5,,,\ncart,LAMP,4,,,900\n`,
    });
    await run(folder, false, noon);
    write('batches', `${BATCHES}b1,LAMP,50,\nb2,LAMP,5,2031-02-01\n`);
    write('orders', `${TERMS}cart,LAMP,4,,,\n`);
    expect((await run(folder, false, later(60))).outcome).toMatchObject({ allocated: 1, unchanged: 0 });
    expect(allocations()).toBe(`${ALLOCATIONS}o1,LAMP,5,b1\ncart,LAMP,4,b2\n`);
    expect(reserved()).toBe(RESERVED);
  });

  test('who waits is served before who comes later, by priority and then by age (rule 13)', async () => {
    const folder = shop({
      batches: BATCHES + 'b1,LAMP,1,\n',
      orders: `${TERMS}old,LAMP,2,,true,\nyoung,LAMP,2,,true,\nvip,LAMP,2,5,TRUE,60\nnever,LAMP,9,,,\n`,
    });
    const { outcome } = await run(folder, false, noon);
    expect(outcome).toMatchObject({ allocated: 0, unchanged: 0, outOfStock: 4, waiting: 3 });
    expect(waiting()).toBe(`${WAITING}old,LAMP,2,0,\nyoung,LAMP,2,0,\nvip,LAMP,2,5,60\n`);
    expect(outOfStock()).toBe(`${ORDERS}old,LAMP,2\nyoung,LAMP,2\nvip,LAMP,2\nnever,LAMP,9\n`);
    expect(allocations()).toBe(ALLOCATIONS);

    // The next day nobody knows of yesterday's orders any more.
    write('orders', `${ORDERS}new,LAMP,1\n`);
    write('batches', `${BATCHES}b1,LAMP,1,\nb2,LAMP,4,\n`);
    expect((await run(folder, false, later(60))).outcome).toMatchObject({
      orderLines: 1,
      allocated: 2,
      reserved: 1,
      outOfStock: 1,
      waiting: 1,
    });
    expect(reserved()).toBe(`${RESERVED}vip,LAMP,2,b2,2031-01-15T12:02:00.000Z\n`);
    expect(allocations()).toBe(`${ALLOCATIONS}old,LAMP,2,b2\nnew,LAMP,1,b1\n`);
    expect(waiting()).toBe(`${WAITING}young,LAMP,2,0,\n`);
  });

  test('what runs out serves who waits, in one run', async () => {
    const folder = shop({
      batches: BATCHES + 'b1,LAMP,3,\n',
      orders: `${TERMS}cart,LAMP,3,,,60\nlast,LAMP,3,,true,\n`,
    });
    await run(folder, false, noon);
    await run(folder, false, later(60));
    expect(allocations()).toBe(`${ALLOCATIONS}last,LAMP,3,b1\n`);
    expect([reserved(), waiting()]).toEqual([RESERVED, WAITING]);
    expect(outOfStock()).toBe(`${ORDERS}cart,LAMP,3\n`);
  });

  test('a second run changes nothing, and counts each line once', async () => {
    const folder = shop({
      batches: BATCHES + 'b1,LAMP,3,\nb2,RUG,2,\n',
      orders: `${TERMS}o1,LAMP,2,3,true,\no2,LAMP,3,7,true,\no3,RUG,2,,,900\no4,RUG,1,,true,30\no5,RUG,5,,,\n`,
    });
    await run(folder, false, noon);
    const files = playground.filesIn('shop');
    for (const name of Object.keys(files)) utimesSync(join(folder, name), 1, 1);
    const { outcome } = await run(folder, false, later(1));
    expect(outcome).toEqual({
      ...{ orderLines: 5, allocated: 0, unchanged: 2, outOfStock: 3, waiting: 2 },
      ...{ refused: 0, written: true },
    });
    expect(playground.filesIn('shop')).toEqual(files);
    for (const name of Object.keys(files)) expect(statSync(join(folder, name)).mtimeMs).toBe(1000);
  });

  test('a line that waits takes over another priority, and keeps its age', async () => {
    const folder = shop({
      batches: BATCHES + 'b1,LAMP,1,\n',
      orders: `${TERMS}a,LAMP,2,,true,\nb,LAMP,2,5,true,\n`,
    });
    await run(folder);
    write('orders', `${TERMS}a,LAMP,2,5,true,\nc,LAMP,2,5,true,\n`);
    await run(folder);
    expect(waiting()).toBe(`${WAITING}a,LAMP,2,5,\nb,LAMP,2,5,\nc,LAMP,2,5,\n`);
    write('batches', `${BATCHES}b1,LAMP,3,\n`);
    await run(folder);
    expect(allocations()).toBe(`${ALLOCATIONS}a,LAMP,2,b1\n`);
  });

  test('rows of reserved.csv and waiting.csv that cannot be used are refused, and stay', async () => {
    const bad = {
      reserved: `${RESERVED}o1,LAMP,2,gone,2031-02-01T00:00:00.000Z\no2,LAMP,2,b1,soon\n`,
      waiting: `${WAITING}o3,LAMP,2,high,\no4,SOFA,1,0,\no1,LAMP,2,0,\n`,
    };
    const folder = shop({
      batches: BATCHES + 'b1,LAMP,9,\n',
      orders: `${TERMS}o1,LAMP,2,,,\no2,LAMP,2,,,60\n`,
      ...bad,
    });
    const { refused } = await run(folder, false, noon);
    expect(refused).toEqual([
      'reserved.csv, line 2: There is no batch gone',
      'reserved.csv, line 3: expiresat must be a time such as 2031-01-31T12:00:00Z, not "soon"',
      expect.stringMatching(/^waiting.csv, line 2: priority must be a whole number from .*, not "high"$/),
      'waiting.csv, line 3: Invalid sku SOFA',
      'waiting.csv, line 4: line 2 of reserved.csv has this order line; correct or delete that row first',
      'orders.csv, line 2: line 2 of reserved.csv has this order line; correct or delete that row first',
      'orders.csv, line 3: line 3 of reserved.csv has this order line; correct or delete that row first',
    ]);
    expect(playground.filesIn('shop')).toMatchObject({
      'reserved.csv': bad.reserved,
      'waiting.csv': bad.waiting,
      'allocations.csv': ALLOCATIONS,
    });
  });

  test('terms that are none are refused with the name of the column', async () => {
    const { refused } = await run(
      shop({
        batches: BATCHES + 'b1,LAMP,9,\n',
        orders: `${TERMS}o1,LAMP,1,1.5,,\no2,LAMP,1,,yes,\no3,LAMP,1,,,0\no4,LAMP,1,,,2592001\n`,
      }),
    );
    expect(refused).toEqual([
      expect.stringMatching(/^orders.csv, line 2: priority must be a whole number/),
      'orders.csv, line 3: wait must be true or false, or empty, not "yes"',
      'orders.csv, line 4: reserve must be a whole number from 1 to 2592000, not "0"',
      'orders.csv, line 5: reserve must be a whole number from 1 to 2592000, not "2592001"',
    ]);
  });

  test('the same line with another quantity is a conflict, whether it is reserved or waits (rule 4)', async () => {
    const { refused } = await run(
      shop({
        batches: BATCHES + 'b1,LAMP,3,\n',
        orders: `${TERMS}o1,LAMP,2,,,60\no1,LAMP,3,,,60\no2,LAMP,2,,true,\no2,LAMP,3,,true,\n`,
      }),
    );
    expect(refused).toEqual([
      'orders.csv, line 3: Order o1 has 2 of LAMP reserved already; deallocate that line before asking for 3',
      'orders.csv, line 5: Order o2 has 2 of LAMP waiting already; deallocate that line before asking for 3',
    ]);
  });

  test('interrupted between the files, the next run ends where this one would have', async () => {
    const orders = `${TERMS}o1,LAMP,2,,,\ncart,LAMP,1,,,900\no2,LAMP,2,,true,\n`;
    const folder = shop({ batches: BATCHES + 'b1,LAMP,3,\n', orders });
    await run(folder, false, noon);
    const before = playground.filesIn('shop');
    write('orders', `${TERMS}cart,LAMP,1,,,\n`);
    write('batches', `${BATCHES}b1,LAMP,5,\n`);
    await run(folder, false, later(1));
    const wanted = playground.filesIn('shop');
    expect(wanted['allocations.csv']).toBe(`${ALLOCATIONS}o1,LAMP,2,b1\no2,LAMP,2,b1\ncart,LAMP,1,b1\n`);

    for (const old of [['waiting'], ['waiting', 'reserved']]) {
      for (const name of old) write(name, before[`${name}.csv`]);
      await run(folder, false, later(2));
      expect(playground.filesIn('shop')).toEqual(wanted);
    }
  });
});

describe('allocate-from-csv refuses a row, says why, and does the rest:', () => {
  const badBatches =
    'b1,LAMP,ten,\nb2,LAMP,1,tomorrow\ngood,LAMP,9,\ngood,LAMP,8,\ngood,RUG,9,\ngood,LAMP,9,2031-01-01\n';
  const badOrders =
    'o1,LAMP\no2,LAMP,1.5\n,LAMP,1\no3,CHAIR,1\no4,LAMP,1\no4,LAMP,1\no4,LAMP,2\no5,RUG,1\no6,LAMP,99\no6,LAMP,99\no6,LAMP,98\n';
  const reasons = [
    'batches.csv, line 2: qty must be a whole number from 1 to 2147483647, not "ten"',
    'batches.csv, line 3: eta must be a day of the calendar as YYYY-MM-DD, or empty, not "tomorrow"',
    'batches.csv, line 5: Batch good exists already with quantity 9',
    'batches.csv, line 6: Batch good exists already with another SKU',
    'batches.csv, line 7: Batch good exists already with no ETA',
    'orders.csv, line 2: qty is missing',
    'orders.csv, line 3: qty must be a whole number from 1 to 2147483647, not "1.5"',
    'orders.csv, line 4: orderid is missing',
    'orders.csv, line 5: Invalid sku CHAIR',
    'orders.csv, line 8: Order o4 has 1 of LAMP allocated already; deallocate that line before asking for 2',
    'orders.csv, line 9: Invalid sku RUG',
    'orders.csv, line 12: order o6 asks for 99 of LAMP in a line before this one',
  ];

  test('one of batches.csv or orders.csv costs nothing but itself', async () => {
    const folder = shop({ batches: BATCHES + badBatches, orders: ORDERS + badOrders });
    const { outcome, refused } = await run(folder);
    expect(refused).toEqual(reasons);
    expect(allocations()).toBe(`${ALLOCATIONS}o4,LAMP,1,good\n`);
    expect(outOfStock()).toBe(`${ORDERS}o6,LAMP,99\n`);
    expect(outcome).toMatchObject({
      orderLines: 11,
      allocated: 1,
      outOfStock: 1,
      refused: 12,
      written: true,
    });
    const files = playground.filesIn('shop');
    expect((await run(folder)).refused).toEqual(reasons);
    expect(playground.filesIn('shop')).toEqual(files);
  });

  test('a strict run writes nothing at all', async () => {
    const folder = shop({
      batches: BATCHES + badBatches,
      orders: ORDERS + badOrders,
      allocations: ALLOCATIONS,
    });
    const files = playground.filesIn('shop');
    const { outcome, refused } = await run(folder, true);
    expect(refused).toEqual(reasons);
    expect(outcome).toMatchObject({ refused: 12, written: false });
    expect(playground.filesIn('shop')).toEqual(files);
  });

  test('a strict run writes as ever if no row is refused', async () => {
    const { outcome } = await run(
      shop({ batches: BATCHES + 'b1,LAMP,1,\n', orders: ORDERS + 'o1,LAMP,1\n' }),
      true,
    );
    expect(outcome.written).toBe(true);
    expect(allocations()).toBe(`${ALLOCATIONS}o1,LAMP,1,b1\n`);
  });

  test('one of allocations.csv stays there, and its line is promised to nobody else', async () => {
    const old =
      ALLOCATIONS +
      'o1,LAMP,x,b1\no2,LAMP,1,gone\no3,LAMP,1,rug\no4,LAMP,1,b1\no4,LAMP,1,b1\no4,LAMP,2,b1\no4,LAMP,1,b2\n';
    const { refused } = await run(
      shop({
        batches: BATCHES + 'b1,LAMP,9,\nb2,LAMP,9,\nrug,RUG,9,\n',
        orders: ORDERS + 'o1,LAMP,1\no2,LAMP,1\no3,LAMP,1\no4,LAMP,1\no5,LAMP,8\no6,LAMP,1\n',
        allocations: old,
      }),
    );
    expect(refused).toEqual([
      'allocations.csv, line 2: qty must be a whole number from 1 to 2147483647, not "x"',
      'allocations.csv, line 3: There is no batch gone',
      'allocations.csv, line 4: Batch rug holds RUG, not LAMP',
      'allocations.csv, line 7: Order o4 has 1 of LAMP allocated already; deallocate that line before asking for 2',
      'allocations.csv, line 8: Order o4 has LAMP from batch b1 already',
      'orders.csv, line 2: line 2 of allocations.csv has this order line; correct or delete that row first',
      'orders.csv, line 3: line 3 of allocations.csv has this order line; correct or delete that row first',
      'orders.csv, line 4: line 4 of allocations.csv has this order line; correct or delete that row first',
    ]);
    expect(allocations()).toBe(`${old}o5,LAMP,8,b1\no6,LAMP,1,b2\n`);
  });

  test('one of allocations.csv that a batch has become too small for counts all the same', async () => {
    const { refused } = await run(
      shop({
        batches: BATCHES + 'b1,LAMP,5,\nb2,LAMP,9,\n',
        orders: ORDERS + 'o2,LAMP,4\no3,LAMP,1\n',
        allocations: `${ALLOCATIONS}o1,LAMP,4,b1\no2,LAMP,4,b1\n`,
      }),
    );
    expect(refused).toEqual([
      'allocations.csv, line 3: batch b1 holds 3 too few for all lines allocated of it',
    ]);
    expect(allocations()).toBe(`${ALLOCATIONS}o1,LAMP,4,b1\no2,LAMP,4,b1\no3,LAMP,1,b2\n`);
  });
});

describe('allocate-from-csv cannot run, and changes nothing,', () => {
  const good = {
    batches: BATCHES + 'b1,LAMP,1,\n',
    orders: ORDERS + 'o1,LAMP,1\n',
    allocations: ALLOCATIONS,
  };

  test.each([
    ['without orders.csv', { orders: undefined }, 'orders.csv: there is no such file'],
    ['without batches.csv', { batches: undefined }, 'batches.csv: there is no such file'],
    [
      'with an orders.csv that lacks a column',
      { orders: 'orderid,sku\n' },
      'orders.csv, line 1: has no column qty',
    ],
    ['with an empty allocations.csv', { allocations: '' }, 'allocations.csv: is empty'],
    [
      'with an allocations.csv of others',
      { allocations: 'a,b\n' },
      'allocations.csv, line 1: has no column orderid',
    ],
    [
      'with a quote that is never closed',
      { orders: `${ORDERS}o1,LAMP,1\no2,"LAMP,1\n` },
      'orders.csv, line 3: a quoted',
    ],
  ])('%s', async (_, files, message) => {
    const content = { ...good, ...files };
    const folder = shop(Object.fromEntries(Object.entries(content).filter(([, text]) => text !== undefined)));
    const before = playground.filesIn('shop');
    await expect(run(folder)).rejects.toThrow(`${folder}/${message}`);
    expect(playground.filesIn('shop')).toEqual(before);
  });

  test('with a file that is not UTF-8', async () => {
    const folder = shop(good);
    writeFileSync(join(folder, 'orders.csv'), Buffer.from(`${ORDERS}o1,CAF\xc9,1\n`, 'latin1'));
    await expect(run(folder)).rejects.toThrow(`${folder}/orders.csv, line 2: is not UTF-8`);
    expect(allocations()).toBe(ALLOCATIONS);
  });

  test('without the folder', async () => {
    await expect(run('/no/such/folder')).rejects.toThrow('/no/such/folder: there is no such folder');
  });

  test('in a folder that cannot be written to', async () => {
    const folder = shop(good);
    await playground.asOrdinaryUser(async () => {
      chmodSync(folder, 0o500);
      await expect(run(folder)).rejects.toThrow(
        `${folder}/allocations.csv: cannot be written (EACCES: permission denied)`,
      );
    });
  });
});

test('after an interruption between the two files, the next run ends where this one would have', async () => {
  const folder = shop({
    batches: BATCHES + 'b1,LAMP,3,\n',
    orders: ORDERS + 'o1,LAMP,2\no2,LAMP,2\no3,LAMP,1\n',
    out_of_stock: `${ORDERS}o1,LAMP,2\no3,LAMP,1\n`,
  });
  const old = readFileSync(join(folder, 'out_of_stock.csv'));
  await run(folder);
  const wanted = playground.filesIn('shop');

  writeFileSync(join(folder, 'out_of_stock.csv'), old);
  await run(folder);
  expect(playground.filesIn('shop')).toEqual(wanted);

  rmSync(join(folder, 'allocations.csv'));
  await run(folder);
  expect(playground.filesIn('shop')).toEqual(wanted);
  expect(existsSync(join(folder, 'allocations.csv'))).toBe(true);
});
