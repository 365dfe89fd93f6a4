import { Figures } from '../../src/board/figures';

const START = 1_900_000_000_000;
let figures: Figures;
beforeEach(() => {
  jest.useFakeTimers({ now: START });
  figures = new Figures();
});
afterEach(() => jest.useRealTimers());

const passed = (seconds: number) => jest.advanceTimersByTime(seconds * 1000);

test('what happened within a step is told per second, once the step is over', () => {
  figures.allocated(30);
  figures.answered(409, 4);
  figures.answered(412, 4);
  figures.answered(202, 4);
  expect(figures.series().allocations.at(-1)).toBe(0);
  passed(2);
  const { stepMs, allocations, conflicts } = figures.series();
  expect([stepMs, allocations.length, allocations.at(-1), conflicts.at(-1)]).toEqual([2000, 60, 15, 1]);
});

test('steps move on, and are forgotten after two minutes', () => {
  figures.allocated(30);
  passed(12);
  expect(figures.series().allocations.at(-6)).toBe(15);
  passed(108);
  expect(figures.series().allocations[0]).toBe(15);
  passed(2);
  expect(figures.series().allocations.every((n) => n === 0)).toBe(true);
  passed(100_000);
  figures.allocated(2);
  passed(2);
  expect(figures.series().allocations.at(-1)).toBe(1);
});

test('the time within which 99 of 100 requests were answered is right to a fifth; none were: null', () => {
  for (let n = 0; n < 985; n += 1) figures.answered(200, 3);
  for (let n = 0; n < 15; n += 1) figures.answered(200, 80);
  passed(2);
  const p99 = figures.series().p99.at(-1)!;
  expect(p99).toBeGreaterThanOrEqual(80);
  expect(p99).toBeLessThan(80 * 1.2 + 1);
  expect(figures.series().p99[0]).toBeNull();
});

test('nothing is lost when the clock of the machine is set', () => {
  for (const seconds of [3_600, -7_200]) {
    jest.setSystemTime(Date.now() + seconds * 1000);
    figures.allocated(2);
    passed(2);
    expect(figures.series().allocations.at(-1)).toBe(1);
  }
});
