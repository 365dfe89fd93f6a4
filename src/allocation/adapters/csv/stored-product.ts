import type { ProductChange } from '../../application/product-repository';
import type { Scope } from '../../application/unit-of-work';
import { Batch, byPreference } from '../../domain/batch';
import { Allocated, BatchCreated, BatchQuantityChanged, Deallocated } from '../../domain/events';
import { OrderLine } from '../../domain/order-line';
import { type AllocatedLine, Product } from '../../domain/product';

interface StoredLine {
  readonly qty: number;
  readonly batch: Batch;
}

/** One product as it was committed, with all its lines in little memory. Only events change it. */
export class StoredProduct {
  version = 0;
  /** By order, the oldest first. */
  readonly lines = new Map<string, StoredLine>();
  /** By preference. */
  private readonly batches: Batch[] = [];
  /** Batches before this one have nothing left. */
  private firstOpen = 0;

  constructor(private readonly sku: string) {}

  /**
   * Makes a product to work on, a copy. For a single scope it is as small as can be: the line and the
   * batch that it names, and the first batch that takes its quantity.
   */
  toProduct(scopes: readonly Scope[]): Product {
    const [scope] = scopes;
    const small = scopes.length === 1 && !scope.movesLines && scope.cutTo === undefined;
    const batches = small ? this.namedBatches(scope) : this.batches;
    const copies = new Map([...batches].map((batch) => [batch, copyOf(batch)]));
    const lines: AllocatedLine[] = [];
    const add = (orderId: string, { qty, batch }: StoredLine) =>
      lines.push({ line: new OrderLine(orderId, this.sku, qty), batch: copies.get(batch)!, position: lines.length });
    if (small) {
      const line = this.lineOf(scope);
      if (line) add(scope.orderId!, line);
    } else {
      for (const [orderId, line] of this.lines) add(orderId, line);
    }
    return new Product(this.sku, this.version, copies.values(), lines);
  }

  apply({ events }: ProductChange): void {
    for (const { event, sequence } of events) {
      if (event instanceof BatchCreated) this.createBatch(event, sequence);
      else if (event instanceof BatchQuantityChanged) this.batch(event.batchRef).purchasedQuantity = event.qty;
      else if (event instanceof Allocated) this.allocate(event.orderId, event.qty, event.batchRef);
      else if (event instanceof Deallocated) this.deallocate(event);
      this.version = sequence;
    }
  }
