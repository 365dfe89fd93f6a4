import type { Recorded } from '../application/recorded';
import { type ByEventType, changeOfAvailable, forEvent } from '../domain/events';
import { OrderLine } from '../domain/order-line';

/** The rows that a store keeps of a product. Batches and lines remember the `sequence` of the event that concerned them. */
export interface ProductRows {
  /** The pieces left in all batches together change by so many. */
  addAvailable(pieces: number): void;
  addBatch(reference: string, qty: number, eta: string | null, sequence: number): void;
  /** A batch holds another quantity than before. */
  setPurchased(reference: string, qty: number, sequence: number): void;
  /** A line is tied to a batch, whose allocated pieces become more by those of the line. */
  addLine(line: OrderLine, batchRef: string, sequence: number): void;
  /** A line is no longer tied to its batch, whose allocated pieces become fewer. */
  removeLine(line: OrderLine, batchRef: string, sequence: number): void;
}

const effects: ByEventType<[ProductRows, number], void> = {
  BatchCreated: ({ batchRef, qty, eta }, rows, sequence) => rows.addBatch(batchRef, qty, eta, sequence),
  BatchQuantityChanged: ({ batchRef, qty }, rows, sequence) => rows.setPurchased(batchRef, qty, sequence),
  Allocated: ({ orderId, sku, qty, batchRef }, rows, sequence) =>
    rows.addLine(new OrderLine(orderId, sku, qty), batchRef, sequence),
  Deallocated: ({ orderId, sku, qty, batchRef }, rows, sequence) =>
    rows.removeLine(new OrderLine(orderId, sku, qty), batchRef, sequence),
  OutOfStock: () => {},
};

/** Does to the rows of a product what the event did to the product: the one place that says so, for every store. */
export function applyEvent({ event, sequence }: Recorded, rows: ProductRows): void {
  rows.addAvailable(changeOfAvailable(event));
  forEvent(effects, event, rows, sequence);
}
