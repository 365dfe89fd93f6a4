import { Bench } from '../../bench/bench';
import type { Database, DatabaseServer } from '../../bench/database';
import { drive, keepAsking } from '../../bench/load';
import { parseOptions } from '../../bench/options';
import { milliseconds, some, times, whole } from '../../bench/report/format';
import { atLeast, atMost, under } from '../../bench/report/goals';
import { quickSizes } from '../../bench/sizes';
import { median, medianRatio, percentile, type Summary, summarise } from '../../bench/statistics';

const run = (perSecond: number, p50 = 1): Summary => ({ count: 1, perSecond, p50, p99: 1, max: 1 });

test('a percentile is the smallest value that so many do not exceed', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  expect([1, 50, 99, 100].map((percent) => percentile(hundred, percent))).toEqual([1, 50, 99, 100]);
  expect(percentile([7], 99)).toBe(7);
  expect(percentile([1, 2], 50)).toBe(1);
  expect(percentile([], 50)).toBeNaN();
});

test('latencies are summarised in whatever order they come', () => {
  expect(summarise([30, 4, 10, 200], 2)).toEqual({ count: 4, perSecond: 2, p50: 10, p99: 200, max: 200 });
});

test('the median of an even number of values lies between the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([10, 1, 9, 5])).toBe(7);
  expect(median([])).toBeNaN();
});

test('contenders are compared round by round, so a slow spell of the machine does no harm', () => {
  const ours = [run(1_000), run(100), run(1_200)];
  const theirs = [run(500), run(50), run(400)];
  expect(medianRatio(ours, theirs, 'perSecond')).toBe(2);
});

test('a goal is met or missed by the ratio, whichever way is better', () => {
  expect(atLeast('', 1, 1).met).toBe(true);
  expect(atLeast('', 0.99, 1).met).toBe(false);
  expect(atMost('', 5, 5).met).toBe(true);
  expect(atMost('', 5.1, 5).met).toBe(false);
  expect(under('', 49.9, 50).met).toBe(true);
  expect(under('', 50, 50).met).toBe(false);
  expect(under('', NaN, 50).met).toBe(false);
  expect(atLeast('Speed', 22.44, 10)).toEqual({
    what: 'Speed',
    goal: 'at least 10.0 times',
    measured: '22.4 times',
    met: true,
  });
  // What is held against what was measured, and not what it looks like.
  expect(atLeast('', 1, 0.97).goal).toBe('at least 0.97 times');
  expect(atMost('', 1, 1.25).goal).toBe('at most 1.25 times');
});

test('figures are written with the digits that matter', () => {
  expect([whole(8_512.4), whole(0)]).toEqual(['8,512', '0']);
  expect([milliseconds(0.314), milliseconds(14.24), milliseconds(1_250.2)]).toEqual([
    '0.31 ms',
    '14.2 ms',
    '1,250 ms',
  ]);
  expect([times(1.375), times(22.36)]).toEqual(['1.38', '22.4']);
});

test('of many faults the first are told, and how many there are more', () => {
  expect(some(['a', 'b'], 2)).toEqual(['a', 'b']);
  expect(some(['a', 'b', 'c', 'd'], 2)).toEqual(['a', 'b', '… and 2 more']);
});

describe('a benchmark', () => {
  const names = ['hot-sku', 'memory'];

  test('runs all scenarios unless some are named', () => {
    expect(parseOptions([], names)).toEqual({ quick: false, only: undefined });
    expect(parseOptions(['--quick', '--only', 'memory,hot-sku'], names)).toEqual({
      quick: true,
      only: ['memory', 'hot-sku'],
    });
  });

  test('refuses what does not exist, and says what does', () => {
    expect(() => parseOptions(['--only', 'memory,cold-sku'], names)).toThrow(
      'There is no scenario cold-sku; --only takes some of hot-sku,memory',
    );
    expect(() => parseOptions(['--fast'], names)).toThrow('--fast');
  });
});

describe('under load', () => {
  test('each client waits for its answer before it asks again', async () => {
    let [left, underWay, most] = [20, 0, 0];
    const ask = async () => {
      left -= 1;
      most = Math.max(most, (underWay += 1));
      await new Promise(setImmediate);
      underWay -= 1;
    };
    const taken: number[] = [];
    const asked = await keepAsking(
      [ask, ask, ask],
      () => left <= 0,
      (begun, ended) => taken.push(ended - begun),
    );
    expect(asked).toEqual({ answered: 20, failures: [] });
    expect(taken).toHaveLength(20);
    expect(most).toBe(3);
  });

  test('a client that gets a wrong answer stops and says why; the others go on', async () => {
    let left = 5;
    const good = async () => void (left -= 1);
    const bad = () => Promise.reject(new Error('503 instead of 202'));
    const asked = await keepAsking(
      [bad, good],
      () => left <= 0,
      () => undefined,
    );
    expect(asked).toEqual({ answered: 5, failures: ['503 instead of 202'] });
  });

  test('what is answered while it warms up does not count', async () => {
    const asks = { warm: 0, measured: 0 };
    const ask = (phase: keyof typeof asks) => async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      asks[phase] += 1;
    };
    const load = await drive([ask('measured')], { warmUpSeconds: 0.05, seconds: 0.1 }, [ask('warm')]);
    expect(asks.warm).toBeGreaterThan(0);
    expect(load.answered).toBe(asks.warm + asks.measured);
    // The last answer comes too late.
    expect(load.count).toBe(asks.measured - 1);
    expect(load.perSecond).toBeCloseTo(load.count / 0.1);
  });
});

describe('the check of a benchmark', () => {
  const audited = (lines: number, findings: string[] = []) =>
    ({ lines: async () => lines, audit: async () => findings }) as unknown as Database;
  const checked = async (database: Database, failures: string[] = []) => {
    const reported: string[] = [];
    const bench = new Bench({} as DatabaseServer, quickSizes, (line) => reported.push(line));
    await bench.check(database, { answered: 5, failures }, 5);
    expect(reported).toHaveLength(bench.faults.length);
    return bench.faults;
  };

  test('reports nothing when every line is there and the audit finds nothing', async () => {
    expect(await checked(audited(5))).toEqual([]);
  });

  test('reports a lost line, a wrong answer, and what the audit finds', async () => {
    expect(await checked(audited(4))).toEqual(['5 lines should be allocated, the database has 4']);
    expect(await checked(audited(5), ['503 instead of 202'])).toEqual(['503 instead of 202']);
    expect(await checked(audited(5, ['batch 1 is oversold']))).toEqual(['batch 1 is oversold']);
  });
});
