import { createDataSource } from '../../src/database/data-source';
import { PostgresOrders } from '../../src/orders/adapters/postgres-orders';
import { OrderMetrics } from '../../src/orders/adapters/order-metrics';
import { OrderLease } from '../../src/orders/application/orders';
import { Metrics } from '../../src/metrics/contracts';
import { Order } from '../../src/orders/domain/order';
import { createTestDatabase } from '../support/test-database';
import { ordersContract } from './orders.contract';

ordersContract('PostgreSQL', async () => {
  const database = await createTestDatabase();
  const dataSource = await createDataSource(database.url).initialize();
  return {
    instances: [
      new PostgresOrders(dataSource, new OrderLease()),
      new PostgresOrders(dataSource, new OrderLease()),
    ],
    endLeases: () => dataSource.query('UPDATE orders SET due_at = now() WHERE due_at IS NOT NULL'),
    close: async () => {
      await dataSource.destroy();
      await database.drop();
    },
  };
});

test('tells for how long something has been under way for an order, however often a step of it is stored', async () => {
  const database = await createTestDatabase();
  const dataSource = await createDataSource(database.url).initialize();
  try {
    const orders = new PostgresOrders(dataSource, new OrderLease());
    const metrics = new Metrics();
    new OrderMetrics(metrics, dataSource);
    const age = async () =>
      Number(/^stock_allocation_orders_unfinished_age_seconds (.*)$/m.exec(await metrics.read())![1]);
    const anHourPasses = () =>
      dataSource.query(`UPDATE orders SET changed_at = changed_at - interval '1 hour'`);

    const wish = { customerId: null, partial: false, wait: false, reserveFor: null, lines: [] };
    let order = Order.of('order-1', wish, 0);
    await orders.add(order);
    await anHourPasses();
    for (const step of ['placing', 'queued', 'placing', 'settling'] as const) {
      await orders.save((order = order.to(step)));
      expect([step, await age()]).toEqual([step, expect.closeTo(3_600, -3)]);
    }
    await orders.save((order = order.to('confirmed')));
    expect(await age()).toBe(0);
    await anHourPasses();
    await orders.save(order.to('cancelling'));
    expect(await age()).toBeLessThan(1_800);
  } finally {
    await dataSource.destroy();
    await database.drop();
  }
});
