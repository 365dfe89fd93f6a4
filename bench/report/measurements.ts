import { readFile, writeFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Outcome } from './markdown';

type Machine = readonly (readonly [string, string])[];

interface Measurements {
  readonly machine: Machine;
  readonly outcomes: readonly Outcome[];
}

/**
 * Puts new outcomes in the place of those before, which are kept in a file: a scenario can be measured anew without all
 * others. What was measured on another machine, or with other versions, does not belong into one table, and is dropped.
 * @param order the names of all scenarios
 * @returns all outcomes, in that order
 */
export async function updateMeasurements(
  path: string,
  { machine, outcomes }: Measurements,
  order: readonly string[],
): Promise<readonly Outcome[]> {
  const before = await readFile(path, 'utf8').then(
    (text) => JSON.parse(text) as Measurements,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    },
  );
  const kept = before && isDeepStrictEqual(before.machine, machine) ? before.outcomes : [];
  const all = new Map([...kept, ...outcomes].map((outcome) => [outcome.name, outcome]));
  const sorted = order.flatMap((name) => all.get(name) ?? []);
  await writeFile(path, `${JSON.stringify({ machine, outcomes: sorted }, null, 2)}\n`);
  return sorted;
}
