import { Customers } from '../../src/orders/application/customers';

/** Customers who are told of orders. */
export class NotifiedCustomers extends Customers {
  readonly orders = new Set<string>();

  override async priorityOf(): Promise<number> {
    return 0;
  }

  override async introduce(): Promise<void> {}

  override async recordOrder(customerId: string, orderId: string): Promise<void> {
    this.orders.add(`${customerId} ${orderId}`);
  }
}
