import type { RecordedPart } from '../../idempotent-request';
import type { Product } from '../domain/product';
import type { Recorded } from './recorded';
import type { Scope } from './scope';

/** What one transaction changed of one product. The events say it all: rows follow from them. */
export interface ProductChange {
  readonly sku: string;
  /** The version that the product was loaded with. */
  readonly loadedVersion: number;
  /** Its new events, numbered `loadedVersion + 1` onwards. */
  readonly events: readonly Recorded[];
  /** Messages that this carries out, kept so that none is carried out twice. */
  readonly messageIds: readonly string[];
  /** Requests with an Idempotency-Key that this carries out, kept likewise, with what they came to. */
  readonly requests?: readonly RecordedPart[];
}

/** What was loaded of some products. */
export interface LoadedProducts {
  /** For each SKU a function that makes the product anew as it was loaded; none for one that is locked. */
  readonly products: ReadonlyMap<string, () => Product>;
  /** The SKUs of the batches that the scopes name, whichever SKU that is; none for a batch that does not exist. */
  readonly skusOfBatches: ReadonlyMap<string, string>;
}

/** Products as one transaction sees them. */
export interface ProductTransaction {
  /**
   * Loads the products that the scopes name, each once, with what its scopes need, and keeps other writers off
   * them until the transaction ends. A SKU that nobody knows comes as a product of version 0.
   */
  load(scopes: readonly Scope[]): Promise<LoadedProducts>;

  /** @returns which of the messages were carried out before */
  carriedOut(messageIds: readonly string[]): Promise<Set<string>>;

  /**
   * Writes the changes and their events.
   * @returns SKUs that another writer had changed since they were loaded; of these nothing is written. A store
   *   may find this out only when it commits, and refuse the whole transaction with a WriteConflict.
   * @throws BatchConflict when a new batch has the reference of a batch of another SKU
   * @throws KeyInUse when one of the requests is recorded already; both perhaps only when the transaction commits
   */
  save(changes: readonly ProductChange[]): Promise<Set<string>>;

  /** @returns SKUs of which the views do not show yet all that was committed, by whichever instance */
  behindInViews(skus: readonly string[]): Promise<Set<string>>;
}

/** Products as they are at one moment, locked by nobody. */
export interface ProductSnapshot {
  /** The SKU of a batch; undefined when there is no such batch. */
  skuOfBatch(batchRef: string): Promise<string | undefined>;

  /** The product that the scope names, with what the scope needs: of version 0 when nobody knows the SKU. */
  load(scope: Scope): Promise<Product>;

  /** @returns SKUs of which the views do not show yet all that was committed, by whichever instance */
  behindInViews(skus: readonly string[]): Promise<Set<string>>;
}

export interface ProductTransactionOptions {
  /**
   * What to do about a product that another transaction is changing right now: leave it out, so that one slow
   * product does not hold up the others, or wait for it.
   */
  readonly whenLocked: 'skip' | 'wait';
  /**
   * Called when the transaction begins to wait for the store, and with each answer of the store.
   * @param isWaiting whether answers are still to come; if not, the service itself is at work
   */
  readonly onProgress?: (isWaiting: boolean) => void;
}

/** Where products live (the book's chapter 2). */
export abstract class ProductRepository {
  /**
   * The SKU of a batch, which never changes; undefined when there is no such batch.
   * @throws Unavailable when the store cannot be reached
   */
  abstract skuOfBatch(batchRef: string): Promise<string | undefined>;

  /**
   * Runs `work` in a transaction: committed when it returns, rolled back when it throws.
   * @param work may be run again, in a transaction of its own, when the first one could not be committed
   * @throws what `work` throws; WriteConflict; ProductBusy when somebody holds a row for too long; Unavailable when the store cannot be reached
   */
  abstract transaction<T>(
    options: ProductTransactionOptions,
    work: (products: ProductTransaction) => Promise<T>,
  ): Promise<T>;

  /**
   * Runs `work` for a question: it saves nothing, waits for nobody who changes a product, and keeps nobody off.
   * @throws what `work` throws; Unavailable when the store cannot be reached
   */
  abstract snapshot<T>(work: (products: ProductSnapshot) => Promise<T>): Promise<T>;
}

/** Another writer got in the way; nothing was written, and the same work may succeed in a moment. */
export class WriteConflict extends Error {}
