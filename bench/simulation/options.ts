import { parseArgs } from 'node:util';
import type { Scale } from './shop';

/**
 * @param args what came after the name of the program
 * @throws Error when there is no such option, or it is no number that makes a shop
 */
export function parseScale(args: readonly string[]): Scale {
  const { values } = parseArgs({
    args: [...args],
    options: {
      days: { type: 'string', default: '365' },
      skus: { type: 'string', default: '2000' },
      'lines-per-day': { type: 'string', default: '700' },
      seed: { type: 'string', default: '1' },
    },
  });
  const number = (name: keyof typeof values, least: number) => {
    const value = Number(values[name]);
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new Error(`--${name} takes a whole number from ${least} on, and not ${values[name]}`);
  };
  return {
    days: number('days', 1),
    skus: number('skus', 1),
    linesPerDay: number('lines-per-day', 1),
    seed: number('seed', 0),
  };
}
