import { congratulationOf } from '../../src/customers/adapters/congratulation';
import { type Customer, CustomerRepository } from '../../src/customers/application/customer-repository';
import { CustomersUnitOfWork } from '../../src/customers/application/unit-of-work';
import { History } from '../../src/customers/domain/history';
import type { Mail } from '../../src/notifications/contracts';

interface StoredHistory {
  readonly email: string | null;
  readonly vipSince: Date | null;
  readonly orders: ReadonlySet<string>;
}

/** Customers in memory. */
export class MemoryCustomers extends CustomerRepository {
  readonly histories = new Map<string, StoredHistory>();
  mails: readonly Mail[] = [];

  override async find(id: string): Promise<Customer | undefined> {
    const history = this.histories.get(id);
    if (!history) return undefined;
    const vipSince = history.vipSince?.toISOString() ?? null;
    return { id, orders: history.orders.size, vip: vipSince !== null, vipSince };
  }

  override async getsMailsAt(id: string, email: string): Promise<boolean> {
    return this.histories.get(id)?.email === email;
  }

  override async forget(id: string): Promise<boolean> {
    const email = this.histories.get(id)?.email;
    this.mails = this.mails.filter(({ to }) => to !== email);
    return this.histories.delete(id);
  }
}

/** Its unit of work: copies are changed, and kept when nothing was thrown. */
export class MemoryCustomersUnitOfWork extends CustomersUnitOfWork {
  constructor(private readonly customers: MemoryCustomers) {
    super();
  }

  override async run(
    customerId: string,
    _orderId: string | undefined,
    work: (history: History) => void,
  ): Promise<void> {
    const { histories } = this.customers;
    const stored = histories.get(customerId) ?? { email: null, vipSince: null, orders: new Set<string>() };
    const { email, vipSince, orders } = stored;
    const history = new History(customerId, email, orders.size, vipSince, new Set(orders), new Date());
    work(history);
    histories.set(customerId, {
      email: history.email,
      vipSince: history.vipSince,
      orders: new Set([...orders, ...history.newOrders]),
    });
    const mails = history.events.flatMap((event) => congratulationOf(event) ?? []);
    this.customers.mails = [...this.customers.mails, ...mails];
  }
}
