import { setImmediate } from 'node:timers/promises';
import { Allocated, Deallocated, OutOfStock, type Recorded } from '../allocation/contracts';
import { inSlices, SLICE } from '../database/in-slices';
import type { Query } from '../database/transaction';

export type LineState = 'allocated' | 'out of stock' | 'deallocated';

type LineEvent = Allocated | Deallocated | OutOfStock;

/** Whether the event says something of a line. */
export function isLineEvent(recorded: Recorded): recorded is Recorded<LineEvent> {
  const { event } = recorded;
  return event instanceof Allocated || event instanceof Deallocated || event instanceof OutOfStock;
}

/**
 * Writes what the events say, in whatever order they come and however often: the newest one counts.
 * Resolves when the statements are sent.
 * @param table with the columns of view_lines
 */
export async function writeLines(
  query: Query,
  events: readonly Recorded[],
  table = 'view_lines',
): Promise<void> {
  const newest = [...(await newestOfLines(events)).values()];
  await inSlices(newest, (slice) => writeRows(query, slice, table));
}

/** The newest event of each line. */
async function newestOfLines(events: readonly Recorded[]): Promise<Map<string, Recorded<LineEvent>>> {
  const newest = new Map<string, Recorded<LineEvent>>();
  for (const [index, recorded] of events.entries()) {
    if (index % SLICE === SLICE - 1) await setImmediate();
    if (!isLineEvent(recorded)) continue;
    const key = `${recorded.event.orderId}\0${recorded.event.sku}`;
    if (recorded.sequence > (newest.get(key)?.sequence ?? 0)) newest.set(key, recorded);
  }
  return newest;
}

function writeRows(query: Query, lines: readonly Recorded<LineEvent>[], table: string): Promise<unknown> {
  const allocated = lines.map(({ event }) => (event instanceof Allocated ? event : undefined));
  // In the order of the keys, so that two instances never wait for each other.
  return query(
    `INSERT INTO ${table} AS line (order_id, sku, qty, state, batch_ref, eta, sequence, changed_at)
     SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::date[], $7::bigint[],
                          $8::timestamptz[])
     ORDER BY 1, 2
     ON CONFLICT (order_id, sku) DO UPDATE
     SET qty = excluded.qty, state = excluded.state, batch_ref = excluded.batch_ref, eta = excluded.eta,
         sequence = excluded.sequence, changed_at = excluded.changed_at
     WHERE line.sequence < excluded.sequence`,
    [
      lines.map(({ event }) => event.orderId),
      lines.map(({ event }) => event.sku),
      lines.map(({ event }) => event.qty),
      lines.map(({ event }) => stateAfter(event)),
      allocated.map((event) => event?.batchRef),
      allocated.map((event) => event?.eta),
      lines.map(({ sequence }) => sequence),
      lines.map(({ occurredAt }) => occurredAt),
    ],
  );
}

function stateAfter(event: LineEvent): LineState {
  if (event instanceof Allocated) return 'allocated';
  return event instanceof Deallocated ? 'deallocated' : 'out of stock';
}
