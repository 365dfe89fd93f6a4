import type { Sql, Statements } from '../../database/sql';
import { type OnProgress, rebuildView, type ViewName, viewNames } from './rebuild';
import { type Difference, type Pass, passes, type Slice } from './verify-passes';

/** How many differences there are of each. */
export type Found = Readonly<Record<Difference['of'], number>>;

/** Differences of a kind that are looked for at most. What differs more than that has to be made anew in any case. */
export const MAX_DIFFERENCES = 100_000;

/** How much is looked at in one statement. */
export class SliceOptions {
  /** Rows of the first slice; then as many as take about `ms` milliseconds, within bounds. */
  readonly rows: number = 1_000;
  /** Few, since the next rows may be those that nobody has looked at for long, and come from the disk one by one. */
  readonly most: number = 2_000;
  readonly ms: number = 200;
}

/**
 * Compares the views, and the counters of batches and products, with the write model and its events, and what batches have
 * with their movements. Goes through the
 * tables in slices, each in one short statement that sees all of it as of one moment, so that it takes the same memory
 * here and at the server however many rows there are, and holds up neither commands nor VACUUM.
 *
 * What differs is looked at once more before it is told, in a snapshot in which nothing of its SKU is on its way to the
 * views: the service may be running.
 * @param onDifference is waited for
 * @returns how many there are; of each kind, `MAX_DIFFERENCES` at most
 */
export async function verify(
  sql: Statements,
  onDifference: (difference: Difference) => unknown = () => {},
  onProgress: OnProgress = () => {},
  options = new SliceOptions(),
): Promise<Found> {
  const found = { counters: 0, movements: 0, batches: 0, lines: 0 };
  /** What was told; the same thing may be seen from several sides. */
  const reported = new Set<string>();
  const total = await rowsOf(sql, passes);
  let done = 0;
  for (const pass of passes) {
    for await (const { count, differences } of slicesOf(sql, pass, options)) {
      for (const difference of differences) {
        const { of, key } = difference;
        const name = JSON.stringify([of, key]);
        if (reported.has(name) || found[of] === MAX_DIFFERENCES) continue;
        reported.add(name);
        found[of] += 1;
        await onDifference(difference);
      }
      done += count;
      onProgress(done, Math.max(done, total));
    }
  }
  return found;
}

async function* slicesOf(
  sql: Statements,
  pass: Pass,
  { rows: first, most, ms }: SliceOptions,
): AsyncGenerator<{ count: number; differences: Difference[] }> {
  let after = pass.first;
  for (let rows = first; ;) {
    const begin = performance.now();
    const [{ count, last, suspects }] = await sql.rows<Slice>(pass.slice, [...after, rows]);
    const took = performance.now() - begin;
    const keys = pass.first.map((_, column) => suspects.map((key) => key[column]));
    const differences = suspects.length > 0 ? await sql.rows<Difference>(pass.details, keys) : [];
    yield { count, differences };
    if (count < rows) return;
    after = last!;
    if (took < ms / 2) rows = Math.min(rows * 2, most);
    else if (took > ms * 2) rows = Math.max(Math.floor(rows / 2), 1);
  }
}

/** About how many rows there are to look at, as PostgreSQL knows it; of the log, whose table is in parts, exactly. */
async function rowsOf(sql: Statements, all: readonly Pass[]): Promise<number> {
  const [{ rows }] = await sql.rows<{ rows: number }>(
    `SELECT coalesce(sum(greatest(reltuples, 0)), 0)::float8
       + (SELECT position + 1 - first_position FROM log_head) AS rows
     FROM unnest($1::text[]) AS read (name) JOIN pg_class ON pg_class.oid = read.name::regclass`,
    [all.map(({ table }) => table)],
  );
  return rows;
}

/**
 * Rebuilds every view in which something was found.
 * @returns their names
 */
export async function repair(
  sql: Sql,
  found: Found,
  progressOf: (view: ViewName) => OnProgress = () => () => {},
): Promise<ViewName[]> {
  const broken = viewNames.filter((name) => found[name] > 0);
  for (const name of broken) await rebuildView(sql, name, progressOf(name));
  return broken;
}
