import type { Statements } from '../database/sql';
import type { Outcome } from './retention';

/** Rows that are removed in one statement. */
const SLICE = 1_000;

/** Which rows of a table are removed some time after they were done with. There must be an index that fits. */
interface ExpiringRows {
  readonly table: string;
  /** Since when a row waits for its end: the column or expression of the index. */
  readonly since: string;
  /** The condition of the index, if it has one. */
  readonly where?: string;
}

/**
 * Makes what removes old rows from a table, a slice with each call. Rows that somebody holds at that moment are left for
 * later, so nobody is waited for.
 */
export function expireRows(
  sql: Statements,
  { table, since, where = 'true' }: ExpiringRows,
): (before: Date) => Promise<Outcome> {
  const statement = `
    WITH gone AS (
      DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM ${table} WHERE ${where} AND ${since} >= $1::timestamptz AND ${since} < $2::timestamptz
        ORDER BY ${since} LIMIT ${SLICE} FOR UPDATE SKIP LOCKED))
      RETURNING ${since} AS since
    )
    SELECT count(*)::int AS count, max(since)::text AS last FROM gone`;
  // Each slice begins where the one before it ended: the index still has entries of the rows that are gone.
  let from = '-infinity';
  return async (before) => {
    const [{ count, last }] = await sql.rows<{ count: number; last: string }>(statement, [from, before]);
    from = count === SLICE ? last : '-infinity';
    return count === SLICE ? 'more' : 'done';
  };
}
