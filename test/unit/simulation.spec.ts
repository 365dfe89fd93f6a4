import { Random, Zipf } from '../../bench/simulation/random';
import { parseScale } from '../../bench/simulation/options';

test('what is drawn is the same for the same seed, day and purpose, and else another', () => {
  const drawn = (...seeds: (number | string)[]) => {
    const random = new Random(...seeds);
    return Array.from({ length: 5 }, () => random.between(1, 1_000_000));
  };
  expect(drawn(1, 'customers', 3)).toEqual(drawn(1, 'customers', 3));
  const draws = [
    drawn(1, 'customers', 3),
    drawn(1, 'customers', 4),
    drawn(1, 'ship', 3),
    drawn(2, 'customers', 3),
  ];
  expect(new Set(draws.flat()).size).toBe(20);
});

test('some of a list are different ones, and no more than there are', () => {
  const random = new Random('some');
  const list = [1, 2, 3, 4, 5];
  expect(new Set(random.some(list, 3)).size).toBe(3);
  expect(random.some(list, 9).sort()).toEqual(list);
  expect(list).toEqual([1, 2, 3, 4, 5]);
});

test('the second of the SKUs is asked for half as often as the first, and so on', () => {
  const [random, demand] = [new Random('zipf'), new Zipf(10)];
  const counts = new Array<number>(10).fill(0);
  for (let line = 0; line < 100_000; line += 1) counts[demand.draw(random)] += 1;
  counts.forEach((count, index) => {
    expect(count / 100_000).toBeCloseTo(demand.share(index), 2);
    expect(demand.share(index) * (index + 1)).toBeCloseTo(demand.share(0));
  });
});

test('how large the shop is can be said, and what is no size is refused', () => {
  expect(parseScale(['--days', '30', '--lines-per-day', '9'])).toMatchObject({
    days: 30,
    linesPerDay: 9,
    seed: 1,
  });
  expect(() => parseScale(['--skus', 'many'])).toThrow('--skus takes a whole number from 1 on, and not many');
  expect(() => parseScale(['--sku', '1'])).toThrow(/sku/);
});
