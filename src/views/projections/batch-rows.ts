import { setImmediate } from 'node:timers/promises';
import { type ByEventType, forEvent, type Recorded } from '../../allocation/contracts';
import { inSlices, SLICE } from '../../database/in-slices';
import type { Query } from '../../database/transaction';

/** What events say of a batch. What none of them has said yet is null. */
interface BatchRow {
  readonly ref: string;
  readonly sku: string;
  eta: string | null;
  position: number | null;
  purchased: number | null;
  purchasedSequence: number;
  available: number;
  sequence: number;
}

/** What an event says of a batch. `purchased` and `eta` only when it tells of them. */
interface BatchAfter {
  readonly ref: string;
  readonly available: number;
  readonly purchased?: number;
  readonly created?: { readonly eta: string | null };
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
    created: { eta },
  }),
  BatchQuantityChanged: held,
  StockAdjusted: held,
  // That the day is another one than that of its creation has no column yet.
  BatchArrived: held,
  BatchEtaChanged: left,
  Allocated: left,
  Reserved: left,
  ReservationExtended: nothing,
  ReservationConfirmed: nothing,
  ReservationExpired: left,
  Deallocated: left,
  OutOfStock: nothing,
  Waitlisted: nothing,
  WaitCancelled: nothing,
  Dispatched: left,
  TermsChanged: nothing,
  PromiseChanged: nothing,
};

/** The batches of which the events tell, each once. */
export function batchesIn(events: readonly Recorded[]): string[] {
  const refs = new Set<string>();
  for (const { event } of events) {
    const after = forEvent(batchesAfter, event);
    if (after) refs.add(after.ref);
  }
  return [...refs];
}

/**
 * Writes what the events say, in whatever order they come and however often. How much was purchased and how
 * much is left are told by different events, so each has a sequence number of its own.
 * Resolves when the statements are sent.
 * @param table with the columns of view_batches
 */
export async function writeBatches(
  query: Query,
  events: readonly Recorded[],
  table = 'view_batches',
): Promise<void> {
  const rows = [...(await fold(events)).values()];
  await inSlices(rows, (slice) => writeRows(query, slice, table));
}

function writeRows(query: Query, rows: readonly BatchRow[], table: string): Promise<unknown> {
  // In the order of the keys, so that two instances never wait for each other.
  return query(
    `INSERT INTO ${table} AS batch
       (ref, sku, eta, position, purchased, purchased_sequence, available, sequence)
     SELECT * FROM unnest($1::text[], $2::text[], $3::date[], $4::bigint[], $5::int[], $6::bigint[], $7::int[],
                          $8::bigint[])
     ORDER BY 1
     ON CONFLICT (ref) DO UPDATE
     SET eta = coalesce(batch.eta, excluded.eta),
         position = coalesce(batch.position, excluded.position),
         purchased = CASE WHEN batch.purchased_sequence < excluded.purchased_sequence
                          THEN excluded.purchased ELSE batch.purchased END,
         purchased_sequence = greatest(batch.purchased_sequence, excluded.purchased_sequence),
         available = CASE WHEN batch.sequence < excluded.sequence
                          THEN excluded.available ELSE batch.available END,
         sequence = greatest(batch.sequence, excluded.sequence)`,
    [
      rows.map(({ ref }) => ref),
      rows.map(({ sku }) => sku),
      rows.map(({ eta }) => eta),
      rows.map(({ position }) => position),
      rows.map(({ purchased }) => purchased),
      rows.map(({ purchasedSequence }) => purchasedSequence),
      rows.map(({ available }) => available),
      rows.map(({ sequence }) => sequence),
    ],
  );
}

/** One row for each batch, of what the newest events say. */
async function fold(events: readonly Recorded[]): Promise<Map<string, BatchRow>> {
  const rows = new Map<string, BatchRow>();
  for (const [index, { event, sequence }] of events.entries()) {
    if (index % SLICE === SLICE - 1) await setImmediate();
    const after = forEvent(batchesAfter, event);
    if (!after) continue;
    const row = rows.get(after.ref) ?? unknownBatch(after.ref, event.sku);
    rows.set(after.ref, row);
    if (after.created) {
      row.eta = after.created.eta;
      row.position = sequence;
    }
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

function unknownBatch(ref: string, sku: string): BatchRow {
  const numbers = { position: null, purchased: null, purchasedSequence: 0, available: 0, sequence: 0 };
  return { ref, sku, eta: null, ...numbers };
}
