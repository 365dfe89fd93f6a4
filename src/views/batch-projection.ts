import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { DataSource } from 'typeorm';
import {
  Allocated,
  BatchCreated,
  BatchQuantityChanged,
  Deallocated,
  type Recorded,
} from '../allocation/contracts';
import { AvailabilityView, type BatchState } from './availability';
import { PreparedStatements } from '../database/prepared';
import { Batcher } from './batcher';
import { RELAXED, type Statements } from './view-query';

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

/** Keeps what every batch holds and has left, and tells the view of availability. */
@EventsHandler(BatchCreated, BatchQuantityChanged, Allocated, Deallocated)
export class BatchProjection implements IEventHandler<Recorded<BatchEvent>> {
  private readonly statements: PreparedStatements;
  private readonly batcher = new Batcher<Recorded<BatchEvent>>(async (events) => {
    await this.availability.show(await writeBatches(this.statements, events));
  });

  constructor(
    dataSource: DataSource,
    private readonly availability: AvailabilityView,
  ) {
    this.statements = new PreparedStatements(dataSource);
  }

  handle(recorded: Recorded<BatchEvent>): Promise<void> {
    return this.batcher.add(recorded);
  }
}

/** Whether the event says something of a batch. */
export function isBatchEvent(recorded: Recorded): recorded is Recorded<BatchEvent> {
  const { event } = recorded;
  return [BatchCreated, BatchQuantityChanged, Allocated, Deallocated].some((type) => event instanceof type);
}

/**
 * Writes what the events say, in whatever order they come and however often. How much was purchased and how
 * much is left are told by different events, so each has a sequence number of its own.
 * @param table with the columns of view_batches
 * @returns the batches as they are shown now
 */
export async function writeBatches(
  source: Statements,
  events: readonly Recorded<BatchEvent>[],
  table = 'view_batches',
): Promise<BatchState[]> {
  const rows = [...fold(events).values()];
  // In the order of the keys, so that two instances never wait for each other.
  const states = await source.query<(BatchState & { position: string | null; sequence: string })[]>(
    `${RELAXED} INSERT INTO ${table} AS batch
       (ref, sku, eta, position, purchased, purchased_sequence, available, sequence)
     SELECT new.* FROM relaxed, unnest($1::text[], $2::text[], $3::date[], $4::bigint[], $5::int[], $6::bigint[], $7::int[],
                          $8::bigint[]) AS new
     ORDER BY 1
     ON CONFLICT (ref) DO UPDATE
     SET eta = coalesce(batch.eta, excluded.eta),
         position = coalesce(batch.position, excluded.position),
         purchased = CASE WHEN batch.purchased_sequence < excluded.purchased_sequence
                          THEN excluded.purchased ELSE batch.purchased END,
         purchased_sequence = greatest(batch.purchased_sequence, excluded.purchased_sequence),
         available = CASE WHEN batch.sequence < excluded.sequence
                          THEN excluded.available ELSE batch.available END,
         sequence = greatest(batch.sequence, excluded.sequence)
     RETURNING ref, sku, to_char(eta, 'YYYY-MM-DD') AS eta, position, available, sequence`,
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
  return states.map((state) => ({
    ...state,
    position: state.position === null ? null : Number(state.position),
    sequence: Number(state.sequence),
  }));
}

/** One row for each batch, of what the newest events say. */
function fold(events: readonly Recorded<BatchEvent>[]): Map<string, BatchRow> {
  const rows = new Map<string, BatchRow>();
  for (const { event, sequence } of events) {
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
