import type { ProductChange } from '../../application/product-repository';
import type { Scope } from '../../application/scope';
import { Batch, byPreference } from '../../domain/batch';
import type { Line } from '../../domain/line';
import { OrderLine } from '../../domain/order-line';
import { Product } from '../../domain/product';
import { applyEvent, type BatchRowChange, type StoredLine, type ProductRows, toLine } from '../apply-event';

/** A line that is allocated, on no terms of its own. There may be millions, so it says no more than it has to. */
interface PlainLine {
  readonly qty: number;
  readonly batch: Batch;
  readonly askedSequence: number;
}

type KeptLine = PlainLine | StoredLine;

/** One product as it was committed, with all its lines in little memory. Products to work on are copies. */
export class StoredProduct implements ProductRows {
  version = 0;
  /** Pieces left in all its batches; negative when lines of earlier runs hold more than the batches have. */
  private available = 0;
  private readonly batches = new Map<string, Batch>();
  private readonly byPreference: Batch[] = [];
  /** Index in `byPreference`: the batches before it have nothing left. */
  private firstOpen = 0;
  /** By order. */
  private readonly lines = new Map<string, KeptLine>();
  private waiting = 0;
  /** No reservation ends before; undefined: there is none. */
  private firstExpiry?: string;

  constructor(private readonly sku: string) {}

  /** How the line of the order is, if it has one, or had one until its reservation ran out. */
  line(orderId: string): Pick<StoredLine, 'qty' | 'state' | 'batchRef'> | undefined {
    const line = this.lines.get(orderId);
    if (!line || isRow(line)) return line;
    return { qty: line.qty, state: 'allocated', batchRef: line.batch.ref };
  }

  /** The product with what the scope looks at. @param now the time of the store */
  productFor(scope: Scope, now: Date): Product {
    if (this.hasExpired(now)) return this.wholeProduct(now);
    switch (scope.looksAt) {
      case 'line':
        return this.smallProduct(now, scope.orderId);
      case 'new line':
        return this.smallProduct(now, scope.orderId, this.firstThatTakes(scope.qty));
      case 'batch':
        if (this.waiting > 0) return this.wholeProduct(now);
        return this.smallProduct(now, undefined, this.batches.get(scope.batchRef));
      case 'line to give back':
        if (this.waiting > 0) return this.wholeProduct(now);
        return this.smallProduct(now, scope.orderId);
      case 'product':
      case 'line to move':
      case 'batch to change':
      case 'batch to cut':
      case 'batch and lines':
      case 'question':
        return this.wholeProduct(now);
    }
  }

  /** The product with everything it has. */
  wholeProduct(now: Date): Product {
    return this.productOf(now, this.byPreference, this.lines);
  }

  apply({ events }: ProductChange): void {
    for (const recorded of events) {
      this.version = recorded.sequence;
      applyEvent(recorded, this);
    }
  }

  /**
   * Counts a line that a batch took earlier.
   * @param expiresAt until when it is reserved; null: it is allocated
   * @returns what is left in the batch, which may be negative
   */
  restore({ orderId, sku, qty }: OrderLine, batchRef: string, expiresAt: string | null): number {
    this.version += 1;
    this.available -= qty;
    this.changeBatch(batchRef, { allocated: qty }, this.version);
    const askedSequence = this.version;
    if (expiresAt === null)
      this.lines.set(orderId, { qty, batch: this.batches.get(batchRef)!, askedSequence });
    else {
      const line = { orderId, sku, qty, batchRef, askedSequence, expiresAt, state: 'reserved' } as const;
      this.putLine({ ...line, priority: 0, wait: false, reserveFor: null, lastPromise: null });
    }
    return this.batches.get(batchRef)!.available;
  }

  addAvailable(pieces: number): void {
    this.available += pieces;
  }

  addBatch(batchRef: string, qty: number, eta: string | null, sequence: number): void {
    const batch = new Batch(batchRef, qty, eta, sequence);
    this.batches.set(batchRef, batch);
    this.insert(batch);
  }

  changeBatch(batchRef: string, change: BatchRowChange, sequence: number): void {
    const { purchased, eta, allocated = 0, dispatched = 0 } = change;
    const batch = this.batches.get(batchRef)!;
    batch.purchasedQuantity = purchased ?? batch.purchasedQuantity;
    batch.allocatedQuantity += allocated;
    batch.dispatchedQuantity += dispatched;
    batch.sequence = sequence;
    if (eta !== undefined) {
      this.byPreference.splice(this.byPreference.indexOf(batch), 1);
      batch.eta = eta;
      this.insert(batch);
    }
    if (allocated <= 0) this.firstOpen = 0;
  }

  putLine(line: StoredLine): void {
    this.forget(line.orderId);
    const { orderId, qty, askedSequence, state, expiresAt } = line;
    const isPlain = state === 'allocated' && line.priority === 0 && !line.wait;
    const batch = this.batches.get(line.batchRef!)!;
    this.lines.set(orderId, isPlain ? { qty, batch, askedSequence } : line);
    if (state === 'waiting') this.waiting += 1;
    if (state === 'reserved') this.expect(expiresAt!);
  }

  removeLine(_sku: string, orderId: string): void {
    this.forget(orderId);
    this.lines.delete(orderId);
  }

  private forget(orderId: string): void {
    const line = this.lines.get(orderId);
    if (line && isRow(line) && line.state === 'waiting') this.waiting -= 1;
  }

  /** Gives the batch its place in the order of rule 2. */
  private insert(batch: Batch): void {
    let place = this.byPreference.length;
    while (place > 0 && byPreference(batch, this.byPreference[place - 1]) < 0) place -= 1;
    this.byPreference.splice(place, 0, batch);
    this.firstOpen = Math.min(this.firstOpen, place);
  }

  /** Whether a reservation ran out. The lines are only searched once the earliest end that is known has passed. */
  private hasExpired(now: Date): boolean {
    if (this.firstExpiry === undefined) return false;
    const time = now.toISOString();
    if (!this.isOver(time)) return false;
    this.firstExpiry = undefined;
    for (const line of this.lines.values()) {
      if (isRow(line) && line.state === 'reserved') this.expect(line.expiresAt!);
    }
    return this.isOver(time);
  }

  private isOver(time: string): boolean {
    return this.firstExpiry !== undefined && this.firstExpiry <= time;
  }

  /** Notes that a reservation ends at this time. */
  private expect(expiresAt: string): void {
    if (this.firstExpiry === undefined || expiresAt < this.firstExpiry) this.firstExpiry = expiresAt;
  }

  /** The product with the line of the order, its batch and another one, as far as they are there. */
  private smallProduct(now: Date, orderId: string | undefined, batch?: Batch): Product {
    const line = orderId === undefined ? undefined : this.lines.get(orderId);
    const batches = [line && this.batchOf(line), batch].filter((found) => found !== undefined);
    return this.productOf(now, batches, line ? [[orderId!, line]] : []);
  }

  private batchOf(line: KeptLine): Batch | undefined {
    return isRow(line) ? this.batches.get(line.batchRef ?? '') : line.batch;
  }

  private firstThatTakes(qty: number): Batch | undefined {
    const all = this.byPreference;
    while (this.firstOpen < all.length && all[this.firstOpen].available <= 0) this.firstOpen += 1;
    for (let place = this.firstOpen; place < all.length; place++) {
      if (all[place].canTake(qty)) return all[place];
    }
    return undefined;
  }

  private productOf(
    now: Date,
    batches: Iterable<Batch>,
    lines: Iterable<readonly [orderId: string, KeptLine]>,
  ): Product {
    const copies = new Map<string, Batch>();
    for (const batch of batches) copies.set(batch.ref, batch.copy());
    const known = [...lines].map(([orderId, line]): Line => {
      if (isRow(line)) return toLine(line, copies);
      return {
        line: new OrderLine(orderId, this.sku, line.qty),
        state: 'allocated',
        batch: copies.get(line.batch.ref)!,
        priority: 0,
        wait: false,
        askedSequence: line.askedSequence,
        expiresAt: null,
      };
    });
    return new Product(this.sku, this.version, this.available, copies.values(), known, now);
  }
}

function isRow(line: KeptLine): line is StoredLine {
  return 'state' in line;
}
