// The rules of the business are applied here, and named by their numbers in docs/rules.md.
import { type Batch, MOST_PIECES } from './batch';
import { choose, consider } from './decision';
import {
  BatchArrivedAlready,
  BatchChanged,
  BatchConflict,
  BatchNotArrived,
  BatchNotFound,
  ExpiredReservation,
  LineConflict,
  LineDispatched,
  LineNotAllocated,
  LineNotConfirmed,
  QuantityOutOfBounds,
} from './errors';
import type { AdjustmentReason, DomainEvent } from './events';
import { type Explanation, explainKnown, explainSeeking } from './explanation';
import {
  type HeldLine,
  type Line,
  type LinePromise,
  linePromiseOf,
  type SeekingLine,
  type WaitingLine,
} from './line';
import { OrderLine, type Terms } from './order-line';
import { Placement } from './placement';
import { byExpiry, endOf, longer } from './reservation';
import { Stock } from './stock';

/**
 * One SKU with its batches: the aggregate, and the boundary within which stock is consistent (the
 * book's chapter 7).
 *
 * Every change raises events, and the version number is the number of events that the product has
 * ever raised. So it tells two writers apart, numbers the events without gaps, and orders batches and
 * lines by age, all at once. A product of version 0 is one that nobody knows yet.
 *
 * A method that throws leaves the product as it was: each checks first and changes afterwards.
 *
 * A product may be loaded in part: with the batches that could take what is asked for, and with the
 * lines that the unit of work names, displaces or could serve (docs/adr/0017-the-life-of-a-line.md). What
 * it has left is counted over all its batches all the same.
 */
export class Product {
  private readonly stock: Stock;
  private readonly placement: Placement;
  private isUpToDate = false;

  /**
   * @param loadedVersion events raised so far, 0 for a SKU that nobody knows yet
   * @param available pieces left in all its batches, those that are not loaded included
   * @param batches in any order
   * @param lines lines of those batches, and lines without one, in any order
   * @param now the time of the store, which all writers share
   * @param waitingBefore how many lines wait before the one in question that were not loaded
   */
  constructor(
    readonly sku: string,
    readonly loadedVersion = 0,
    available = 0,
    batches: Iterable<Batch> = [],
    lines: Iterable<Line> = [],
    private readonly now = new Date(0),
    private readonly waitingBefore = 0,
  ) {
    this.stock = new Stock(sku, loadedVersion, available, batches, lines);
    this.placement = new Placement(this.stock, now);
  }

  /** Raised since the product was loaded, oldest first; number `loadedVersion + 1` onwards. */
  get events(): readonly DomainEvent[] {
    return this.stock.events;
  }

  get versionNumber(): number {
    return this.stock.versionNumber;
  }

  /** Pieces left in all batches together. Negative only inside a change of quantity, never after it. */
  get available(): number {
    return this.stock.available;
  }

  /** Whether a batch of the SKU was ever created (rule 9). */
  get isKnown(): boolean {
    return this.versionNumber > 0;
  }

  /** The line that the order has of this SKU, as far as it was loaded. */
  line(orderId: string): Line | undefined {
    return this.stock.line(orderId);
  }

  /** The line that the order has of this SKU, if a batch holds its pieces, or held them until they were dispatched. */
  allocationOf(orderId: string): HeldLine | undefined {
    const line = this.stock.line(orderId);
    return line?.state === 'waiting' || line?.state === 'expired' ? undefined : line;
  }

  /** The batch, as far as it was loaded. */
  batch(batchRef: string): Batch | undefined {
    return this.stock.batch(batchRef);
  }

  /**
   * Gives back what was reserved for longer than that, and serves who waits for it (rules 12 and 13). It comes before
   * anything else that is done with the product, which then need not think of the time: what ran out is free.
   */
  expireReservations(): void {
    if (this.isUpToDate) return;
    this.isUpToDate = true;
    const expired = this.stock.expired(this.now).sort(byExpiry);
    for (const line of expired) this.stock.expire(line);
    if (expired.length > 0) this.placement.serveWaiting();
  }

  /**
   * Adds a batch; the first one makes the SKU known (rule 9). A batch that exists already with the same content, that
   * with which it was created or that which it holds now, is left as it is (rule 8).
   * @returns false when the batch exists already, and nothing was done
   * @throws BatchConflict when it exists with other content
   */
  createBatch(batchRef: string, qty: number, eta: string | null): boolean {
    const existing = this.batch(batchRef);
    if (existing) {
      if (!existing.isAlready(qty, eta)) throw new BatchConflict(batchRef, difference(existing, qty));
      return false;
    }
    this.stock.addBatch(batchRef, qty, eta);
    this.placement.serveWaiting();
    return true;
  }

  /**
   * Ties the line to the preferred batch that can take it, for good or for a while (rules 1, 2 and 11), or raises
   * OutOfStock when none can; then it waits, if it is asked to (rules 5 and 13). A line that is known already stays where
   * it is (rule 4): asked for with `reserveFor`, a reservation lasts longer, never shorter; without, it is confirmed.
   * @returns the line as it is now; undefined when it is out of stock
   * @throws LineConflict when the order has another quantity of this SKU
   */
  allocate(line: OrderLine, terms: Terms = {}): Line | undefined {
    const known = this.sameLine(line);
    if (known) return this.askAgain(known, terms);
    const { priority = 0, wait = false, reserveFor = null } = terms;
    const { nextSequence: askedSequence } = this.stock;
    const expiresAt = endOf(this.now, reserveFor);
    return this.placement.place({ line, priority, wait, askedSequence, expiresAt }, 'asked');
  }

  /**
   * Makes a reserved line an allocated one, in the batch that it has (rule 11). One that waits will be allocated for
   * good; of one that is allocated or dispatched nothing changes.
   * @throws ExpiredReservation; LineNotAllocated when there is no such line
   */
  confirm(orderId: string): void {
    this.askAgain(this.wanted(orderId), {});
  }

  /**
   * Gives the line's pieces back to its batch, or takes it off the wait-list (rules 10 and 15).
   * @throws LineDispatched; LineNotAllocated when there is no such line, or when its reservation ran out
   */
  deallocate(orderId: string): void {
    const line = this.stock.line(orderId);
    if (!line || line.state === 'expired') throw new LineNotAllocated(orderId, this.sku);
    if (line.state === 'dispatched') throw new LineDispatched(line.line);
    if (line.state === 'waiting') {
      this.stock.leaveWaitList(line);
      return;
    }
    this.stock.release(line, 'given back');
    this.placement.serveWaiting();
  }

  /**
   * Gives the line back and asks for it anew with another quantity, as one and on the same terms. If no batch can take so
   * many, with the pieces that it holds itself counted as free, it keeps what it has (rule 10). A waiting line waits anew.
   * @returns false when it keeps what it has
   * @throws LineDispatched; ExpiredReservation; LineNotAllocated when there is no such line
   */
  changeLineQuantity(orderId: string, qty: number): boolean {
    const known = this.wanted(orderId);
    if (known.state === 'dispatched') throw new LineDispatched(known.line);
    if (known.line.qty === qty) return true;
    const line = new OrderLine(orderId, this.sku, qty);
    if (known.state === 'waiting') {
      this.stock.leaveWaitList(known);
      this.askAnew({ ...known, line, expiresAt: endOf(this.now, known.reserveFor) }, known.lastPromise);
      return true;
    }
    const isPossible = this.stock.batches.some((batch) =>
      batch.canTake(batch === known.batch ? qty - known.line.qty : qty),
    );
    if (!isPossible) return false;
    const lastPromise = linePromiseOf(known);
    this.stock.release(known, 'given back');
    this.askAnew({ ...known, line }, lastPromise);
    return true;
  }

  /**
   * Moves the line to the batch that is preferred now, counting the pieces that it holds itself as
   * free. It stays where it is when that is its own batch (rule 10).
   * @throws LineDispatched; LineNotAllocated when no batch holds pieces for it
   */
  reallocate(orderId: string): void {
    const current = this.allocationOf(orderId);
    if (!current) throw new LineNotAllocated(orderId, this.sku);
    if (current.state === 'dispatched') throw new LineDispatched(current.line);
    const { batches } = this.stock;
    const better = choose(batches.slice(0, batches.indexOf(current.batch)), current.line.qty);
    if (!better) return;
    this.placement.move(current, better);
    this.placement.serveWaiting();
  }

  /**
   * The line leaves the warehouse, which is final (rule 14). Of one that has left already nothing changes.
   * @throws LineNotConfirmed; BatchNotArrived; ExpiredReservation; LineNotAllocated when there is no such line
   */
  dispatch(orderId: string): void {
    const line = this.wanted(orderId);
    if (line.state === 'dispatched') return;
    if (line.state !== 'allocated') throw new LineNotConfirmed(line.line, line.state);
    const { ref: batchRef, eta } = line.batch;
    if (eta !== null) throw new BatchNotArrived(batchRef, eta);
    this.stock.dispatch(line);
  }

  /**
   * Sets how many pieces the batch holds. Lines that no longer fit are displaced (rule 7).
   * @param knownSequence the last event of the batch that the asker knows; any when left out
   * @throws BatchNotFound
   * @throws BatchChanged when the batch has seen a newer event
   * @throws QuantityOutOfBounds when more than `qty` pieces have left it
   */
  changeBatchQuantity(batchRef: string, qty: number, knownSequence?: number): void {
    const batch = this.knownBatch(batchRef, knownSequence);
    if (batch.purchasedQuantity === qty) return;
    checkQuantity(batch, qty);
    this.stock.setQuantity(batch, qty);
    this.placement.refit(batch, batch.eta);
    this.placement.serveWaiting();
  }

  /**
   * Adds pieces to the batch, or takes some away (rule 18); the rest is as with `changeBatchQuantity`.
   * @param delta pieces, negative when they are gone
   * @throws BatchNotFound, BatchChanged
   * @throws QuantityOutOfBounds when it would have less than what has left it, or more than can be counted
   */
  adjust(
    batchRef: string,
    delta: number,
    reason: AdjustmentReason,
    note: string | null = null,
    knownSequence?: number,
  ): void {
    const batch = this.knownBatch(batchRef, knownSequence);
    const qty = batch.purchasedQuantity + delta;
    checkQuantity(batch, qty);
    if (delta === 0) return;
    this.stock.adjust(batch, qty, reason, note);
    this.placement.refit(batch, batch.eta);
    this.placement.serveWaiting();
  }

  /**
   * The batch, in transit until now, is in the warehouse (rule 16). One that is there already stays as it is.
   * @param qty pieces that came; what was expected when left out
   * @returns false when it was there already
   * @throws BatchNotFound, BatchChanged
   * @throws BatchArrivedAlready when it was, with another quantity
   */
  arrive(batchRef: string, qty?: number, knownSequence?: number): boolean {
    const batch = this.knownBatch(batchRef, knownSequence);
    const { eta, purchasedQuantity } = batch;
    if (eta === null) {
      if (qty === undefined || qty === purchasedQuantity) return false;
      throw new BatchArrivedAlready(batchRef, 'adjust its quantity');
    }
    this.stock.arrive(batch, eta, qty ?? purchasedQuantity);
    this.placement.refit(batch, eta);
    this.placement.serveWaiting();
    return true;
  }

  /**
   * The batch arrives on another day, and perhaps with another quantity. The day comes first: each of its lines that
   * another batch could serve before that day moves there, the highest priority first, then the oldest (rule 17); of those
   * that stay, the ones that no longer fit are displaced (rule 7).
   * @param qty pieces that it holds from now on; as many as before when left out
   * @throws BatchNotFound, BatchChanged; BatchArrivedAlready when it is in the warehouse
   * @throws QuantityOutOfBounds when more than `qty` pieces have left it
   */
  changeBatchEta(batchRef: string, eta: string, knownSequence?: number, qty?: number): void {
    const batch = this.knownBatch(batchRef, knownSequence);
    const { eta: previousEta, purchasedQuantity } = batch;
    if (previousEta === null) throw new BatchArrivedAlready(batchRef, 'it has no ETA to change');
    if (qty !== undefined) checkQuantity(batch, qty);
    if (eta !== previousEta) {
      this.stock.changeEta(batch, eta, previousEta);
      this.placement.moveToEarlier(batch, previousEta);
    }
    if (qty !== undefined && qty !== purchasedQuantity) this.stock.setQuantity(batch, qty);
    this.placement.refit(batch, previousEta);
    this.placement.serveWaiting();
  }

  /**
   * What `allocate` would do with the line and the same terms, without doing it (rule 19).
   * @throws LineConflict when the order has another quantity of this SKU
   */
  explain(line: OrderLine, terms: Terms = {}): Explanation {
    const known = this.sameLine(line);
    const queue = { loaded: this.stock.waiting(), othersBefore: this.waitingBefore };
    if (known) return explainKnown(known, terms, queue);
    return explainSeeking(consider(this.stock.batches, line.qty), line.qty, terms, queue);
  }

  /** The line that the order has, unless it expired. @throws LineConflict when it is of another quantity */
  private sameLine(line: OrderLine): HeldLine | WaitingLine | undefined {
    const known = this.stock.line(line.orderId);
    if (!known || known.state === 'expired') return undefined;
    if (known.line.qty !== line.qty) throw new LineConflict(line, known.line.qty, known.state);
    return known;
  }

  private wanted(orderId: string): HeldLine | WaitingLine {
    const line = this.stock.line(orderId);
    if (!line) throw new LineNotAllocated(orderId, this.sku);
    if (line.state === 'expired') throw new ExpiredReservation(line.line);
    return line;
  }

  private knownBatch(batchRef: string, knownSequence?: number): Batch {
    const batch = this.batch(batchRef);
    if (!batch) throw new BatchNotFound(batchRef);
    if (knownSequence !== undefined && knownSequence !== batch.sequence) throw new BatchChanged(batchRef);
    return batch;
  }

  /** A line that was given back is asked for anew, as the youngest. @param previous what its customer was told before */
  private askAnew(
    { line, priority, wait, expiresAt }: Omit<SeekingLine, 'askedSequence'>,
    previous: LinePromise | null,
  ): void {
    const { nextSequence: askedSequence } = this.stock;
    this.placement.place({ line, priority, wait, askedSequence, expiresAt }, 'asked', previous);
    this.placement.serveWaiting();
  }

  /** A line is asked for that is held or waits: its terms may change, its place does not (rules 4 and 11). */
  private askAgain(known: HeldLine | WaitingLine, asked: Terms): Line {
    if (known.state === 'dispatched') return known;
    const { reserveFor = null } = asked;
    const terms = { priority: asked.priority ?? known.priority, wait: asked.wait || known.wait };
    const isSame = terms.priority === known.priority && terms.wait === known.wait;
    if (known.state === 'waiting') {
      const longest = longer(known.reserveFor, reserveFor);
      if (isSame && longest === known.reserveFor) return known;
      return this.stock.changeTerms(known, { ...known, ...terms, reserveFor: longest });
    }
    const line = isSame ? known : this.stock.changeTerms(known, { ...known, ...terms });
    if (line.expiresAt === null) return line;
    const expiresAt = endOf(this.now, reserveFor);
    if (expiresAt === null) return this.stock.confirm(line);
    return expiresAt > line.expiresAt ? this.stock.extend(line, expiresAt) : line;
  }
}

/** @throws QuantityOutOfBounds when the batch can't have so many pieces */
function checkQuantity({ ref: batchRef, dispatchedQuantity }: Batch, qty: number): void {
  if (qty < dispatchedQuantity || qty > MOST_PIECES) {
    throw new QuantityOutOfBounds(batchRef, qty, dispatchedQuantity);
  }
}

/** What the batch has other than a request to create it with `qty` pieces says. */
function difference({ purchasedQuantity, createdQuantity, eta }: Batch, qty: number): string {
  if (qty === purchasedQuantity || qty === createdQuantity) return eta ? `ETA ${eta}` : 'no ETA';
  const created = purchasedQuantity === createdQuantity ? '' : ` (${createdQuantity} when it was created)`;
  return `quantity ${purchasedQuantity}${created}`;
}
