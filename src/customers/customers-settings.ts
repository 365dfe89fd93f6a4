import { Days } from '../config';

/** What is kept about customers. */
export class CustomersSettings {
  /** Days for which it is known by name which orders of a customer were counted. */
  @Days()
  readonly CUSTOMER_ORDER_RETENTION_DAYS: number = 90;
}
