import { setImmediate } from 'node:timers/promises';
import {
  ProductRepository,
  type ProductSnapshot,
  type ProductTransaction,
  type ProductTransactionOptions,
} from '../../../src/allocation/application/product-repository';
import { KeyInUse, type RecordedPart } from '../../../src/idempotent-request';
import type { Recorded } from '../../../src/allocation/application/recorded';
import { batchIn } from '../../../src/allocation/application/scope';
import { BatchConflict } from '../../../src/allocation/domain/errors';
import type { Product } from '../../../src/allocation/domain/product';
import { smallProduct } from './load-small';
import { afterChange, type StoredProduct, UNKNOWN } from './stored-product';

/**
 * Products in memory, for tests and small jobs. It behaves like the real one: callers work on copies, a
 * transaction that throws leaves nothing behind, products are locked from load to commit, a stale version
 * is refused, and every step yields to other callers so that races are real.
 */
export class MemoryProductRepository extends ProductRepository {
  /** All events ever committed, in the order of the commits. */
  readonly events: Recorded[] = [];
  private readonly products = new Map<string, StoredProduct>();
  private readonly skuByBatchRef = new Map<string, string>();
  private readonly inbox = new Set<string>();
  /** Requests with an Idempotency-Key that were carried out, with what they came to. */
  readonly requests = new Map<string, RecordedPart>();
  private readonly locks = new Map<string, Promise<void>>();

  /** @param clock tells the time that all writers share */
  constructor(private readonly clock: () => Date = () => new Date()) {
    super();
  }

  override async skuOfBatch(batchRef: string): Promise<string | undefined> {
    await setImmediate();
    return this.skuByBatchRef.get(batchRef);
  }

  override async transaction<T>(
    { whenLocked }: ProductTransactionOptions,
    work: (products: ProductTransaction) => Promise<T>,
  ): Promise<T> {
    const staged = new Map<string, StoredProduct>();
    const stagedEvents: Recorded[] = [];
    const stagedMessageIds: string[] = [];
    const stagedRequests = new Map<string, RecordedPart>();
    let unlock!: () => void;
    const ended = new Promise<void>((resolve) => (unlock = resolve));
    const mine = new Set<string>();
    const lock = async (sku: string, wait: boolean) => {
      while (!mine.has(sku) && this.locks.has(sku)) {
        if (!wait) return false;
        await this.locks.get(sku);
      }
      this.locks.set(sku, ended);
      mine.add(sku);
      return true;
    };

    try {
      const result = await work({
        load: async (scopes) => {
          const products = new Map<string, () => Product>();
          for (const sku of [...new Set(scopes.map((scope) => scope.sku))].sort()) {
            if (!(await lock(sku, whenLocked === 'wait'))) continue;
            const stored = staged.get(sku) ?? this.products.get(sku) ?? UNKNOWN;
            const scopesOfSku = scopes.filter((scope) => scope.sku === sku);
            const now = this.clock();
            products.set(sku, () => smallProduct(sku, stored, scopesOfSku, now));
          }
          await setImmediate();
          const named = scopes.flatMap((scope) => batchIn(scope) ?? []);
          const known = named.filter((batchRef) => this.skuByBatchRef.has(batchRef));
          return {
            products,
            skusOfBatches: new Map(known.map((batchRef) => [batchRef, this.skuByBatchRef.get(batchRef)!])),
          };
        },
        carriedOut: (messageIds) => Promise.resolve(new Set(messageIds.filter((id) => this.inbox.has(id)))),
        save: async (changes) => {
          const conflicts = new Set<string>();
          for (const change of changes) {
            await lock(change.sku, true);
            const stored = staged.get(change.sku) ?? this.products.get(change.sku) ?? UNKNOWN;
            if (stored.version !== change.loadedVersion) {
              conflicts.add(change.sku);
              continue;
            }
            staged.set(change.sku, afterChange(stored, change));
            for (const event of change.events) stagedEvents.push(event);
            for (const id of change.messageIds) stagedMessageIds.push(id);
            for (const request of change.requests ?? []) stagedRequests.set(nameOf(request), request);
          }
          await setImmediate();
          return conflicts;
        },
        behindInViews: () => Promise.resolve(new Set()),
      });
      for (const [name, { key }] of stagedRequests) if (this.requests.has(name)) throw new KeyInUse(key);
      this.commit(staged, stagedEvents);
      for (const [name, request] of stagedRequests) this.requests.set(name, request);
      for (const id of stagedMessageIds) this.inbox.add(id);
      return result;
    } finally {
      for (const sku of mine) this.locks.delete(sku);
      unlock();
    }
  }

  override snapshot<T>(work: (products: ProductSnapshot) => Promise<T>): Promise<T> {
    return work({
      skuOfBatch: (batchRef) => this.skuOfBatch(batchRef),
      behindInViews: async () => new Set(),
      load: async (scope) => {
        await setImmediate();
        return smallProduct(scope.sku, this.products.get(scope.sku) ?? UNKNOWN, [scope], this.clock());
      },
    });
  }

  /** All or nothing, in one go: nothing awaits in here. */
  private commit(staged: ReadonlyMap<string, StoredProduct>, events: readonly Recorded[]): void {
    const claimed = new Map<string, string>();
    for (const [sku, product] of staged) {
      for (const batchRef of product.batches.keys()) {
        const owner = this.skuByBatchRef.get(batchRef) ?? claimed.get(batchRef) ?? sku;
        if (owner !== sku) throw new BatchConflict(batchRef, 'another SKU');
        claimed.set(batchRef, sku);
      }
    }
    for (const [sku, product] of staged) this.products.set(sku, product);
    for (const [batchRef, sku] of claimed) this.skuByBatchRef.set(batchRef, sku);
    for (const event of events) this.events.push(event);
  }
}

function nameOf({ caller, key, part }: RecordedPart): string {
  return JSON.stringify([caller, key, part]);
}
