import { CoalescedCalls } from '../../src/database/coalesced-calls';
import { CoalescedWrites } from '../../src/database/coalesced-writes';
import { Unavailable } from '../../src/unavailable';

const failing = (code: string) => Object.assign(new Error(code), { code });

describe('a queue of writes', () => {
  test('writes together what came while it was writing, and whoever added it waits until then', async () => {
    const writes: number[][] = [];
    let release!: () => void;
    const queue = new CoalescedWrites<number>(async (items) => {
      writes.push([...items]);
      await new Promise<void>((resolve) => (release = resolve));
    });
    const done: number[] = [];
    const add = (...items: number[]) => queue.add(items).then(() => done.push(...items));
    const first = [add(1), add(2)];
    await Promise.resolve();
    const second = [add(3), add(4, 5)];
    await Promise.resolve();
    expect([writes, done]).toEqual([[[1, 2]], []]);
    release();
    await Promise.all(first);
    expect([writes, done]).toEqual([
      [
        [1, 2],
        [3, 4, 5],
      ],
      [1, 2],
    ]);
    release();
    await Promise.all(second);
    expect(done).toEqual([1, 2, 3, 4, 5]);
  });

  test('never tears apart what was added together, however much it is', async () => {
    const writes: number[][] = [];
    const queue = new CoalescedWrites<number>(async (items) => void writes.push([...items]));
    const items = (count: number) => Array.from({ length: count }, (_, index) => index);
    await Promise.all([queue.add(items(12_000)), queue.add(items(3_000)), queue.add(items(3_000))]);
    expect(writes.map((written) => written.length)).toEqual([12_000, 6_000]);
  });

  test('writes the others when some of them are at fault', async () => {
    const written: number[] = [];
    const queue = new CoalescedWrites<number>(async (items) => {
      if (items.includes(2)) throw new Error('two');
      written.push(...items);
    });
    const results = await Promise.allSettled([1, 2, 3].map((item) => queue.add([item])));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(written).toEqual([1, 3]);
    await queue.add([4]);
    expect(written).toEqual([1, 3, 4]);
  });

  test.each([
    ['as PostgreSQL says it', () => failing('55P03')],
    ['as Unavailable', () => new Unavailable('locked', { cause: failing('55P03') })],
  ])(
    'writes the others when somebody holds a row of one, and gives up when the table is held, %s',
    async (_, error) => {
      let held = [3];
      let attempts = 0;
      const queue = new CoalescedWrites<number>(async (items) => {
        attempts += 1;
        if (items.some((item) => held.includes(item))) throw error();
      });
      const add = () => Promise.allSettled([1, 2, 3, 4, 5, 6].map((item) => queue.add([item])));
      const statuses = async () => (await add()).map(({ status }) => status);
      expect(await statuses()).toEqual([
        'fulfilled',
        'fulfilled',
        'rejected',
        'fulfilled',
        'fulfilled',
        'fulfilled',
      ]);
      [held, attempts] = [[1, 2, 3, 4, 5, 6], 0];
      expect(await statuses()).toEqual(Array(6).fill('rejected'));
      expect(attempts).toBe(3);
    },
  );

  test.each([
    ['as the driver says it', () => failing('ECONNREFUSED')],
    ['as Unavailable', () => new Unavailable('away', { cause: new Error('timeout expired') })],
  ])('does not try each alone when the database is away, %s', async (_, error) => {
    let attempts = 0;
    const queue = new CoalescedWrites<number>(async () => {
      attempts += 1;
      throw error();
    });
    const results = await Promise.allSettled([1, 2, 3].map((item) => queue.add([item])));
    expect(results.map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
    expect(attempts).toBe(1);
  });
});

describe('asking together', () => {
  test('never answers with what was read before the question', async () => {
    let written = 0;
    const together = new CoalescedCalls<string, number>(async (keys) => {
      const read = written;
      await new Promise(setImmediate);
      return keys.map(() => read);
    });
    for (let round = 1; round <= 5; round += 1) {
      const early = Array.from({ length: 600 }, () => together.get('early'));
      written = round;
      expect(await Promise.all([together.get('own'), together.get('own')])).toEqual([round, round]);
      await Promise.all(early);
    }
  });

  test('gives each its own answer, and the error of a group to all of that group', async () => {
    const together = new CoalescedCalls<number, number>(async (keys) => {
      if (keys.includes(0)) throw new Error('zero');
      return keys.map((key) => key * 2);
    });
    const keys = Array.from({ length: 1000 }, (_, index) => index + 1);
    expect(await Promise.all(keys.map((key) => together.get(key)))).toEqual(keys.map((key) => key * 2));
    await expect(together.get(0)).rejects.toThrow('zero');
    expect(await together.get(1)).toBe(2);
  });

  test('gives up for all who wait when the database cannot serve, and asks anew for those who come then', async () => {
    let isServing = false;
    let asked = 0;
    const together = new CoalescedCalls<number, number>(async (keys) => {
      asked += 1;
      await new Promise(setImmediate);
      if (!isServing) throw new Unavailable('hangs');
      return keys;
    });
    const keys = Array.from({ length: 1000 }, (_, index) => index);
    const answers = await Promise.allSettled(keys.map((key) => together.get(key)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect(asked).toBe(1);
    isServing = true;
    expect(await together.get(1)).toBe(1);
  });
});
