import { Unavailable } from '../../unavailable';
import type { Product } from '../domain/product';
import type { Scope } from './scope';

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
