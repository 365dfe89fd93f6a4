import { Batch, byPreference } from './batch';
import {
  type AdjustmentReason,
  Allocated,
  BatchArrived,
  BatchCreated,
  BatchEtaChanged,
  BatchQuantityChanged,
  changeOfAvailable,
  Deallocated,
  type DeallocationReason,
  Dispatched,
  type DomainEvent,
  OutOfStock,
  type PlacementCause,
  PromiseChanged,
  ReservationConfirmed,
  ReservationExpired,
  ReservationExtended,
  Reserved,
  StockAdjusted,
  TermsChanged,
  WaitCancelled,
  Waitlisted,
} from './events';
import { type HeldLine, type Line, type LinePromise, type SeekingLine, type WaitingLine } from './line';

/**
 * The state of one product: its batches, its lines, and what each batch holds for which line. Each method enters one
 * thing that happens, and raises its event. Whether it may happen, and what else has to, is for the Product to say.
 *
 * Lines and events are written out field by field: a hundred thousand of them come into being in one change, and an object
 * that is spread into another one costs thirty times as much (docs/adr/0041-large-changes.md).
 */
export class Stock {
  /** Raised since the product was loaded, oldest first; number `loadedVersion + 1` onwards. */
  readonly events: DomainEvent[] = [];
  /** In the order of rule 2. */
  readonly batches: Batch[];
  private readonly lines = new Map<string, Line>();

  /** @param available pieces left in all batches, those that are not loaded included */
  constructor(
    readonly sku: string,
    readonly loadedVersion: number,
    public available: number,
    batches: Iterable<Batch>,
    lines: Iterable<Line>,
  ) {
    this.batches = [...batches].sort(byPreference);
    for (const line of lines) this.lines.set(line.line.orderId, line);
  }

  get versionNumber(): number {
    return this.loadedVersion + this.events.length;
  }

  /** The number of the event that is raised next. */
  get nextSequence(): number {
    return this.versionNumber + 1;
  }

  batch(batchRef: string): Batch | undefined {
    return this.batches.find((batch) => batch.ref === batchRef);
  }

  line(orderId: string): Line | undefined {
    return this.lines.get(orderId);
  }

  /** The lines for which the batch holds pieces, but those that have left with theirs; in no order. */
  heldBy(batch: Batch): HeldLine[] {
    return this.held().filter((line) => line.batch === batch);
  }

  /** The reservations that ran out by `now`; in no order. */
  expired(now: Date): HeldLine[] {
    return this.held().filter(
      ({ expiresAt }) => expiresAt !== null && Date.parse(expiresAt) <= now.getTime(),
    );
  }

  /** The lines on the wait-list; in no order. */
  waiting(): WaitingLine[] {
    return [...this.lines.values()].filter((line) => line.state === 'waiting');
  }

  addBatch(batchRef: string, qty: number, eta: string | null): void {
    this.raise(new BatchCreated(this.sku, batchRef, qty, eta));
    this.insert(new Batch(batchRef, qty, eta, this.versionNumber));
  }

  setQuantity(batch: Batch, qty: number): void {
    const { ref: batchRef, purchasedQuantity: previous } = batch;
    batch.purchasedQuantity = qty;
    this.raise(new BatchQuantityChanged(this.sku, batchRef, qty, previous, batch.available), batch);
  }

  adjust(batch: Batch, qty: number, reason: AdjustmentReason, note: string | null): void {
    const { ref: batchRef, purchasedQuantity: previous } = batch;
    batch.purchasedQuantity = qty;
    this.raise(new StockAdjusted(this.sku, batchRef, qty, previous, batch.available, reason, note), batch);
  }

  /** @param eta the day for which the batch was expected */
  arrive(batch: Batch, eta: string, qty: number): void {
    const { ref: batchRef, purchasedQuantity: previous } = batch;
    batch.purchasedQuantity = qty;
    this.moveTo(null, batch);
    this.raise(new BatchArrived(this.sku, batchRef, eta, qty, previous, batch.available), batch);
  }

  /** @param previous the day for which it was expected before */
  changeEta(batch: Batch, eta: string, previous: string): void {
    this.moveTo(eta, batch);
    this.raise(new BatchEtaChanged(this.sku, batch.ref, eta, previous, batch.available), batch);
  }

  /** The batch holds pieces for the line, for good or until its `expiresAt`. */
  hold(seeking: SeekingLine, batch: Batch, cause: PlacementCause): HeldLine {
    const { line, priority, wait, askedSequence, expiresAt } = seeking;
    const { orderId, sku, qty } = line;
    batch.allocatedQuantity += qty;
    const { ref: batchRef, eta, available } = batch;
    this.raise(
      expiresAt === null
        ? new Allocated(sku, orderId, qty, batchRef, eta, available, priority, wait, askedSequence, cause)
        : new Reserved({
            sku,
            orderId,
            qty,
            batchRef,
            eta,
            available,
            priority,
            wait,
            askedSequence,
            expiresAt,
            cause,
          }),
      batch,
    );
    const state = expiresAt === null ? 'allocated' : 'reserved';
    return this.enter({ line, priority, wait, askedSequence, expiresAt, state, batch });
  }

  /** The batch has the pieces of the line back; whoever calls it says where the line is then. */
  release(held: HeldLine, reason: DeallocationReason): void {
    const { line, batch } = held;
    batch.allocatedQuantity -= line.qty;
    this.lines.delete(line.orderId);
    this.raise(new Deallocated(this.sku, line.orderId, line.qty, batch.ref, batch.available, reason), batch);
  }

  /** The batch has the pieces of a reservation back that ran out. */
  expire(held: HeldLine): void {
    const { line, priority, wait, askedSequence, expiresAt, batch } = held;
    const { orderId, sku, qty } = line;
    batch.allocatedQuantity -= qty;
    this.raise(
      new ReservationExpired({
        sku,
        orderId,
        qty,
        batchRef: batch.ref,
        available: batch.available,
        priority,
        wait,
        askedSequence,
        expiresAt: expiresAt!,
      }),
      batch,
    );
    this.enter({ line, priority, wait, askedSequence, state: 'expired' });
  }

  extend(held: HeldLine, expiresAt: string): HeldLine {
    const { line, priority, wait, askedSequence, expiresAt: previousExpiresAt, state, batch } = held;
    const { orderId, sku, qty } = line;
    this.raise(
      new ReservationExtended({
        sku,
        orderId,
        qty,
        batchRef: batch.ref,
        eta: batch.eta,
        priority,
        wait,
        askedSequence,
        expiresAt,
        previousExpiresAt: previousExpiresAt!,
      }),
    );
    return this.enter({ line, priority, wait, askedSequence, expiresAt, state, batch });
  }

  confirm({ line, priority, wait, askedSequence, batch }: HeldLine): HeldLine {
    const { orderId, sku, qty } = line;
    this.raise(
      new ReservationConfirmed({
        sku,
        orderId,
        qty,
        batchRef: batch.ref,
        eta: batch.eta,
        priority,
        wait,
        askedSequence,
      }),
    );
    return this.enter({ line, priority, wait, askedSequence, expiresAt: null, state: 'allocated', batch });
  }

  dispatch({ line, priority, wait, askedSequence, expiresAt, batch }: HeldLine): void {
    const { orderId, sku, qty } = line;
    batch.dispatchedQuantity += qty;
    this.raise(
      new Dispatched({
        sku,
        orderId,
        qty,
        batchRef: batch.ref,
        available: batch.available,
        dispatched: batch.dispatchedQuantity,
        priority,
        wait,
        askedSequence,
      }),
      batch,
    );
    this.enter({ line, priority, wait, askedSequence, expiresAt, state: 'dispatched', batch });
  }

  /** No batch could take the line. */
  refuse({ line: { orderId, qty } }: SeekingLine): void {
    this.raise(new OutOfStock(this.sku, orderId, qty, this.available));
  }

  /**
   * The line waits until a batch can take it.
   * @param reserveFor seconds for which it is to be reserved then; null: for good
   * @param lastPromise what the customer was told last, if anything
   */
  enqueue(seeking: SeekingLine, reserveFor: number | null, lastPromise: LinePromise | null): WaitingLine {
    const { line, priority, wait, askedSequence } = seeking;
    const { orderId, sku, qty } = line;
    this.raise(new Waitlisted({ sku, orderId, qty, priority, askedSequence, reserveFor, lastPromise }));
    return this.enter({ line, priority, wait, askedSequence, reserveFor, lastPromise, state: 'waiting' });
  }

  leaveWaitList({ line: { orderId, qty } }: WaitingLine): void {
    this.raise(new WaitCancelled(this.sku, orderId, qty));
    this.lines.delete(orderId);
  }

  /** The line is wanted on other terms: as `changed`, which has the state that it had. */
  changeTerms<L extends HeldLine | WaitingLine>(line: L, changed: L): L {
    const { line: asked, priority, wait, askedSequence } = changed;
    const isWaiting = changed.state === 'waiting';
    this.raise(
      new TermsChanged({
        sku: asked.sku,
        orderId: asked.orderId,
        qty: asked.qty,
        state: changed.state as TermsChanged['state'],
        batchRef: isWaiting ? null : changed.batch.ref,
        eta: isWaiting ? null : changed.batch.eta,
        priority,
        previousPriority: line.priority,
        wait,
        askedSequence,
        expiresAt: isWaiting ? null : changed.expiresAt,
        reserveFor: isWaiting ? changed.reserveFor : null,
        lastPromise: isWaiting ? changed.lastPromise : null,
      }),
    );
    return this.enter(changed);
  }

  /** The customer has to be told another day; `previous` is what he was told last. */
  changePromise(
    { line, priority, wait, askedSequence, expiresAt, state, batch }: HeldLine,
    previous: LinePromise,
  ): void {
    this.raise(
      new PromiseChanged({
        sku: line.sku,
        orderId: line.orderId,
        qty: line.qty,
        state: state as PromiseChanged['state'],
        batchRef: batch.ref,
        eta: batch.eta,
        previousBatchRef: previous.batchRef,
        previousEta: previous.eta,
        priority,
        wait,
        askedSequence,
        expiresAt,
      }),
    );
  }

  private held(): HeldLine[] {
    return [...this.lines.values()].filter(
      ({ state }) => state === 'reserved' || state === 'allocated',
    ) as HeldLine[];
  }

  private enter<L extends Line>(line: L): L {
    this.lines.set(line.line.orderId, line);
    return line;
  }

  /** Gives the batch its place in the order of rule 2. */
  private insert(batch: Batch): void {
    const next = this.batches.findIndex((other) => byPreference(batch, other) < 0);
    this.batches.splice(next < 0 ? this.batches.length : next, 0, batch);
  }

  private moveTo(eta: string | null, batch: Batch): void {
    this.batches.splice(this.batches.indexOf(batch), 1);
    batch.eta = eta;
    this.insert(batch);
  }

  private raise(event: DomainEvent, concerned?: Batch): void {
    this.events.push(event);
    this.available += changeOfAvailable(event);
    if (concerned) concerned.sequence = this.versionNumber;
  }
}
