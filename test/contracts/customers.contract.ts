import type { CustomerRepository } from '../../src/customers/application/customer-repository';
import type { CustomersUnitOfWork } from '../../src/customers/application/unit-of-work';
import { randomOrderId, randomRef } from '../support/random-refs';

/** What the suite needs to know of a kind of store. */
export interface CustomerStore {
  readonly customers: CustomerRepository;
  /** Two of them, as two instances have them. */
  readonly unitsOfWork: readonly [CustomersUnitOfWork, CustomersUnitOfWork];
  /** The subjects of the mails that are queued for an address. */
  mailsTo(email: string): Promise<string[]>;
  close(): Promise<void>;
}

/** What every store of customers promises. */
export function customersContract(name: string, open: () => Promise<CustomerStore>): void {
  describe(`customers: ${name}`, () => {
    let store: CustomerStore;
    beforeAll(async () => void (store = await open()));
    afterAll(() => store.close());

    const record = (customer: string, order: string, instance: 0 | 1 = 0) =>
      store.unitsOfWork[instance].run(customer, order, (history) => history.recordOrder(order));
    const introduce = (customer: string, email: string) =>
      store.unitsOfWork[0].run(customer, undefined, (history) => history.introduce(email));
    const newCustomer = () => randomRef('customer');

    test('knows nobody who was never named', async () => {
      expect(await store.customers.find(newCustomer())).toBeUndefined();
    });

    test('knows where a customer gets mails, the last place that he said', async () => {
      const customer = newCustomer();
      const getsMailsAt = (email: string) => store.customers.getsMailsAt(customer, email);
      expect(await getsMailsAt('a@example.com')).toBe(false);
      await introduce(customer, 'a@example.com');
      await introduce(customer, 'b@example.com');
      expect([await getsMailsAt('a@example.com'), await getsMailsAt('b@example.com')]).toEqual([false, true]);
    });

    test('counts an order once, whoever tells of it how often (rule 21)', async () => {
      const [customer, order] = [newCustomer(), randomOrderId()];
      await Promise.all([0, 1, 0, 1, 1].map((instance) => record(customer, order, instance as 0 | 1)));
      await record(customer, order);
      expect(await store.customers.find(customer)).toEqual({
        ...{ id: customer, orders: 1, vip: false, vipSince: null },
      });
    });

    test('makes a VIP of the customer with the third order, and congratulates him once (rule 21)', async () => {
      const customer = newCustomer();
      const email = `${customer}@example.com`;
      const orders = Array.from({ length: 5 }, () => randomOrderId());
      await introduce(customer, email);
      await record(customer, orders[0]);
      await record(customer, orders[1]);
      expect(await store.customers.find(customer)).toMatchObject({ orders: 2, vip: false });
      expect(await store.mailsTo(email)).toEqual([]);

      const again = [...orders, ...orders].map((order, index) =>
        record(customer, order, (index % 2) as 0 | 1),
      );
      await Promise.all(again);
      const vip = await store.customers.find(customer);
      expect(vip).toEqual({ id: customer, orders: 5, vip: true, vipSince: expect.any(String) });
      expect(await store.mailsTo(email)).toEqual(['Congratulations, you are a VIP']);

      await record(customer, randomOrderId());
      expect(await store.customers.find(customer)).toEqual({ ...vip, orders: 6 });
      expect(await store.mailsTo(email)).toHaveLength(1);
    });

    test('counts a thousand orders of a customer that come at once', async () => {
      const customer = newCustomer();
      const orders = Array.from({ length: 1_000 }, (_, index) => `${customer}-${index}`);
      await Promise.all(orders.map((order, index) => record(customer, order, (index % 2) as 0 | 1)));
      expect(await store.customers.find(customer)).toMatchObject({ orders: 1_000, vip: true });
    });

    test('makes a VIP of a customer whose address nobody knows', async () => {
      const customer = newCustomer();
      for (let order = 1; order <= 3; order += 1) await record(customer, `${customer}-${order}`);
      expect(await store.customers.find(customer)).toMatchObject({ vip: true });
    });

    test('counts orders of customers of whom some are forgotten at that moment', async () => {
      const customers = Array.from({ length: 20 }, () => newCustomer());
      for (let round = 0; round < 20; round += 1)
        await Promise.all([
          ...customers.map((customer, index) =>
            record(customer, `${customer}-${round}`, (index % 2) as 0 | 1),
          ),
          ...customers.map((customer) => store.customers.forget(customer)),
        ]);
      for (const customer of customers) await record(customer, `${customer}-last`);
      const found = await Promise.all(customers.map((customer) => store.customers.find(customer)));
      expect(found.filter((customer) => !customer || customer.orders < 1)).toEqual([]);
    });

    test('forgets a customer for good; his next order is his first', async () => {
      const customer = newCustomer();
      const email = `${customer}@example.com`;
      await introduce(customer, email);
      for (let order = 1; order <= 3; order += 1) await record(customer, `${customer}-${order}`);
      expect(await store.mailsTo(email)).toHaveLength(1);
      expect(await store.customers.forget(customer)).toBe(true);
      expect(await store.customers.find(customer)).toBeUndefined();
      expect(await store.mailsTo(email)).toEqual([]);
      expect(await store.customers.forget(customer)).toBe(false);
      await record(customer, randomOrderId());
      expect(await store.customers.find(customer)).toMatchObject({ orders: 1, vip: false });
    });
  });
}
