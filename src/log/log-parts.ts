import type { Query } from '../database/transaction';

/** The log is kept in parts, so that what is no longer retained can be dropped as a whole. Events in one of them. */
const SMALLEST_PART = 10_000;
const LARGEST_PART = 10_000_000;

/** So many parts make up what is retained, about: a part goes when its newest event is old enough. */
const DAYS_IN_A_PART = 1;

const DAY_MS = 86_400_000;

/**
 * How many events the next part of the log is to hold: about as many as come in a day, so that a small shop need not
 * keep its events for years until a part is full.
 * @param last the position of the newest event
 * @param end the position before which the parts end
 * @returns undefined when there is room enough without one
 */
export async function sizeOfNextPart(query: Query, last: number, end: number): Promise<number | undefined> {
  const room = end - 1 - last;
  if (room >= SMALLEST_PART) return undefined;
  const [oldest] = await query<{ occurred_at: Date }>(
    'SELECT occurred_at FROM log WHERE position > $1 ORDER BY position LIMIT 1',
    [last - SMALLEST_PART],
  );
  if (!oldest) return SMALLEST_PART;
  const days = Math.max(Date.now() - oldest.occurred_at.getTime(), 1) / DAY_MS;
  const events = Math.round((SMALLEST_PART / days) * DAYS_IN_A_PART);
  return Math.min(Math.max(events, SMALLEST_PART), LARGEST_PART);
}
