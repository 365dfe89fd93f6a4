import { Customers } from '../../src/orders/application/customers';

/** Customers who are told of orders. */
export class NotifiedCustomers extends Customers {
  readonly orders = new Set<string>();
  readonly emails = new Map<string, string>();
  /** Of lines of each of them. */
  priority = 0;

  override async priorityOf(): Promise<number> {
    return this.priority;
  }

  override async introduce(customerId: string, email: string): Promise<void> {
    this.emails.set(customerId, email);
  }

  override async recordOrder(customerId: string, orderId: string): Promise<void> {
    this.orders.add(`${customerId} ${orderId}`);
  }
}
