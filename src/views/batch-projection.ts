import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { DataSource } from 'typeorm';
import {
  Allocated,
  BatchCreated,
  BatchQuantityChanged,
  Deallocated,
  type Recorded,
} from '../allocation/contracts';
import { Batcher } from './batcher';

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

/**
 * Keeps what every batch holds and has left. How much was purchased and how much is left are shown by
 * different events, so each has a sequence number of its own.
 */
@EventsHandler(BatchCreated, BatchQuantityChanged, Allocated, Deallocated)
export class BatchProjection implements IEventHandler<Recorded<BatchEvent>> {
  private readonly batcher = new Batcher<Recorded<BatchEvent>>((events) => this.write(events));

  constructor(private readonly dataSource: DataSource) {}

  handle(recorded: Recorded<BatchEvent>): Promise<void> {
    return this.batcher.add(recorded);
  }

  private async write(events: readonly Recorded<BatchEvent>[]): Promise<void> {
    const rows = [...fold(events).values()];
    // In the order of the keys, so that two instances never wait for each other.
    await this.dataSource.query(
      `INSERT INTO view_batches AS batch
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
}

/** One row for each batch, of what the newest events say. */
function fold(events: readonly Recorded<BatchEvent>[]): Map<string, BatchRow> {
  const rows = new Map<string, BatchRow>();
  for (const { event, sequence } of events) {
    const { batchRef: ref, sku } = event;
    const row: BatchRow = rows.get(ref) ?? {
      ...{
        ref,
        sku,
        eta: null,
        position: null,
        purchased: null,
        purchasedSequence: 0,
        available: 0,
        sequence: 0,
      },
    };
    rows.set(ref, row);
    if (event instanceof BatchCreated) {
      row.eta = event.eta;
      row.position = sequence;
    }
    if (
      (event instanceof BatchCreated || event instanceof BatchQuantityChanged) &&
      sequence > row.purchasedSequence
    ) {
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
