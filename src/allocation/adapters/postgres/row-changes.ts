import type { Recorded } from '../../application/recorded';
import { Allocated, BatchCreated, BatchQuantityChanged, Deallocated } from '../../domain/events';

/** A batch that came into being in a change. */
export interface NewBatch {
  readonly reference: string;
  readonly sku: string;
  readonly eta: string | null;
  readonly position: number;
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
  readonly position: number;
}

export interface AllocationKey {
  readonly sku: string;
  readonly orderId: string;
}

/**
 * The rows that events add, change and remove: each row is written once however often it changed, and a line
 * that moved is removed and added.
 */
export class RowChanges {
  readonly newBatches = new Map<string, NewBatch>();
  readonly changedBatches = new Map<string, ChangedBatch>();
  /** By SKU and order. */
  readonly newAllocations = new Map<string, NewAllocation>();
  readonly removedAllocations: AllocationKey[] = [];

  /** Takes in the next events of a SKU. */
  fold(sku: string, events: readonly Recorded[]): void {
    for (const { event, sequence } of events) {
      if (event instanceof BatchCreated) {
        const { batchRef: reference, qty: purchasedQuantity, eta } = event;
        const batch = {
          reference,
          sku,
          eta,
          position: sequence,
          createdQuantity: purchasedQuantity,
          purchasedQuantity,
          allocatedQuantity: 0,
          sequence,
        };
        this.newBatches.set(reference, batch);
      } else if (event instanceof BatchQuantityChanged) {
        this.batch(event.batchRef, sequence).purchasedQuantity = event.qty;
      } else if (event instanceof Allocated) {
        const { orderId, qty, batchRef } = event;
        this.newAllocations.set(lineKey(event), { sku, orderId, qty, batchRef, position: sequence });
        this.addAllocated(batchRef, qty, sequence);
      } else if (event instanceof Deallocated) {
        const isNew = this.newAllocations.delete(lineKey(event));
        if (!isNew) this.removedAllocations.push({ sku, orderId: event.orderId });
        this.addAllocated(event.batchRef, -event.qty, sequence);
      }
    }
  }

  private addAllocated(reference: string, qty: number, sequence: number): void {
    const batch = this.batch(reference, sequence);
    if ('allocatedDelta' in batch) batch.allocatedDelta += qty;
    else batch.allocatedQuantity += qty;
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

function lineKey({ orderId, sku }: { readonly orderId: string; readonly sku: string }): string {
  return `${orderId}\0${sku}`;
}
