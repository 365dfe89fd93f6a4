import type { Statements } from '../database/sql';
import { timeOfId } from '../ids';
import { type LoggedEvent, type LoggedRow, STORED_COLUMNS, toLogged } from './stored-event';

/** Events are numbered nearly in the order in which they happened; this makes up for those that came late, in milliseconds. */
export const DISORDER_MS = 60_000;
/**
 * An event is numbered within so many milliseconds of being made: nearly always, and as a rule, since a command gives up
 * after ten seconds.
 */
const AROUND_MS = [1_000, 12_000];

/**
 * A common table expression that halves the log for each row of `sought` (at, low, high), until `low` is the position of
 * the last event before `at`, or what it was at first when all are later. One statement, however long the log is.
 */
const HALVED = `
  halved (at, low, high) AS (
    SELECT at, low, high FROM sought
    UNION ALL
    SELECT at, CASE WHEN occurred_at < at THEN middle ELSE low END,
           CASE WHEN occurred_at < at THEN high ELSE middle - 1 END
    FROM (SELECT at, low, high, (low + high + 1) / 2 AS middle FROM halved WHERE low < high) half
    LEFT JOIN LATERAL (SELECT occurred_at FROM log WHERE position >= middle ORDER BY position LIMIT 1) event ON true
  )`;

const FIND = `
  WITH RECURSIVE sought (at, low, high) AS (
    SELECT at, first_position - 1, position FROM log_head, unnest($2::timestamptz[]) at
  ), ${HALVED}
  SELECT position, ${STORED_COLUMNS} FROM log
  WHERE position > (SELECT min(low) FROM halved WHERE low >= high)
    AND position <= (SELECT max(low) FROM halved WHERE low >= high) AND id = $1
  LIMIT 1`;

/**
 * The event of an id, as clients know it. An id begins with the time at which it was made (UUID v7, RFC 9562, section
 * 5.7), and the log is about in the order of time; so it is looked for among its neighbours, and needs no index that every
 * event would have to be entered into.
 * @returns undefined when there is none, or it is no longer retained
 * @throws Unavailable
 */
export async function findEvent(sql: Statements, id: string): Promise<LoggedEvent | undefined> {
  if (!isUuidV7(id)) return undefined;
  const at = timeOfId(id);
  for (const around of AROUND_MS) {
    const row = await sql.row<LoggedRow>(FIND, [id, [new Date(at - around), new Date(at + around)]]);
    if (row) return toLogged(row);
  }
  return undefined;
}

/**
 * The position of the last event of the log before a time.
 * @param before in milliseconds
 * @param first of the positions that are looked at; so for `last`
 * @returns the one before `first` when all are later
 */
export async function positionBefore(
  sql: Statements,
  before: number,
  first: number,
  last: number,
): Promise<number> {
  const found = await sql.row<{ low: number }>(
    `WITH RECURSIVE sought (at, low, high) AS (SELECT $1::timestamptz, $2::bigint, $3::bigint), ${HALVED}
     SELECT low::float8 AS low FROM halved WHERE low >= high`,
    [new Date(before), first - 1, last],
  );
  return found!.low;
}

function isUuidV7(text: string): boolean {
  return /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i.test(text);
}
