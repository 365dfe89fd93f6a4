import {
  type ProductChange,
  ProductRepository,
  type ProductTransaction,
  WriteConflict,
} from '../../application/product-repository';
import type { Recorded } from '../../application/recorded';
import type { Scope } from '../../application/unit-of-work';
import { BatchConflict, BatchNotFound, LineConflict } from '../../domain/errors';
import { BatchCreated } from '../../domain/events';
import type { OrderLine } from '../../domain/order-line';
import type { Product } from '../../domain/product';
import { StoredProduct } from './stored-product';

/** Where the events of a commit go. */
export interface CommitLog {
  /** @throws Error when they cannot be written; then the commit has failed */
  append(events: readonly Recorded[]): void;
}

/**
 * The products of a folder of CSV files (the book's appendix "Swapping Out the Infrastructure"). They are
 * kept in memory, small, since a folder may hold a million lines; what is committed goes to a log, which
 * writes the files.
 *
 * One process has the folder for itself, so nothing is locked. Two transactions that overlap find out by
 * the version numbers.
 */
export class CsvProductRepository extends ProductRepository {
  private readonly products = new Map<string, StoredProduct>();
  private readonly skuByReference = new Map<string, string>();

  constructor(private readonly log: CommitLog) {
    super();
  }

  override async skuOfBatch(reference: string): Promise<string | undefined> {
    return this.skuByReference.get(reference);
  }

  override async transaction<T>(work: (products: ProductTransaction) => Promise<T>): Promise<T> {
    const changes: ProductChange[] = [];
    const result = await work({
      load: async (scopes) => this.load(scopes),
      save: async (wanted) => {
        const refused = wanted.filter((change) => this.isStale(change));
        changes.push(...wanted.filter((change) => !refused.includes(change)));
        return new Set(refused.map(({ sku }) => sku));
      },
    });
    this.commit(changes);
    return result;
  }

  /**
   * Counts a line that was allocated before, in an earlier run. Nothing goes to the log.
   * @throws BatchNotFound, LineConflict, Error when its batch is of another SKU; then it is not counted
   * @returns false when its batch holds less than is allocated of it now; the line is counted all the same
   */
  restore(line: OrderLine, batchRef: string): boolean {
    const sku = this.skuByReference.get(batchRef);
    if (sku === undefined) throw new BatchNotFound(batchRef);
    if (sku !== line.sku) throw new Error(`Batch ${batchRef} holds ${sku}, not ${line.sku}`);
    const product = this.products.get(sku)!;
    const existing = product.lines.get(line.orderId);
    if (!existing) return product.allocate(line.orderId, line.qty, batchRef) >= 0;
    if (existing.qty !== line.qty) throw new LineConflict(line, existing.qty);
    if (existing.batch.reference !== batchRef) {
      throw new Error(`Order ${line.orderId} has ${sku} from batch ${existing.batch.reference} already`);
    }
    return true;
  }

  private load(scopes: readonly Scope[]): Map<string, () => Product> {
    const bySku = new Map<string, Scope[]>();
    for (const scope of scopes) {
      const others = bySku.get(scope.sku);
      if (others) others.push(scope);
      else bySku.set(scope.sku, [scope]);
    }
    const loaded = new Map<string, () => Product>();
    for (const [sku, its] of bySku) {
      const stored = this.products.get(sku) ?? new StoredProduct(sku);
      loaded.set(sku, () => stored.toProduct(its));
    }
    return loaded;
  }

  private isStale({ sku, loadedVersion }: ProductChange): boolean {
    return (this.products.get(sku)?.version ?? 0) !== loadedVersion;
  }

  /** All or nothing: what can fail comes first, and nothing awaits in here. */
  private commit(changes: readonly ProductChange[]): void {
    if (changes.some((change) => this.isStale(change))) throw new WriteConflict();
    const claimed = new Map<string, string>();
    for (const { event } of changes.flatMap(({ events }) => events)) {
      if (!(event instanceof BatchCreated)) continue;
      const owner = this.skuByReference.get(event.batchRef) ?? claimed.get(event.batchRef);
      if (owner !== undefined) throw new BatchConflict(event.batchRef, 'another SKU');
      claimed.set(event.batchRef, event.sku);
    }
    for (const { events } of changes) this.log.append(events);

    for (const [reference, sku] of claimed) this.skuByReference.set(reference, sku);
    for (const change of changes) {
      let product = this.products.get(change.sku);
      if (!product) this.products.set(change.sku, (product = new StoredProduct(change.sku)));
      product.apply(change);
    }
  }
}
