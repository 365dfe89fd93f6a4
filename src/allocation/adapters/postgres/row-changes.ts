import type { ProductChange } from '../../application/product-repository';
import type { Recorded } from '../../application/recorded';
import { type LineKey, lineKey } from '../../domain/order-line';
import { applyEvent, type BatchRowChange, type StoredLine, type ProductRows } from '../apply-event';

/** A batch that came into being in a change. */
export interface NewBatch {
  readonly ref: string;
  readonly sku: string;
  readonly createdSequence: number;
  readonly createdQuantity: number;
  readonly createdEta: string | null;
  purchasedQuantity: number;
  allocatedQuantity: number;
  dispatchedQuantity: number;
  eta: string | null;
  sequence: number;
}

/** What happened to a batch that was there before. */
export interface ChangedBatch {
  readonly ref: string;
  /** The new quantity; null when it stays. */
  purchasedQuantity: number | null;
  /** What is to be added to the pieces allocated; negative when lines left. */
  allocatedDelta: number;
  dispatchedDelta: number;
  /** The new day of arrival; undefined when it stays. */
  eta: string | null | undefined;
  /** The last event that concerned it. */
  sequence: number;
}

/** A line as it is after a change. */
export interface ChangedLine {
  readonly line: StoredLine;
  /** The last event that told of it, and when that was. */
  readonly sequence: number;
  readonly changedAt: Date;
}

/** The rows that the events of products add, change and remove: each row is written once however often it changed. */
export class RowChanges {
  readonly newBatches = new Map<string, NewBatch>();
  readonly changedBatches = new Map<string, ChangedBatch>();
  /** Lines that were asked for in the change; there may be a row still of one that expired. By SKU and order. */
  readonly newLines = new Map<string, ChangedLine>();
  readonly changedLines = new Map<string, ChangedLine>();
  readonly removedLines = new Map<string, LineKey>();

  /** Takes in the next events of a product. */
  fold({ sku, loadedVersion }: ProductChange, events: readonly Recorded[]): void {
    let occurredAt = new Date(0);
    const rows: ProductRows = {
      // The row of the product is updated with its version.
      addAvailable: () => {},
      addBatch: (batchRef, qty, eta, sequence) =>
        this.newBatches.set(batchRef, {
          ref: batchRef,
          sku,
          createdSequence: sequence,
          createdQuantity: qty,
          createdEta: eta,
          purchasedQuantity: qty,
          allocatedQuantity: 0,
          dispatchedQuantity: 0,
          eta,
          sequence,
        }),
      changeBatch: (batchRef, change, sequence) => this.changeBatch(batchRef, change, sequence),
      putLine: (line, sequence) => {
        const key = lineKey(line);
        const changed = { line, sequence, changedAt: occurredAt };
        if (line.askedSequence > loadedVersion) this.newLines.set(key, changed);
        else {
          this.removedLines.delete(key);
          this.changedLines.set(key, changed);
        }
      },
      removeLine: (_sku, orderId) => {
        const key = lineKey({ sku, orderId });
        this.newLines.delete(key);
        this.changedLines.delete(key);
        this.removedLines.set(key, { sku, orderId });
      },
    };
    for (const recorded of events) {
      ({ occurredAt } = recorded);
      applyEvent(recorded, rows);
    }
  }

  private changeBatch(
    batchRef: string,
    { purchased, eta, allocated = 0, dispatched = 0 }: BatchRowChange,
    sequence: number,
  ): void {
    const created = this.newBatches.get(batchRef);
    if (created) {
      created.allocatedQuantity += allocated;
      created.dispatchedQuantity += dispatched;
    } else {
      let changed = this.changedBatches.get(batchRef);
      if (!changed) this.changedBatches.set(batchRef, (changed = unchanged(batchRef, sequence)));
      changed.allocatedDelta += allocated;
      changed.dispatchedDelta += dispatched;
    }
    const batch = created ?? this.changedBatches.get(batchRef)!;
    batch.purchasedQuantity = purchased ?? batch.purchasedQuantity;
    if (eta !== undefined) batch.eta = eta;
    batch.sequence = sequence;
  }
}

function unchanged(batchRef: string, sequence: number): ChangedBatch {
  return {
    ref: batchRef,
    purchasedQuantity: null,
    allocatedDelta: 0,
    dispatchedDelta: 0,
    eta: undefined,
    sequence,
  };
}
