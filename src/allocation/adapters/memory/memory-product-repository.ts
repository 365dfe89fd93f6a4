import { setImmediate } from 'node:timers/promises';
import {
  type ProductChange,
  ProductRepository,
  type ProductTransaction,
  type ProductTransactionOptions,
} from '../../application/product-repository';
import type { Recorded } from '../../application/recorded';
import { Batch } from '../../domain/batch';
import { BatchConflict } from '../../domain/errors';
import { Product } from '../../domain/product';
import { applyEvent, type LineRow, toLine } from '../apply-event';

type StoredBatch = Readonly<Batch>;

/** One product as it was committed. Never changed: a commit puts another in its place. */
interface StoredProduct {
  readonly version: number;
  readonly available: number;
  readonly batches: ReadonlyMap<string, StoredBatch>;
  readonly lines: ReadonlyMap<string, LineRow>;
}

const UNKNOWN: StoredProduct = { version: 0, available: 0, batches: new Map(), lines: new Map() };

/**
 * Products in memory, for tests and small jobs. It behaves like the real one: callers work on copies, a
 * transaction that throws leaves nothing behind, products are locked from load to commit, a stale version
 * is refused, and every step yields to other callers so that races are real.
 */
export class MemoryProductRepository extends ProductRepository {
  /** All events ever committed, in the order of the commits. */
  readonly events: Recorded[] = [];
  private readonly products = new Map<string, StoredProduct>();
  private readonly skuByReference = new Map<string, string>();
  private readonly inbox = new Set<string>();
  private readonly locks = new Map<string, Promise<void>>();

  /** @param clock tells the time that all writers share */
  constructor(private readonly clock: () => Date = () => new Date()) {
    super();
  }

  override async skuOfBatch(reference: string): Promise<string | undefined> {
    await setImmediate();
    return this.skuByReference.get(reference);
  }

  override async transaction<T>(
    { whenLocked }: ProductTransactionOptions,
    work: (products: ProductTransaction) => Promise<T>,
  ): Promise<T> {
    const staged = new Map<string, StoredProduct>();
    const stagedEvents: Recorded[] = [];
    const stagedMessageIds: string[] = [];
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
          for (const { sku } of [...scopes].sort((a, b) => (a.sku < b.sku ? -1 : 1))) {
            if (!(await lock(sku, whenLocked === 'wait'))) continue;
            const stored = staged.get(sku) ?? this.products.get(sku) ?? UNKNOWN;
            const now = this.clock();
            products.set(sku, () => toProduct(sku, stored, now));
          }
          await setImmediate();
          const named = scopes.flatMap(({ batchRef }) => batchRef ?? []);
          const known = named.filter((reference) => this.skuByReference.has(reference));
          return {
            products,
            skusOfBatches: new Map(
              known.map((reference) => [reference, this.skuByReference.get(reference)!]),
            ),
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
            staged.set(change.sku, apply(stored, change));
            for (const event of change.events) stagedEvents.push(event);
            for (const id of change.messageIds) stagedMessageIds.push(id);
          }
          await setImmediate();
          return conflicts;
        },
      });
      this.commit(staged, stagedEvents);
      for (const id of stagedMessageIds) this.inbox.add(id);
      return result;
    } finally {
      for (const sku of mine) this.locks.delete(sku);
      unlock();
    }
  }

  /** All or nothing, in one go: nothing awaits in here. */
  private commit(staged: ReadonlyMap<string, StoredProduct>, events: readonly Recorded[]): void {
    const claimed = new Map<string, string>();
    for (const [sku, product] of staged) {
      for (const reference of product.batches.keys()) {
        const owner = this.skuByReference.get(reference) ?? claimed.get(reference) ?? sku;
        if (owner !== sku) throw new BatchConflict(reference, 'another SKU');
        claimed.set(reference, sku);
      }
    }
    for (const [sku, product] of staged) this.products.set(sku, product);
    for (const [reference, sku] of claimed) this.skuByReference.set(reference, sku);
    for (const event of events) this.events.push(event);
  }
}

function apply(stored: StoredProduct, { loadedVersion, events }: ProductChange): StoredProduct {
  const batches = new Map(stored.batches);
  const lines = new Map(stored.lines);
  let { available } = stored;
  for (const recorded of events) {
    applyEvent(recorded, {
      addAvailable: (pieces) => (available += pieces),
      addBatch: (reference, qty, eta, sequence) =>
        batches.set(reference, new Batch(reference, qty, eta, sequence)),
      changeBatch: (reference, { purchased, eta, allocated = 0, dispatched = 0 }, sequence) => {
        const batch = batches.get(reference)!.copy();
        batch.purchasedQuantity = purchased ?? batch.purchasedQuantity;
        if (eta !== undefined) batch.eta = eta;
        batch.allocatedQuantity += allocated;
        batch.dispatchedQuantity += dispatched;
        batch.sequence = sequence;
        batches.set(reference, batch);
      },
      putLine: (line) => lines.set(line.orderId, line),
      removeLine: (_sku, orderId) => lines.delete(orderId),
    });
  }
  return { version: loadedVersion + events.length, available, batches, lines };
}

function toProduct(sku: string, { version, available, batches, lines }: StoredProduct, now: Date): Product {
  const copies = new Map([...batches.values()].map((batch) => [batch.reference, batch.copy()]));
  const known = [...lines.values()].map((row) => toLine(row, copies));
  return new Product(sku, version, available, copies.values(), known, now);
}
