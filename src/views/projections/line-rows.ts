import { setImmediate } from 'node:timers/promises';
import { type ByEventType, forEvent, lineKey, type Recorded } from '../../allocation/contracts';
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
  Allocated: (event) => held(event, 'allocated', event.eta, null),
  Reserved: (event) => held(event, 'reserved', event.eta, event.expiresAt),
  ReservationExtended: (event) => held(event, 'reserved', event.eta, event.expiresAt),
  ReservationConfirmed: (event) => held(event, 'allocated', event.eta, null),
  ReservationExpired: (event) => unserved(event, 'expired', event.priority, event.askedSequence),
  Deallocated: (event) => unserved(event, 'deallocated'),
  OutOfStock: (event) => unserved(event, 'out of stock'),
  Waitlisted: (event) => unserved(event, 'waiting', event.priority, event.askedSequence),
  WaitCancelled: (event) => unserved(event, 'deallocated'),
  // Only what is in the warehouse can leave it.
  Dispatched: (event) => held(event, 'dispatched', null, null),
  TermsChanged: (event) => held(event, event.state, event.eta, event.expiresAt),
  PromiseChanged: (event) => held(event, event.state, event.eta, event.expiresAt),
};

type HeldEvent = Pick<Line, 'orderId' | 'sku' | 'qty' | 'batchRef' | 'priority' | 'askedSequence'>;
type LineEvent = Pick<Line, 'orderId' | 'sku' | 'qty'>;

// Field by field: an object that is spread costs thirty times as much, and every allocation comes by here.
function held(
  { orderId, sku, qty, batchRef, priority, askedSequence }: HeldEvent,
  state: LineState,
  eta: string | null,
  expiresAt: string | null,
): Line {
  return { orderId, sku, qty, state, batchRef, eta, priority, askedSequence, expiresAt };
}

function unserved(
  { orderId, sku, qty }: LineEvent,
  state: LineState,
  priority = 0,
  askedSequence: number | null = null,
): Line {
  return { orderId, sku, qty, state, batchRef: null, eta: null, priority, askedSequence, expiresAt: null };
}

/** A line as the event left it that tells of it last. */
interface NewestLine {
  readonly line: Line;
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
async function newestOfLines(events: readonly Recorded[]): Promise<Map<string, NewestLine>> {
  const newest = new Map<string, NewestLine>();
  let count = 0;
  for (const { event, sequence, occurredAt } of events) {
    count += 1;
    if (count % SLICE === 0) await setImmediate();
    const line = forEvent(linesAfter, event);
    if (!line) continue;
    const key = lineKey(line);
    if (sequence > (newest.get(key)?.sequence ?? 0))
      newest.set(key, { line, sequence, changedAt: occurredAt });
  }
  return newest;
}

function writeRows(query: Query, lines: readonly NewestLine[], schema: string): Promise<unknown> {
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
      lines.map(({ line }) => line.orderId),
      lines.map(({ line }) => line.sku),
      lines.map(({ line }) => line.qty),
      lines.map(({ line }) => line.state),
      lines.map(({ line }) => line.batchRef),
      lines.map(({ line }) => line.eta),
      lines.map(({ sequence }) => sequence),
      lines.map(({ changedAt }) => changedAt),
      lines.map(({ line }) => line.priority),
      lines.map(({ line }) => line.askedSequence),
      lines.map(({ line }) => line.expiresAt),
    ],
  );
}
