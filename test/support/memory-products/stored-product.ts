import type { ProductChange } from '../../../src/allocation/application/product-repository';
import { Batch } from '../../../src/allocation/domain/batch';
import { Product } from '../../../src/allocation/domain/product';
import { applyEvent, type StoredLine, toLine } from '../../../src/allocation/adapters/apply-event';

/** One product as it was committed. Never changed: a commit puts another in its place. */
export interface StoredProduct {
  readonly version: number;
  /** Pieces left in all its batches. */
  readonly available: number;
  /** By their references. */
  readonly batches: ReadonlyMap<string, Readonly<Batch>>;
  /** By their orders. */
  readonly lines: ReadonlyMap<string, StoredLine>;
}

/** A product that nobody knows yet. */
export const UNKNOWN: StoredProduct = { version: 0, available: 0, batches: new Map(), lines: new Map() };

/** What the events of the change make of the product. */
export function afterChange(
  stored: StoredProduct,
  { loadedVersion, events }: Pick<ProductChange, 'loadedVersion' | 'events'>,
): StoredProduct {
  const batches = new Map(stored.batches);
  const lines = new Map(stored.lines);
  let { available } = stored;
  for (const recorded of events) {
    applyEvent(recorded, {
      addAvailable: (pieces) => (available += pieces),
      addBatch: (batchRef, qty, eta, sequence) =>
        batches.set(batchRef, new Batch(batchRef, qty, eta, sequence)),
      changeBatch: (batchRef, { purchased, eta, allocated = 0, dispatched = 0 }, sequence) => {
        const batch = batches.get(batchRef)!.copy();
        batch.purchasedQuantity = purchased ?? batch.purchasedQuantity;
        if (eta !== undefined) batch.eta = eta;
        batch.allocatedQuantity += allocated;
        batch.dispatchedQuantity += dispatched;
        batch.sequence = sequence;
        batches.set(batchRef, batch);
      },
      putLine: (line) => lines.set(line.orderId, line),
      removeLine: (_sku, orderId) => lines.delete(orderId),
    });
  }
  return { version: loadedVersion + events.length, available, batches, lines };
}

/** The product with some of its batches and lines, to be worked on: what is done to it leaves the stored one alone. */
export function productOf(
  sku: string,
  { version, available }: StoredProduct,
  batches: Iterable<Readonly<Batch>>,
  lines: Iterable<StoredLine>,
  now: Date,
): Product {
  const copies = new Map([...batches].map((batch) => [batch.ref, batch.copy()]));
  const known = [...lines].map((row) => toLine(row, copies));
  return new Product(sku, version, available, copies.values(), known, now);
}
