import type { ProductChange } from '../../application/product-repository';
import type { Scope } from '../../application/scope';
import { Batch, byPreference } from '../../domain/batch';
import type { HeldLine } from '../../domain/line';
import { OrderLine } from '../../domain/order-line';
import { Product } from '../../domain/product';
import { applyEvent, type BatchChange, type LineRow, type ProductRows } from '../apply-event';

interface StoredLine {
  readonly qty: number;
  readonly batch: Batch;
  readonly askedSequence: number;
}

/** One product as it was committed, with all its lines in little memory. Products to work on are copies. */
export class StoredProduct implements ProductRows {
  version = 0;
  /** Pieces left in all its batches; negative once lines were counted that these are too small for. */
  private available = 0;
  private readonly batches = new Map<string, Batch>();
  private readonly byPreference: Batch[] = [];
  /** Those before it have nothing left. */
  private firstOpen = 0;
  /** By order. */
  private readonly lines = new Map<string, StoredLine>();

  constructor(private readonly sku: string) {}

  line(orderId: string): StoredLine | undefined {
    return this.lines.get(orderId);
  }

  /** The product with what the scope looks at. */
  productFor(scope: Scope): Product {
    switch (scope.looksAt) {
      case 'batch':
        return this.smallProduct(undefined, this.batches.get(scope.batchRef));
      case 'line':
      case 'line to give back':
        return this.smallProduct(scope.orderId, undefined);
      case 'new line':
        return this.smallProduct(scope.orderId, this.firstThatTakes(scope.qty));
      case 'product':
      case 'line to move':
      case 'batch to change':
      case 'batch to cut':
      case 'batch and lines':
      case 'question':
        return this.wholeProduct();
    }
  }

  /** The product with everything it has. */
  wholeProduct(): Product {
    return this.productOf(this.byPreference, this.lines);
  }

  apply({ events }: ProductChange): void {
    for (const recorded of events) {
      this.version = recorded.sequence;
      applyEvent(recorded, this);
    }
  }

  /** Counts a line that was allocated earlier. @returns what is left in the batch, which may be negative */
  restore(line: OrderLine, batchRef: string): number {
    this.version += 1;
    this.available -= line.qty;
    this.changeBatch(batchRef, { allocated: line.qty });
    this.add(line, batchRef, this.version);
    return this.batches.get(batchRef)!.available;
  }

  addAvailable(pieces: number): void {
    this.available += pieces;
  }

  addBatch(reference: string, qty: number, eta: string | null, sequence: number): void {
    const batch = new Batch(reference, qty, eta, sequence);
    this.batches.set(reference, batch);
    let place = this.byPreference.length;
    while (place > 0 && byPreference(batch, this.byPreference[place - 1]) < 0) place -= 1;
    this.byPreference.splice(place, 0, batch);
    this.firstOpen = Math.min(this.firstOpen, place);
  }

  changeBatch(reference: string, { purchased, allocated = 0 }: BatchChange): void {
    const batch = this.batches.get(reference)!;
    batch.purchasedQuantity = purchased ?? batch.purchasedQuantity;
    batch.allocatedQuantity += allocated;
    batch.sequence = this.version;
    if (allocated <= 0) this.firstOpen = 0;
  }

  putLine({ orderId, sku, qty, state, batchRef, askedSequence }: LineRow): void {
    if (state !== 'allocated') throw new Error(`A line of ${sku} is ${state}, which no file can say`);
    this.add(new OrderLine(orderId, sku, qty), batchRef!, askedSequence);
  }

  removeLine(_sku: string, orderId: string): void {
    this.lines.delete(orderId);
  }

  private smallProduct(orderId: string | undefined, batch: Batch | undefined): Product {
    const line = orderId === undefined ? undefined : this.lines.get(orderId);
    const batches = [line?.batch, batch].filter((found) => found !== undefined);
    return this.productOf(batches, line ? [[orderId!, line]] : []);
  }

  private add({ orderId, qty }: OrderLine, batchRef: string, askedSequence: number): void {
    this.lines.set(orderId, { qty, batch: this.batches.get(batchRef)!, askedSequence });
  }

  private firstThatTakes(qty: number): Batch | undefined {
    const all = this.byPreference;
    while (this.firstOpen < all.length && all[this.firstOpen].available <= 0) this.firstOpen += 1;
    for (let place = this.firstOpen; place < all.length; place++) {
      if (all[place].canTake(qty)) return all[place];
    }
    return undefined;
  }

  private productOf(batches: Iterable<Batch>, lines: Iterable<[string, StoredLine]>): Product {
    const copies = new Map<Batch, Batch>();
    for (const batch of batches) copies.set(batch, batch.copy());
    const allocated = [...lines].map(([orderId, { qty, batch, askedSequence }]): HeldLine => ({
      line: new OrderLine(orderId, this.sku, qty),
      state: 'allocated',
      batch: copies.get(batch)!,
      priority: 0,
      wait: false,
      askedSequence,
      expiresAt: null,
    }));
    return new Product(this.sku, this.version, this.available, copies.values(), allocated);
  }
}
