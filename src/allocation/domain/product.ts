// The rules of the business are applied here, and named by their numbers in docs/rules.md.
import { Batch, byPreference } from './batch';
import { BatchChanged, BatchConflict, BatchNotFound, LineConflict, LineNotAllocated } from './errors';
import {
  Allocated,
  BatchCreated,
  BatchQuantityChanged,
  changeOfAvailable,
  Deallocated,
  type DomainEvent,
  OutOfStock,
} from './events';
import { OrderLine } from './order-line';

/** A line and the batch it is tied to. */
export interface AllocatedLine {
  readonly line: OrderLine;
  readonly batch: Batch;
  /** The sequence number of its Allocated event: larger is newer. */
  readonly allocatedSequence: number;
}

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
 * lines that the unit of work names. What it has left is counted over all its batches all the same.
 */
export class Product {
  /** Raised since the product was loaded, oldest first; number `loadedVersion + 1` onwards. */
  readonly events: DomainEvent[] = [];
  private readonly batches: Batch[];
  private availablePieces: number;
  private readonly lines = new Map<string, AllocatedLine>();

  /**
   * @param loadedVersion events raised so far, 0 for a SKU that nobody knows yet
   * @param available pieces left in all its batches, those that are not loaded included
   * @param batches in any order
   * @param lines lines of those batches, in any order
   */
  constructor(
    readonly sku: string,
    readonly loadedVersion = 0,
    available = 0,
    batches: Iterable<Batch> = [],
    lines: Iterable<AllocatedLine> = [],
  ) {
    this.availablePieces = available;
    this.batches = [...batches].sort(byPreference);
    for (const line of lines) this.lines.set(line.line.orderId, line);
  }

  get versionNumber(): number {
    return this.loadedVersion + this.events.length;
  }

  /** Pieces left in all batches together. Negative only inside a change of quantity, never after it. */
  get available(): number {
    return this.availablePieces;
  }

  /** Whether a batch of the SKU was ever created (rule 9). */
  get isKnown(): boolean {
    return this.versionNumber > 0;
  }

  /** The line that the order has of this SKU, if it is allocated. */
  allocationOf(orderId: string): AllocatedLine | undefined {
    return this.lines.get(orderId);
  }

  /** The batch, as far as it was loaded. */
  batch(reference: string): Batch | undefined {
    return this.batches.find((batch) => batch.reference === reference);
  }

  /**
   * Adds a batch; the first one makes the SKU known (rule 9). A batch that exists already with the same content, that
   * with which it was created or that which it holds now, is left as it is (rule 8).
   * @returns false when the batch exists already, and nothing was done
   * @throws BatchConflict when it exists with other content
   */
  createBatch(reference: string, qty: number, eta: string | null): boolean {
    const existing = this.batch(reference);
    if (existing) {
      if (!existing.isAlready(qty, eta)) throw new BatchConflict(reference, difference(existing, qty));
      return false;
    }
    this.raise(new BatchCreated(this.sku, reference, qty, eta));
    const batch = new Batch(reference, qty, eta, this.versionNumber);
    const next = this.batches.findIndex((other) => byPreference(batch, other) < 0);
    this.batches.splice(next < 0 ? this.batches.length : next, 0, batch);
    return true;
  }

  /**
   * Ties the line to the preferred batch that can take it, or raises OutOfStock when none can (rules
   * 1, 2 and 5). A line that is allocated already stays as it is (rule 4).
   * @returns the line with the batch that it has now; undefined when it is out of stock
   * @throws LineConflict when the order has another quantity of this SKU
   */
  allocate(line: OrderLine): AllocatedLine | undefined {
    const existing = this.lines.get(line.orderId);
    if (existing) {
      if (existing.line.qty !== line.qty) throw new LineConflict(line, existing.line.qty);
      return existing;
    }
    return this.place(line);
  }

  /**
   * Gives the line's pieces back to its batch (rule 10).
   * @throws LineNotAllocated
   */
  deallocate(orderId: string): void {
    this.release(this.allocated(orderId));
    this.lines.delete(orderId);
  }

  /**
   * Moves the line to the batch that is preferred now, counting the pieces that it holds itself as
   * free. It stays where it is when that is its own batch (rule 10).
   * @throws LineNotAllocated
   */
  reallocate(orderId: string): void {
    const current = this.allocated(orderId);
    const { line } = current;
    const batch = this.batches.find((other) => other === current.batch || other.canTake(line.qty));
    if (!batch || batch === current.batch) return;
    this.release(current);
    this.tie(line, batch);
  }

  /**
   * Sets how many pieces the batch holds. Lines that no longer fit are displaced, the newest first,
   * and each is allocated anew in the order in which it was displaced (rule 7).
   * @param knownSequence the last event of the batch that the asker knows; any when left out
   * @throws BatchNotFound
   * @throws BatchChanged when the batch has seen a newer event
   */
  changeBatchQuantity(reference: string, qty: number, knownSequence?: number): void {
    const batch = this.batch(reference);
    if (!batch) throw new BatchNotFound(reference);
    if (knownSequence !== undefined && knownSequence !== batch.sequence) throw new BatchChanged(reference);
    if (batch.purchasedQuantity === qty) return;
    const previousQty = batch.purchasedQuantity;
    batch.purchasedQuantity = qty;
    this.raise(new BatchQuantityChanged(this.sku, reference, qty, previousQty, batch.available), batch);
    if (batch.available >= 0) return;

    const newestFirst = [...this.lines.values()]
      .filter((line) => line.batch === batch)
      .sort((a, b) => b.allocatedSequence - a.allocatedSequence);
    const displaced: OrderLine[] = [];
    for (const allocated of newestFirst) {
      if (batch.available >= 0) break;
      this.release(allocated);
      displaced.push(allocated.line);
    }
    for (const line of displaced) this.place(line);
  }

  private allocated(orderId: string): AllocatedLine {
    const allocated = this.lines.get(orderId);
    if (!allocated) throw new LineNotAllocated(orderId, this.sku);
    return allocated;
  }

  /** Ties a line that no batch has to the preferred batch that can take it (rules 1, 2 and 5). */
  private place(line: OrderLine): AllocatedLine | undefined {
    const batch = this.batches.find((candidate) => candidate.canTake(line.qty));
    if (batch) return this.tie(line, batch);
    this.lines.delete(line.orderId);
    this.raise(new OutOfStock(this.sku, line.orderId, line.qty, this.available));
    return undefined;
  }

  private tie(line: OrderLine, batch: Batch): AllocatedLine {
    batch.allocatedQuantity += line.qty;
    this.raise(
      new Allocated(this.sku, line.orderId, line.qty, batch.reference, batch.eta, batch.available),
      batch,
    );
    const allocated = { line, batch, allocatedSequence: this.versionNumber };
    this.lines.set(line.orderId, allocated);
    return allocated;
  }

  /** Gives the line's pieces back to its batch; whoever calls it says where the line is then. */
  private release({ line, batch }: AllocatedLine): void {
    batch.allocatedQuantity -= line.qty;
    this.raise(new Deallocated(this.sku, line.orderId, line.qty, batch.reference, batch.available), batch);
  }

  private raise(event: DomainEvent, concerned?: Batch): void {
    this.events.push(event);
    this.availablePieces += changeOfAvailable(event);
    if (concerned) concerned.sequence = this.versionNumber;
  }
}

/** What the batch has other than a request to create it with `qty` pieces says. */
function difference({ purchasedQuantity, createdQuantity, eta }: Batch, qty: number): string {
  if (qty === purchasedQuantity || qty === createdQuantity) return eta ? `ETA ${eta}` : 'no ETA';
  const created = purchasedQuantity === createdQuantity ? '' : ` (${createdQuantity} when it was created)`;
  return `quantity ${purchasedQuantity}${created}`;
}
