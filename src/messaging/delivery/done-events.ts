import type { Recorded } from '../../allocation/contracts';
import type { Transaction } from '../../database/sql';

/**
 * Takes those of the events that were not taken before under this name. Events are delivered at least once, several at a
 * time and to any instance; what a handler writes for those that it takes is written once. When the transaction is rolled
 * back they were not taken, and come again.
 *
 * This is the guard for what adds up over SKUs, such as the orders of a customer, and for what happens once, such as a
 * mail. Where a row shows the newest state of something of one SKU, remember `sequence` in the row instead and let
 * a larger one win: that needs no other row, and bears any order.
 *
 * That an event was taken is known for as long as it could come again: until it is no longer retained, and is no dead letter.
 * @param sql the transaction in which the effect is written; others that are at the same events wait for its end
 * @param handler the name of the handler, as `@LogReader` has it
 * @returns them in their order
 * @throws Unavailable
 */
export async function takeNew<R extends Recorded>(
  sql: Transaction,
  handler: string,
  events: readonly R[],
): Promise<R[]> {
  if (events.length === 0) return [];
  // In one order, so that nobody waits in a circle.
  const sorted = events.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const taken = await sql.rows<{ id: string }>(
    `INSERT INTO done_events (handler, event_id, occurred_at)
     SELECT $1, event.* FROM unnest($2::uuid[], $3::timestamptz[]) AS event (id, occurred_at)
     ON CONFLICT DO NOTHING RETURNING event_id AS id`,
    [handler, sorted.map(({ id }) => id), sorted.map(({ occurredAt }) => occurredAt)],
  );
  const ids = new Set(taken.map(({ id }) => id));
  // An event that is given twice is taken once.
  return events.filter(({ id }) => ids.delete(id));
}
