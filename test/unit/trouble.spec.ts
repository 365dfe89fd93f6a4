import { Trouble } from '../../src/trouble';
import { announced, Unavailable } from '../../src/unavailable';

let warned: unknown[];
let trouble: Trouble;
beforeEach(() => {
  warned = [];
  const logger = { warn: (about: { err: unknown }, message: string) => warned.push([about.err, message]) };
  trouble = new Trouble(logger as never, 'Could not look');
});

test('what keeps going wrong is told of once, and again after it went well', () => {
  const [first, second, third] = [new Error('1'), new Error('2'), new Error('3')];
  trouble.begin(first);
  trouble.begin(second);
  expect(trouble.lasts).toBe(true);
  trouble.end();
  expect(trouble.lasts).toBe(false);
  trouble.begin(third);
  expect(warned).toEqual([
    [first, 'Could not look'],
    [third, 'Could not look'],
  ]);
});

test('what the log tells of already is not told of again, whatever it comes wrapped in', () => {
  const cause = new Error('cannot execute INSERT in a read-only transaction');
  announced.add(cause);
  for (const error of [
    cause,
    new Error('Outer', { cause }),
    Object.assign(new Error(), { driverError: cause }),
    new Unavailable('Not now', { announced: true }),
  ]) {
    trouble.begin(error);
    trouble.end();
  }
  expect(warned).toEqual([]);
});
