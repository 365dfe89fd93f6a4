import type { Statements } from '../database/sql';
import { eventsAt, extentOfLog } from './event-log';
import type { LoggedEvent } from './stored-event';

/** Events are numbered nearly in the order in which they happened; this makes up for those that came late, in milliseconds. */
export const DISORDER_MS = 60_000;
/** Within how many milliseconds of being made an event is numbered, as a rule: a command gives up after nine seconds. */
const AROUND_MS = 10_000;

/**
 * The event of an id, as clients know it. An id begins with the time at which it was made (UUID v7, RFC 9562, section
 * 5.7), and the log is about in the order of time; so it is looked for among its neighbours, and needs no index that every
 * event would have to be entered into.
 * @returns undefined when there is none, or it is no longer retained
 * @throws Unavailable
 */
export async function findEvent(sql: Statements, id: string): Promise<LoggedEvent | undefined> {
  const at = timeOf(id);
  if (at === undefined) return undefined;
  const { first, last } = await extentOfLog(sql);
  const after = await positionBefore(sql, at - AROUND_MS, first, last);
  const upTo = await positionBefore(sql, at + AROUND_MS, after + 1, last);
  const row = await sql.row<{ position: string }>(
    'SELECT position FROM log WHERE position > $1 AND position <= $2 AND id = $3 LIMIT 1',
    [after, upTo, id],
  );
  return row && (await eventsAt(sql, [Number(row.position)]))[0];
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
  let [low, high] = [first - 1, last];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const [{ occurred_at }] = await sql.rows<{ occurred_at: Date }>(
      'SELECT occurred_at FROM log WHERE position >= $1 ORDER BY position LIMIT 1',
      [middle],
    );
    if (occurred_at.getTime() < before) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** When a UUID v7 was made, in milliseconds; undefined for others. */
function timeOf(id: string): number | undefined {
  const [, high, low] =
    /^([\da-f]{8})-([\da-f]{4})-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i.exec(id) ?? [];
  return high === undefined ? undefined : Number.parseInt(high + low, 16);
}
