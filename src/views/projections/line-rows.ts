import { setImmediate } from 'node:timers/promises';
import { type ByEventType, forEvent, type Recorded } from '../../allocation/contracts';
import type { LineState } from '../queries/line-state';
import { inSlices, SLICE } from '../../database/in-slices';
import type { Query } from '../../database/transaction';
import { addToSums, WRITTEN } from './line-sums';

/** A line after an event, and what serves it. */
interface Line {
  readonly orderId: string;
  readonly sku: string;
  readonly qty: number;
  readonly state: LineState;
  readonly batchRef: string | null;
  readonly eta: string | null;
  /** 0 where the event does not say. */
  readonly priority: number;
  /** Its age; null where it does not matter. */
  readonly askedSequence: number | null;
  readonly expiresAt: string | null;
}

const nothing = () => undefined;

/** How a line is after an event; undefined when it says nothing of one. */
const linesAfter: ByEventType<[], Line | undefined> = {
  BatchCreated: nothing,
  BatchQuantityChanged: nothing,
  StockAdjusted: nothing,
  BatchArrived: nothing,
  BatchEtaChanged: nothing,
  Allocated: (event) => ({ ...event, expiresAt: null, state: 'allocated' }),
  Reserved: (event) => ({ ...event, state: 'reserved' }),
  ReservationExtended: (event) => ({ ...event, state: 'reserved' }),
  ReservationConfirmed: (event) => ({ ...event, expiresAt: null, state: 'allocated' }),
  ReservationExpired: (event) => ({ ...event, ...unserved, state: 'expired' }),
  Deallocated: (event) => unheld(event, 'deallocated'),
  OutOfStock: (event) => unheld(event, 'out of stock'),
  Waitlisted: (event) => ({ ...event, ...unserved, state: 'waiting' }),
  WaitCancelled: (event) => unheld(event, 'deallocated'),
  // Only what is in the warehouse can leave it.
  Dispatched: (event) => ({ ...event, eta: null, expiresAt: null, state: 'dispatched' }),
  TermsChanged: (event) => event,
  PromiseChanged: (event) => event,
};

const unserved = { batchRef: null, eta: null, expiresAt: null };

function unheld({ orderId, sku, qty }: Pick<Line, 'orderId' | 'sku' | 'qty'>, state: LineState): Line {
  return { orderId, sku, qty, ...unserved, priority: 0, askedSequence: null, state };
}

interface LineRow extends Line {
  readonly sequence: number;
  readonly changedAt: Date;
}

/**
 * Writes what the events say, in whatever order they come and however often: the newest one counts; and with the lines
 * their sums. Resolves when the statements are sent.
 * @param schema of the tables, with a full stop; that of the views when left out
 */
export async function writeLines(query: Query, events: readonly Recorded[], schema = ''): Promise<void> {
  const newest = [...(await newestOfLines(events)).values()];
  await inSlices(newest, (slice) => writeRows(query, slice, schema));
}

/** Each line as the newest event left it. */
async function newestOfLines(events: readonly Recorded[]): Promise<Map<string, LineRow>> {
  const newest = new Map<string, LineRow>();
  for (const [index, { event, sequence, occurredAt }] of events.entries()) {
    if (index % SLICE === SLICE - 1) await setImmediate();
    const line = forEvent(linesAfter, event);
    if (!line) continue;
    const key = `${line.orderId}\0${line.sku}`;
    if (sequence > (newest.get(key)?.sequence ?? 0))
      newest.set(key, { ...line, sequence, changedAt: occurredAt });
  }
  return newest;
}

function writeRows(query: Query, lines: readonly LineRow[], schema: string): Promise<unknown> {
  // In the order of the keys, so that two instances never wait for each other.
  return query(
    `WITH written AS (
     INSERT INTO ${schema}view_lines AS line (order_id, sku, qty, state, batch_ref, eta, sequence, changed_at,
       priority, asked_sequence, expires_at)
     SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::date[], $7::bigint[],
                          $8::timestamptz[], $9::int[], $10::bigint[], $11::timestamptz[])
     ORDER BY 1, 2
     ON CONFLICT (order_id, sku) DO UPDATE
     SET qty = excluded.qty, state = excluded.state, batch_ref = excluded.batch_ref, eta = excluded.eta,
         sequence = excluded.sequence, changed_at = excluded.changed_at, priority = excluded.priority,
         asked_sequence = excluded.asked_sequence, expires_at = excluded.expires_at,
         was_state = line.state, was_eta = line.eta, was_qty = line.qty
     WHERE line.sequence < excluded.sequence
     RETURNING ${WRITTEN}
     ) ${addToSums(schema)}`,
    [
      lines.map(({ orderId }) => orderId),
      lines.map(({ sku }) => sku),
      lines.map(({ qty }) => qty),
      lines.map(({ state }) => state),
      lines.map(({ batchRef }) => batchRef),
      lines.map(({ eta }) => eta),
      lines.map(({ sequence }) => sequence),
      lines.map(({ changedAt }) => changedAt),
      lines.map(({ priority }) => priority),
      lines.map(({ askedSequence }) => askedSequence),
      lines.map(({ expiresAt }) => expiresAt),
    ],
  );
}
