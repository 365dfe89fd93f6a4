import type { Recorded } from '../application/recorded';
import type { Batch } from '../domain/batch';
import { type ByEventType, changeOfAvailable, forEvent } from '../domain/events';
import type { Line, LinePromise } from '../domain/line';
import { OrderLine } from '../domain/order-line';

/** A line as a store keeps it. What does not apply to its state is null. */
export interface StoredLine {
  readonly orderId: string;
  readonly sku: string;
  /** Pieces. */
  readonly qty: number;
  readonly state: Line['state'];
  /** The batch of a line that is reserved, allocated or dispatched. */
  readonly batchRef: string | null;
  readonly priority: number;
  readonly wait: boolean;
  readonly askedSequence: number;
  /** When a reservation ends, as by Date.toISOString. */
  readonly expiresAt: string | null;
  /** For how long a waiting line is reserved once there is a batch for it, in seconds. */
  readonly reserveFor: number | null;
  /** What a waiting line was told last: which batch it had, and for when. */
  readonly lastPromise: LinePromise | null;
}

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

const effects: ByEventType<[ProductRows, number], void> = {
  BatchCreated: ({ batchRef, qty, eta }, rows, sequence) => rows.addBatch(batchRef, qty, eta, sequence),
  BatchQuantityChanged: ({ batchRef, qty }, rows, sequence) =>
    rows.changeBatch(batchRef, { purchased: qty }, sequence),
  StockAdjusted: ({ batchRef, qty }, rows, sequence) =>
    rows.changeBatch(batchRef, { purchased: qty }, sequence),
  BatchArrived: ({ batchRef, qty }, rows, sequence) =>
    rows.changeBatch(batchRef, { purchased: qty, eta: null }, sequence),
  BatchEtaChanged: ({ batchRef, eta }, rows, sequence) => rows.changeBatch(batchRef, { eta }, sequence),
  Allocated: (event, rows, sequence) => {
    rows.changeBatch(event.batchRef, { allocated: event.qty }, sequence);
    rows.putLine(heldLine(event, event.askedSequence ?? sequence, 'allocated', null), sequence);
  },
  Reserved: (event, rows, sequence) => {
    rows.changeBatch(event.batchRef, { allocated: event.qty }, sequence);
    rows.putLine(heldLine(event, event.askedSequence, 'reserved', event.expiresAt), sequence);
  },
  ReservationExtended: (event, rows, sequence) =>
    rows.putLine(heldLine(event, event.askedSequence, 'reserved', event.expiresAt), sequence),
  ReservationConfirmed: (event, rows, sequence) =>
    rows.putLine(heldLine(event, event.askedSequence, 'allocated', null), sequence),
  ReservationExpired: (event, rows, sequence) => {
    rows.changeBatch(event.batchRef, { allocated: -event.qty }, sequence);
    rows.putLine(unservedLine(event, 'expired', null, null), sequence);
  },
  Deallocated: ({ sku, orderId, qty, batchRef }, rows, sequence) => {
    rows.changeBatch(batchRef, { allocated: -qty }, sequence);
    rows.removeLine(sku, orderId);
  },
  OutOfStock: nothing,
  Waitlisted: (event, rows, sequence) => {
    const { orderId, sku, qty, priority, askedSequence, reserveFor, lastPromise } = event;
    const line = { orderId, sku, qty, priority, wait: true, askedSequence };
    rows.putLine(unservedLine(line, 'waiting', reserveFor, lastPromise), sequence);
  },
  WaitCancelled: ({ sku, orderId }, rows) => rows.removeLine(sku, orderId),
  Dispatched: (event, rows, sequence) => {
    rows.changeBatch(event.batchRef, { dispatched: event.qty }, sequence);
    rows.putLine(heldLine(event, event.askedSequence, 'dispatched', null), sequence);
  },
  TermsChanged: (event, rows, sequence) => {
    const { batchRef, state, expiresAt, reserveFor, lastPromise } = event;
    rows.putLine(
      batchRef === null
        ? unservedLine(event, state, reserveFor, lastPromise)
        : heldLine({ ...event, batchRef }, event.askedSequence, state, expiresAt),
      sequence,
    );
  },
  PromiseChanged: (event, rows, sequence) =>
    rows.putLine(heldLine(event, event.askedSequence, event.state, event.expiresAt), sequence),
};

/** Does to the rows of a product what the event did to the product: the one place that says so, for every store. */
export function applyEvent({ event, sequence }: Recorded, rows: ProductRows): void {
  rows.addAvailable(changeOfAvailable(event));
  forEvent(effects, event, rows, sequence);
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

/** What the events of a line say of it, in whatever state it is. */
interface LineEvent {
  readonly orderId: string;
  readonly sku: string;
  readonly qty: number;
  readonly priority: number;
  readonly wait: boolean;
}

/** A line that has pieces of a batch. Field by field, since every allocation comes by here. */
function heldLine(
  { orderId, sku, qty, batchRef, priority, wait }: LineEvent & { readonly batchRef: string },
  askedSequence: number,
  state: Line['state'],
  expiresAt: string | null,
): StoredLine {
  return {
    orderId,
    sku,
    qty,
    state,
    batchRef,
    priority,
    wait,
    askedSequence,
    expiresAt,
    reserveFor: null,
    lastPromise: null,
  };
}

/** A line that has no pieces. */
function unservedLine(
  { orderId, sku, qty, priority, wait, askedSequence }: LineEvent & { readonly askedSequence: number },
  state: Line['state'],
  reserveFor: number | null,
  lastPromise: LinePromise | null,
): StoredLine {
  return {
    orderId,
    sku,
    qty,
    state,
    batchRef: null,
    priority,
    wait,
    askedSequence,
    expiresAt: null,
    reserveFor,
    lastPromise,
  };
}
