import type { DataSource } from 'typeorm';
import type { Statements } from '../database/sql';
import { inTransaction, type Query } from '../database/transaction';

/** The log is kept in parts, so that what is no longer retained can be dropped as a whole. Events in one of them. */
const SMALLEST_PART = 10_000;
const LARGEST_PART = 10_000_000;

/**
 * A part is to hold so much of what is retained. It goes when the newest event in it is old enough, so about that much
 * more is kept than need be, whatever comes how fast; and a statement on the log has a few dozen parts to look at.
 */
const SHARE = 1 / 10;

/** How long to wait for those who read the log or number events at that moment; others wait behind it meanwhile. */
const DROP_LOCK_MS = 100;

/**
 * How many events the next part of the log is to hold.
 * @param first the position of the oldest event that is retained
 * @param last the position of the newest event
 * @param end the position before which the parts end
 * @returns undefined when there is room enough without one
 */
export function sizeOfNextPart(first: number, last: number, end: number): number | undefined {
  const room = end - 1 - last;
  if (room >= SMALLEST_PART) return undefined;
  return Math.min(Math.max(Math.round((last + 1 - first) * SHARE), SMALLEST_PART), LARGEST_PART);
}

/** A part of the log that is full. */
export interface FullPart {
  /** The position before which it ends. */
  readonly end: number;
  /** When the newest event in it happened. */
  readonly newest: Date;
}

/** The oldest part of the log; undefined while it is not full yet. */
export async function oldestPart(sql: Statements): Promise<FullPart | undefined> {
  // A part is named by its first position.
  const part = await sql.row<{ part_end: string; occurred_at: Date }>(
    `WITH part AS MATERIALIZED (
       SELECT relname AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'log'::regclass
     )
     SELECT part_end, newest.occurred_at
     FROM log_head
     CROSS JOIN LATERAL (
       SELECT coalesce(min(substr(name, 5)::bigint), end_position) AS part_end
       FROM part WHERE substr(name, 5)::bigint > first_position
     ) next
     CROSS JOIN LATERAL (SELECT occurred_at FROM log WHERE log.position = part_end - 1 LIMIT 1) newest`,
  );
  return part && { end: Number(part.part_end), newest: part.occurred_at };
}

/**
 * Drops the oldest part of the log, which takes the same time however many events are in it.
 * @throws Error with SQLSTATE 55P03 when somebody reads the log at that moment; nothing has changed then
 */
export async function dropPart(dataSource: DataSource, { end }: FullPart): Promise<void> {
  await inTransaction(dataSource, { lockTimeoutMs: DROP_LOCK_MS }, (query: Query) =>
    query('SELECT drop_log_part($1)', [end]),
  );
}
