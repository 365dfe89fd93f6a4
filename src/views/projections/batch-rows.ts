import { setImmediate } from 'node:timers/promises';
import { type ByEventType, forEvent, type Recorded } from '../../allocation/contracts';
import { inSlices, SLICE } from '../../database/in-slices';
import type { Query } from '../../database/transaction';

/** What events say of a batch. What none of them has said yet is null. */
interface BatchState {
  readonly ref: string;
  readonly sku: string;
  eta: string | null;
  /** The day for which it was expected last, also when it has arrived. */
  expected: string | null;
  etaSequence: number;
  createdSequence: number | null;
  purchased: number | null;
  purchasedSequence: number;
  available: number;
  dispatched: number;
  sequence: number;
}

/** What an event says of a batch; only what it tells of. */
interface BatchAfter {
  readonly ref: string;
  readonly available: number;
  readonly purchased?: number;
  readonly isCreated?: true;
  readonly day?: { readonly eta: string | null; readonly expected: string | null };
  /** In all. */
  readonly dispatched?: number;
}

type BatchEvent = { readonly batchRef: string; readonly available: number };

const nothing = () => undefined;
const left = ({ batchRef, available }: BatchEvent) => ({ ref: batchRef, available });
const held = (event: BatchEvent & { readonly qty: number }) => ({ ...left(event), purchased: event.qty });

/** How a batch is after an event; undefined when it says nothing of one. */
const batchesAfter: ByEventType<[], BatchAfter | undefined> = {
  BatchCreated: ({ batchRef, qty, eta }) => ({
    ref: batchRef,
    available: qty,
    purchased: qty,
    isCreated: true,
    day: { eta, expected: eta },
  }),
  BatchQuantityChanged: held,
  StockAdjusted: held,
  BatchArrived: (event) => ({ ...held(event), day: { eta: null, expected: event.previousEta } }),
  BatchEtaChanged: (event) => ({ ...left(event), day: { eta: event.eta, expected: event.eta } }),
  Allocated: left,
  Reserved: left,
  ReservationExtended: nothing,
  ReservationConfirmed: nothing,
  ReservationExpired: left,
  Deallocated: left,
  OutOfStock: nothing,
  Waitlisted: nothing,
  WaitCancelled: nothing,
  Dispatched: (event) => ({ ...left(event), dispatched: event.dispatched }),
  TermsChanged: nothing,
  PromiseChanged: nothing,
};

/** The batches of which the events tell, each once. */
export function batchesIn(events: readonly Recorded[]): string[] {
  const batchRefs = new Set<string>();
  for (const { event } of events) {
    const after = forEvent(batchesAfter, event);
    if (after) batchRefs.add(after.ref);
  }
  return [...batchRefs];
}

/**
 * Writes what the events say, in whatever order they come and however often. How much was purchased, how
 * much is left and when it arrives are told by different events, so each has a sequence number of its own.
 * Resolves when the statements are sent.
 * @param schema of the table, with a full stop; that of the views when left out
 */
export async function writeBatches(query: Query, events: readonly Recorded[], schema = ''): Promise<void> {
  const rows = [...(await fold(events)).values()];
  await inSlices(rows, (slice) => writeRows(query, slice, schema));
}

function writeRows(query: Query, rows: readonly BatchState[], schema: string): Promise<unknown> {
  // In the order of the keys, so that two instances never wait for each other.
  return query(
    `INSERT INTO ${schema}view_batches AS batch
       (ref, sku, eta, position, purchased, purchased_sequence, available, sequence, expected, eta_sequence, dispatched)
     SELECT * FROM unnest($1::text[], $2::text[], $3::date[], $4::bigint[], $5::int[], $6::bigint[], $7::int[],
                          $8::bigint[], $9::date[], $10::bigint[], $11::int[])
     ORDER BY 1
     ON CONFLICT (ref) DO UPDATE
     SET eta = CASE WHEN batch.eta_sequence < excluded.eta_sequence THEN excluded.eta ELSE batch.eta END,
         expected = CASE WHEN batch.eta_sequence < excluded.eta_sequence
                         THEN excluded.expected ELSE batch.expected END,
         eta_sequence = greatest(batch.eta_sequence, excluded.eta_sequence),
         dispatched = greatest(batch.dispatched, excluded.dispatched),
         position = coalesce(batch.position, excluded.position),
         purchased = CASE WHEN batch.purchased_sequence < excluded.purchased_sequence
                          THEN excluded.purchased ELSE batch.purchased END,
         purchased_sequence = greatest(batch.purchased_sequence, excluded.purchased_sequence),
         available = CASE WHEN batch.sequence < excluded.sequence
                          THEN excluded.available ELSE batch.available END,
         sequence = greatest(batch.sequence, excluded.sequence)`,
    [
      rows.map((batch) => batch.ref),
      rows.map(({ sku }) => sku),
      rows.map(({ eta }) => eta),
      rows.map(({ createdSequence }) => createdSequence),
      rows.map(({ purchased }) => purchased),
      rows.map(({ purchasedSequence }) => purchasedSequence),
      rows.map(({ available }) => available),
      rows.map(({ sequence }) => sequence),
      rows.map(({ expected }) => expected),
      rows.map(({ etaSequence }) => etaSequence),
      rows.map(({ dispatched }) => dispatched),
    ],
  );
}

/** One row for each batch, of what the newest events say. */
async function fold(events: readonly Recorded[]): Promise<Map<string, BatchState>> {
  const rows = new Map<string, BatchState>();
  let count = 0;
  for (const { event, sequence } of events) {
    count += 1;
    if (count % SLICE === 0) await setImmediate();
    const after = forEvent(batchesAfter, event);
    if (!after) continue;
    const row = rows.get(after.ref) ?? unknownBatch(after.ref, event.sku);
    rows.set(after.ref, row);
    if (after.isCreated) row.createdSequence = sequence;
    if (after.day && sequence > row.etaSequence) Object.assign(row, after.day, { etaSequence: sequence });
    row.dispatched = Math.max(row.dispatched, after.dispatched ?? 0);
    if (after.purchased !== undefined && sequence > row.purchasedSequence) {
      row.purchased = after.purchased;
      row.purchasedSequence = sequence;
    }
    if (sequence > row.sequence) {
      row.available = after.available;
      row.sequence = sequence;
    }
  }
  return rows;
}

function unknownBatch(batchRef: string, sku: string): BatchState {
  return {
    ref: batchRef,
    sku,
    eta: null,
    expected: null,
    etaSequence: 0,
    createdSequence: null,
    purchased: null,
    purchasedSequence: 0,
    available: 0,
    dispatched: 0,
    sequence: 0,
  };
}
