import { setImmediate } from 'node:timers/promises';
import {
  Allocated,
  BatchCreated,
  BatchQuantityChanged,
  Deallocated,
  type Recorded,
} from '../allocation/contracts';
import { inSlices, SLICE } from '../database/in-slices';
import type { Query } from '../database/transaction';

type BatchEvent = BatchCreated | BatchQuantityChanged | Allocated | Deallocated;

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

/** Whether the event says something of a batch. */
export function isBatchEvent(recorded: Recorded): recorded is Recorded<BatchEvent> {
  const { event } = recorded;
  return (
    event instanceof Allocated ||
    event instanceof Deallocated ||
    event instanceof BatchCreated ||
    event instanceof BatchQuantityChanged
  );
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
  for (const [index, recorded] of events.entries()) {
    if (index % SLICE === SLICE - 1) await setImmediate();
    if (!isBatchEvent(recorded)) continue;
    const { event, sequence } = recorded;
    const row = rows.get(event.batchRef) ?? unknownBatch(event.batchRef, event.sku);
    rows.set(event.batchRef, row);
    if (event instanceof BatchCreated) {
      row.eta = event.eta;
      row.position = sequence;
    }
    const tellsPurchased = event instanceof BatchCreated || event instanceof BatchQuantityChanged;
    if (tellsPurchased && sequence > row.purchasedSequence) {
      row.purchased = event.qty;
      row.purchasedSequence = sequence;
    }
    if (sequence > row.sequence) {
      row.available = event instanceof BatchCreated ? event.qty : event.available;
      row.sequence = sequence;
    }
  }
  return rows;
}

function unknownBatch(ref: string, sku: string): BatchRow {
  const numbers = { position: null, purchased: null, purchasedSequence: 0, available: 0, sequence: 0 };
  return { ref, sku, eta: null, ...numbers };
}
