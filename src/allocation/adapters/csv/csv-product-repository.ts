import {
  type LoadedProducts,
  type ProductChange,
  ProductRepository,
  type ProductSnapshot,
  type ProductTransaction,
  type ProductTransactionOptions,
  WriteConflict,
} from '../../application/product-repository';
import type { Recorded } from '../../application/recorded';
import { batchIn, type Scope } from '../../application/scope';
import { BatchConflict, BatchNotFound, DomainError, LineConflict } from '../../domain/errors';
import { BatchCreated } from '../../domain/events';
import type { OrderLine } from '../../domain/order-line';
import type { Product } from '../../domain/product';
import { StoredProduct } from './stored-product';

/** Where the events of a commit go. */
export interface CommitLog {
  /** @throws Error when they cannot be written; then the commit has failed */
  append(events: readonly Recorded[]): void;
}

/** A line is said to be allocated from a batch that it cannot be allocated from. */
export class BatchMismatch extends DomainError {}

/**
 * The products of a folder of CSV files (the book's appendix on swapping out the infrastructure). They are
 * kept in memory, each line as small as can be, since there may be millions; what is committed goes to a
 * log, which writes the files.
 *
 * One process has the folder for itself, so nothing is locked. Transactions that overlap all the same find
 * out by the version numbers.
 */
export class CsvProductRepository extends ProductRepository {
  private readonly products = new Map<string, StoredProduct>();
  private readonly skuByBatchRef = new Map<string, string>();
  private readonly messageIds = new Set<string>();

  /** @param clock tells the time that all who write share */
  constructor(
    private readonly log: CommitLog,
    private readonly clock: () => Date = () => new Date(),
  ) {
    super();
  }

  override async skuOfBatch(batchRef: string): Promise<string | undefined> {
    return this.skuByBatchRef.get(batchRef);
  }

  override async transaction<T>(
    _options: ProductTransactionOptions,
    work: (products: ProductTransaction) => Promise<T>,
  ): Promise<T> {
    const changes: ProductChange[] = [];
    const result = await work({
      load: async (scopes) => this.load(scopes),
      carriedOut: async (messageIds) => new Set(messageIds.filter((id) => this.messageIds.has(id))),
      save: async (wanted) => {
        const conflicts = new Set<string>();
        for (const change of wanted) {
          if (this.isStale(change)) conflicts.add(change.sku);
          else changes.push(change);
        }
        return conflicts;
      },
      behindInViews: async () => new Set(),
    });
    this.commit(changes);
    return result;
  }

  override snapshot<T>(work: (products: ProductSnapshot) => Promise<T>): Promise<T> {
    return work({
      skuOfBatch: (batchRef) => this.skuOfBatch(batchRef),
      behindInViews: async () => new Set(),
      load: async (scope) => this.load([scope]).products.get(scope.sku)!(),
    });
  }

  /** Whether the order has a line of this SKU, whatever its quantity, that a batch holds or that waits. */
  isKnown({ orderId, sku }: OrderLine): boolean {
    const state = this.products.get(sku)?.line(orderId)?.state;
    return state !== undefined && state !== 'expired';
  }

  /**
   * Whether the line is reserved.
   * @throws LineConflict when it is, with another quantity
   */
  isReserved(line: OrderLine): boolean {
    const known = this.products.get(line.sku)?.line(line.orderId);
    if (known?.state !== 'reserved') return false;
    if (known.qty !== line.qty) throw new LineConflict(line, known.qty, 'reserved');
    return true;
  }

  /**
   * Counts a line that a batch took in an earlier run; one that is counted already is not counted again.
   * The log hears nothing of it.
   * @param expiresAt until when it is reserved, as by Date.toISOString; null: it is allocated
   * @throws BatchNotFound, LineConflict; BatchMismatch when the batch is not one that the line can have
   * @returns how many pieces its batch now holds too few for all its lines; the line is counted all the same
   */
  restore(line: OrderLine, batchRef: string, expiresAt: string | null = null): number {
    const sku = this.skuByBatchRef.get(batchRef);
    if (sku === undefined) throw new BatchNotFound(batchRef);
    if (sku !== line.sku) throw new BatchMismatch(`Batch ${batchRef} holds ${sku}, not ${line.sku}`);
    const product = this.products.get(sku)!;
    const existing = product.line(line.orderId);
    if (existing) {
      if (existing.qty !== line.qty) throw new LineConflict(line, existing.qty, existing.state);
      if (existing.batchRef === batchRef) return 0;
      throw new BatchMismatch(`Order ${line.orderId} has ${sku} from batch ${existing.batchRef} already`);
    }
    return Math.max(0, -product.restore(line, batchRef, expiresAt));
  }

  private load(scopes: readonly Scope[]): LoadedProducts {
    const now = this.clock();
    const products = new Map<string, () => Product>();
    const skusOfBatches = new Map<string, string>();
    for (const scope of scopes) {
      const stored = this.products.get(scope.sku) ?? new StoredProduct(scope.sku);
      products.set(scope.sku, () =>
        scopes.length === 1 ? stored.productFor(scope, now) : stored.wholeProduct(now),
      );
      const batchRef = batchIn(scope);
      const owner = batchRef === undefined ? undefined : this.skuByBatchRef.get(batchRef);
      if (owner !== undefined) skusOfBatches.set(batchRef!, owner);
    }
    return { products, skusOfBatches };
  }

  private isStale({ sku, loadedVersion, messageIds }: ProductChange): boolean {
    const version = this.products.get(sku)?.version ?? 0;
    return version !== loadedVersion || messageIds.some((id) => this.messageIds.has(id));
  }

  /** All or nothing: what can fail comes first, and nothing awaits in here. */
  private commit(changes: readonly ProductChange[]): void {
    if (changes.some((change) => this.isStale(change))) throw new WriteConflict();
    const claims = this.claimedBatchRefs(changes);
    for (const { events } of changes) this.log.append(events);

    for (const [batchRef, sku] of claims) this.skuByBatchRef.set(batchRef, sku);
    for (const change of changes) {
      let product = this.products.get(change.sku);
      if (!product) this.products.set(change.sku, (product = new StoredProduct(change.sku)));
      product.apply(change);
      for (const id of change.messageIds) this.messageIds.add(id);
    }
  }

  /** The references of new batches. @throws BatchConflict when one is taken */
  private claimedBatchRefs(changes: readonly ProductChange[]): Map<string, string> {
    const claims = new Map<string, string>();
    for (const { event } of changes.flatMap(({ events }) => events)) {
      if (!(event instanceof BatchCreated)) continue;
      if (this.skuByBatchRef.has(event.batchRef) || claims.has(event.batchRef)) {
        throw new BatchConflict(event.batchRef, 'another SKU');
      }
      claims.set(event.batchRef, event.sku);
    }
    return claims;
  }
}
