import { Days } from '../config';

/** What is kept about orders. */
export class OrdersSettings {
  /** Days for which orders are kept that were refused, cancelled or dispatched, or ran out. */
  @Days()
  readonly ORDER_RETENTION_DAYS: number = 90;
}
