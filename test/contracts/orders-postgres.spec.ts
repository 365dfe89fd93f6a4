import { createDataSource } from '../../src/database/data-source';
import { PostgresOrders } from '../../src/orders/adapters/postgres-orders';
import { OrderLease } from '../../src/orders/application/orders';
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
