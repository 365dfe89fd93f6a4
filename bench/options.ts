import { parseArgs } from 'node:util';

export interface Options {
  /** Small sizes, and no report is written. */
  readonly quick: boolean;
  /** Names of the scenarios to run; all of them when left out. */
  readonly only?: readonly string[];
  /** The URL of a database of the PostgreSQL server to measure on; the service's own when left out. */
  readonly database?: string;
}

/**
 * @param args what came after the name of the program
 * @param names the scenarios there are
 * @throws Error when there is no such option or scenario
 */
export function parseOptions(args: readonly string[], names: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      database: { type: 'string' },
    },
  });
  const only = values.only?.split(',');
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new Error(`There is no scenario ${unknown}; --only takes some of ${names.join(',')}`);
  }
  return { quick: values.quick, only, database: values.database };
}
