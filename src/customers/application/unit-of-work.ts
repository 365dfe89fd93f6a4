import type { History } from '../domain/history';

/** The atomic change of the history of one customer, together with the mails that follow from its events. */
export abstract class CustomersUnitOfWork {
  /**
   * Loads the history, an empty one for a customer whom nobody knows, runs `work` on it, and commits what it changed.
   * @param orderId the order that `work` is about, if it is about one
   * @param work pure and synchronous, since it may be run more than once
   * @throws Unavailable when the store cannot be reached
   */
  abstract run(
    customerId: string,
    orderId: string | undefined,
    work: (history: History) => void,
  ): Promise<void>;
}
