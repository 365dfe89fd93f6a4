import type { Product } from '../domain/product';

/** What a unit of work names, so that no more of the product than this needs to be loaded. */
export interface Scope {
  readonly sku: string;
  /** The order whose line of this SKU the work looks at. */
  readonly orderId?: string;
  /** The batch that the work looks at. */
  readonly batchRef?: string;
  /** Pieces for which the work seeks a batch. */
  readonly qty?: number;
  /** The quantity that `batchRef` is set to: lines that it then loses are loaded, newest first. */
  readonly cutTo?: number;
  /** Pieces that `batchRef` loses at most: lines that no longer fit are loaded, like those of `cutTo`. */
  readonly cutBy?: number;
  /** Pieces that `batchRef` gets more, or has when it is new: lines are loaded that wait for them. */
  readonly adds?: number;
  /** The named line gives its pieces back: lines are loaded that wait for them. */
  readonly givesBack?: boolean;
  /** The work looks at every line of `batchRef` that has not left it. */
  readonly allLines?: boolean;
  /** The work looks at every batch. */
  readonly allBatches?: boolean;
  /** The work moves lines: batches are loaded that could take the lines loaded for this scope. */
  readonly movesLines?: boolean;
}

/** The service is over its head, or its database cannot serve; the same may work in a while. */
export class Unavailable extends Error {
  /** Why, as the client may know it: a sentence without a full stop. */
  readonly reason?: string;
  /** The log tells of the cause already, once for all who meet it. */
  readonly announced: boolean;

  constructor(
    message: string,
    { reason, announced = false, ...options }: ErrorOptions & { reason?: string; announced?: boolean } = {},
  ) {
    super(message, options);
    this.reason = reason;
    this.announced = announced;
  }

  override get name(): string {
    return 'Unavailable';
  }
}

/** The product of the command is being changed by others for too long; commands for other products are not affected. */
export class ProductBusy extends Unavailable {}

/** The message that asked for this was carried out before; doing it again would do it twice. */
export class DuplicateMessage extends Error {
  override get name(): string {
    return 'DuplicateMessage';
  }
}

/** The atomic change of one product and the events it raised (the book's chapter 6). */
export abstract class UnitOfWork {
  /**
   * Loads the product that `scope` names, runs `work` on it, and commits the product together with its
   * events; then publishes the events and waits for the handlers to have seen them, also those of units before it
   * whose outcome `work` has seen. Units of one SKU are carried out in the order in which they came.
   *
   * @param work pure and synchronous, since it may be run more than once: after a conflict with another
   *   writer on a freshly loaded product. It gets a product of version 0 for an unknown SKU.
   * @returns what `work` returned in the run that was committed
   * @throws what `work` throws; then nothing of it is kept
   * @throws DuplicateMessage when the running code works for a message (see Correlation) whose id was
   *   committed with an earlier unit
   * @throws Unavailable when there is too much to do, somebody else changes the product for too long, or the database
   *   cannot be reached or does not answer in time. In the last case the unit may have been committed all the same
   */
  abstract run<T>(scope: Scope, work: (product: Product) => T): Promise<T>;
}
