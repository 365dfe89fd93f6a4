import { Patience } from '../../src/sync/patience';

test('the pause before a file is tried again doubles with each failure, to a minute at most, and is gone once it went well', () => {
  let now = 0;
  const patience = new Patience(2000, () => now);
  const failsAndWaits = () => {
    patience.startFor('a.csv');
    const since = now;
    while (!patience.isOverFor('a.csv')) now += 500;
    return now - since;
  };
  expect(patience.isOverFor('a.csv')).toBe(true);
  expect(Array.from({ length: 7 }, failsAndWaits)).toEqual([
    2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000,
  ]);
  expect(patience.isOverFor('b.csv')).toBe(true);

  patience.startFor('a.csv');
  patience.forget('a.csv');
  expect(patience.isOverFor('a.csv')).toBe(true);
  expect(failsAndWaits()).toBe(2000);
});
