import { Backoff } from '../../src/sync/backoff';

test('the pause before a file is tried again doubles with each failure, to a minute at most, and is gone once it went well', () => {
  let now = 0;
  const backoff = new Backoff(2000, () => now);
  const failsAndWaits = () => {
    backoff.startFor('a.csv');
    const since = now;
    while (!backoff.isOverFor('a.csv')) now += 500;
    return now - since;
  };
  expect(backoff.isOverFor('a.csv')).toBe(true);
  expect(Array.from({ length: 7 }, failsAndWaits)).toEqual([
    2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000,
  ]);
  expect(backoff.isOverFor('b.csv')).toBe(true);

  backoff.startFor('a.csv');
  backoff.forget('a.csv');
  expect(backoff.isOverFor('a.csv')).toBe(true);
  expect(failsAndWaits()).toBe(2000);
});
