import type { ProductChange } from '../../application/product-repository';
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

/**
 * The rows that changes add, change and remove, folded from their events: each row is written once
 * however often it changed, and a line that moved is removed and added.
 */
export class RowChanges {
  readonly newBatches = new Map<string, NewBatch>();
  readonly changedBatches = new Map<string, ChangedBatch>();
  readonly newAllocations: NewAllocation[] = [];
  readonly removedAllocations: { readonly sku: string; readonly orderId: string }[] = [];

  constructor(changes: readonly ProductChange[]) {
    for (const change of changes) this.fold(change);
  }

  private fold({ sku, events }: ProductChange): void {
    const added = new Map<string, NewAllocation>();
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
        added.set(orderId, { sku, orderId, qty, batchRef, position: sequence });
        this.addAllocated(batchRef, qty, sequence);
      } else if (event instanceof Deallocated) {
        if (!added.delete(event.orderId)) this.removedAllocations.push({ sku, orderId: event.orderId });
        this.addAllocated(event.batchRef, -event.qty, sequence);
      }
    }
    for (const line of added.values()) this.newAllocations.push(line);
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
