import type { Recorded } from '../application/recorded';
import type { Batch } from '../domain/batch';
import { type ByEventType, changeOfAvailable, forEvent } from '../domain/events';
import type { Line } from '../domain/line';
import { isKnown, type KnownLine, lineAfter } from '../domain/line-after';
import { OrderLine } from '../domain/order-line';

/** A line as a store keeps it; when its batch arrives is kept with the batch. */
export type StoredLine = Omit<KnownLine, 'eta'>;

/** What becomes different of a batch; what is left out stays. */
export interface BatchRowChange {
  /** Pieces that it holds now. */
  readonly purchased?: number;
  /** When it arrives now; null: it is in the warehouse. */
  readonly eta?: string | null;
  /** Pieces more that lines have of it; negative: fewer. */
  readonly allocated?: number;
  /** Pieces more that have left it. */
  readonly dispatched?: number;
}

/** The rows that a store keeps of a product. Batches remember the `sequence` of the event that concerned them last. */
export interface ProductRows {
  /** The pieces left in all batches together change by so many. */
  addAvailable(pieces: number): void;
  addBatch(batchRef: string, qty: number, eta: string | null, sequence: number): void;
  changeBatch(batchRef: string, change: BatchRowChange, sequence: number): void;
  /** The line is like this now, whether there is a row of it or not. */
  putLine(line: StoredLine, sequence: number): void;
  /** There is no line any more; its batch has been changed already. */
  removeLine(sku: string, orderId: string): void;
}

const nothing = () => {};

const changesOfBatches: ByEventType<[ProductRows, number], void> = {
  BatchCreated: ({ batchRef, qty, eta }, rows, sequence) => rows.addBatch(batchRef, qty, eta, sequence),
  BatchQuantityChanged: ({ batchRef, qty }, rows, sequence) =>
    rows.changeBatch(batchRef, { purchased: qty }, sequence),
  StockAdjusted: ({ batchRef, qty }, rows, sequence) =>
    rows.changeBatch(batchRef, { purchased: qty }, sequence),
  BatchArrived: ({ batchRef, qty }, rows, sequence) =>
    rows.changeBatch(batchRef, { purchased: qty, eta: null }, sequence),
  BatchEtaChanged: ({ batchRef, eta }, rows, sequence) => rows.changeBatch(batchRef, { eta }, sequence),
  Allocated: takePieces,
  Reserved: takePieces,
  ReservationExtended: nothing,
  ReservationConfirmed: nothing,
  ReservationExpired: returnPieces,
  Deallocated: returnPieces,
  OutOfStock: nothing,
  Waitlisted: nothing,
  WaitCancelled: nothing,
  Dispatched: ({ batchRef, qty }, rows, sequence) =>
    rows.changeBatch(batchRef, { dispatched: qty }, sequence),
  TermsChanged: nothing,
  PromiseChanged: nothing,
};

interface PiecesOfBatch {
  readonly batchRef: string;
  readonly qty: number;
}

function takePieces({ batchRef, qty }: PiecesOfBatch, rows: ProductRows, sequence: number): void {
  rows.changeBatch(batchRef, { allocated: qty }, sequence);
}

function returnPieces({ batchRef, qty }: PiecesOfBatch, rows: ProductRows, sequence: number): void {
  rows.changeBatch(batchRef, { allocated: -qty }, sequence);
}

/** Does to the rows of a product what the event did to the product: the one place that says so, for every store. */
export function applyEvent({ event, sequence }: Recorded, rows: ProductRows): void {
  rows.addAvailable(changeOfAvailable(event));
  forEvent(changesOfBatches, event, rows, sequence);
  const line = lineAfter(event, sequence);
  if (!line) return;
  if (isKnown(line)) rows.putLine(line, sequence);
  // A line that is refused is not known: it was never held, or what it held has been given back before.
  else if (line.state === 'deallocated') rows.removeLine(line.sku, line.orderId);
}

/** The line of a row. @param batches by their references, those included that hold or held pieces of the line */
export function toLine(row: StoredLine, batches: ReadonlyMap<string, Batch>): Line {
  const { priority, wait, askedSequence, state, expiresAt, reserveFor, lastPromise } = row;
  const line = new OrderLine(row.orderId, row.sku, row.qty);
  if (state === 'expired') return { line, priority, wait, askedSequence, state };
  if (state === 'waiting') return { line, priority, wait, askedSequence, state, reserveFor, lastPromise };
  const batch = batches.get(row.batchRef!);
  if (!batch) throw new Error(`Batch ${row.batchRef} of a line that has pieces of it was not loaded`);
  return { line, priority, wait, askedSequence, expiresAt, state, batch };
}
