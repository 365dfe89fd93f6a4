import type { OrderLine } from '../domain/order-line';

/** The wait-lists of all SKUs (rule 13), for questions. */
export abstract class WaitList {
  /**
   * The place of each line on the wait-list of its SKU, in the order of the lines: 1 is the next. Undefined for one that
   * does not wait.
   * @throws Unavailable when the store cannot be reached
   */
  abstract places(lines: readonly OrderLine[]): Promise<(number | undefined)[]>;
}
