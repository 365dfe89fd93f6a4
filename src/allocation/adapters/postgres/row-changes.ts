import type { Recorded } from '../../application/recorded';
import { applyEvent, type ProductRows } from '../apply-event';

/** A batch that came into being in a change. */
export interface NewBatch {
  readonly reference: string;
  readonly sku: string;
  readonly eta: string | null;
  readonly createdSequence: number;
  readonly createdQuantity: number;
  purchasedQuantity: number;
  allocatedQuantity: number;
  sequence: number;
}

/** What happened to a batch that was there before. */
export interface ChangedBatch {
  readonly reference: string;
  /** The new quantity; null when it stays. */
  purchasedQuantity: number | null;
  /** What is to be added to the pieces allocated; negative when lines left. */
  allocatedDelta: number;
  /** The last event that concerned it. */
  sequence: number;
}

export interface NewAllocation {
  readonly sku: string;
  readonly orderId: string;
  readonly qty: number;
  readonly batchRef: string;
  readonly allocatedSequence: number;
  readonly allocatedAt: Date;
}

export interface AllocationKey {
  readonly sku: string;
  readonly orderId: string;
}

/**
 * The rows that the events of products add, change and remove: each row is written once however often it changed, and a
 * line that moved is removed and added.
 */
export class RowChanges {
  readonly newBatches = new Map<string, NewBatch>();
  readonly changedBatches = new Map<string, ChangedBatch>();
  /** By SKU and order. */
  readonly newAllocations = new Map<string, NewAllocation>();
  readonly removedAllocations: AllocationKey[] = [];

  /** Takes in the next events of a SKU. */
  fold(sku: string, events: readonly Recorded[]): void {
    let occurredAt = new Date(0);
    const rows: ProductRows = {
      // The row of the product is updated with its version.
      addAvailable: () => {},
      addBatch: (reference, qty, eta, sequence) =>
        this.newBatches.set(reference, {
          reference,
          sku,
          eta,
          createdSequence: sequence,
          createdQuantity: qty,
          purchasedQuantity: qty,
          allocatedQuantity: 0,
          sequence,
        }),
      changeBatch: (reference, { purchased, eta, allocated = 0, dispatched }, sequence) => {
        if (eta !== undefined || dispatched !== undefined) throw notStored(reference);
        const batch = this.batch(reference, sequence);
        batch.purchasedQuantity = purchased ?? batch.purchasedQuantity;
        if ('allocatedDelta' in batch) batch.allocatedDelta += allocated;
        else batch.allocatedQuantity += allocated;
      },
      putLine: ({ orderId, qty, state, batchRef, priority, wait }, sequence) => {
        if (state !== 'allocated' || priority !== 0 || wait) throw notStored(orderId);
        this.newAllocations.set(keyOf(sku, orderId), {
          ...{ sku, orderId, qty },
          batchRef: batchRef!,
          allocatedSequence: sequence,
          allocatedAt: occurredAt,
        });
      },
      removeLine: (_sku, orderId) => {
        const isNew = this.newAllocations.delete(keyOf(sku, orderId));
        if (!isNew) this.removedAllocations.push({ sku, orderId });
      },
    };
    for (const recorded of events) {
      ({ occurredAt } = recorded);
      applyEvent(recorded, rows);
    }
  }

  /** The row of a batch, new or changed, that the event of this sequence number concerns. */
  private batch(reference: string, sequence: number): NewBatch | ChangedBatch {
    let batch = this.newBatches.get(reference) ?? this.changedBatches.get(reference);
    if (!batch) {
      batch = { reference, purchasedQuantity: null, allocatedDelta: 0, sequence };
      this.changedBatches.set(reference, batch);
    }
    batch.sequence = sequence;
    return batch;
  }
}

function keyOf(sku: string, orderId: string): string {
  return `${orderId}\0${sku}`;
}

/** The tables have no columns yet for what is new in the life of a line and of a batch. */
function notStored(what: string): Error {
  return new Error(`What happened to ${what} cannot be stored in PostgreSQL yet`);
}
