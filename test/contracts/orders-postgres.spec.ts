import { createDataSource } from '../../src/database/data-source';
import { OrderLease, PostgresOrders } from '../../src/orders/adapters/postgres-orders';
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
