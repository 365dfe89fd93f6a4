import type { Product } from '../domain/product';
import type { Recorded } from './recorded';
import type { Scope } from './unit-of-work';

/** What one transaction changed of one product. The events say it all: rows follow from them. */
export interface ProductChange {
  readonly sku: string;
  /** The version that the product was loaded with. */
  readonly loadedVersion: number;
  /** Its new events, numbered `loadedVersion + 1` onwards. */
  readonly events: readonly Recorded[];
}

/** Products as one transaction sees them. */
export interface ProductTransaction {
  /**
   * Loads the products that the scopes name, each once, with what its scopes need.
   * A SKU that nobody knows comes as a product of version 0.
   * @param waiting false: leaves out products that another transaction is changing right now, so that
   *   one slow product does not hold up the others; true: waits for them
   * @returns a factory for each SKU: each call makes the product anew as it was loaded
   * @throws BatchConflict is not thrown here but by the factory, when a scope names a batch of another SKU
   */
  load(scopes: readonly Scope[], waiting: boolean): Promise<Map<string, () => Product>>;

  /**
   * Writes the changes and their events.
   * @returns the SKUs whose version had moved on since they were loaded; nothing is written of these
   */
  save(changes: readonly ProductChange[]): Promise<Set<string>>;
}

/** Where products live (the book's chapter 2). Load and save happen inside a transaction. */
export abstract class ProductRepository {
  /** The SKU of a batch, which never changes; undefined when there is no such batch. */
  abstract skuOfBatch(reference: string): Promise<string | undefined>;

  /**
   * Runs `work` in a transaction that is committed when it returns and rolled back when it throws.
   * @throws what `work` throws; WriteConflict when another transaction got in the way and the same
   *   work may succeed when it is done again
   */
  abstract transaction<T>(work: (products: ProductTransaction) => Promise<T>): Promise<T>;
}

/** Another writer got in the way; nothing was written, and doing it again may work. */
export class WriteConflict extends Error {}
