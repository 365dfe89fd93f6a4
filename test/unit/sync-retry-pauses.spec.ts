import { RetryPauses } from '../../src/sync/retry-pauses';

test('the pause before a file is tried again doubles with each failure, to a minute at most, but for a random part, and is gone once it went well', () => {
  let now = 0;
  const retryPauses = new RetryPauses(2000, () => now);
  const failsAndWaits = () => {
    retryPauses.startFor('a.csv');
    const since = now;
    while (!retryPauses.isOverFor('a.csv')) now += 1;
    return now - since;
  };
  expect(retryPauses.isOverFor('a.csv')).toBe(true);
  // Up to half of a pause is left out by chance.
  const random = jest.spyOn(Math, 'random').mockReturnValue(1);
  expect(Array.from({ length: 7 }, failsAndWaits)).toEqual([
    2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000,
  ]);
  random.mockReturnValue(0);
  expect(failsAndWaits()).toBe(30_000);
  expect(retryPauses.isOverFor('b.csv')).toBe(true);

  retryPauses.startFor('a.csv');
  retryPauses.forget('a.csv');
  expect(retryPauses.isOverFor('a.csv')).toBe(true);
  expect(failsAndWaits()).toBe(1000);
  random.mockRestore();
});
