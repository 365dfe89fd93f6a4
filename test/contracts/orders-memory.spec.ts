import { MemoryOrders } from '../support/memory-orders';
import { ordersContract } from './orders.contract';

ordersContract('memory', async () => {
  const orders = new MemoryOrders();
  return { instances: [orders, orders], endLeases: async () => orders.endLeases(), close: async () => {} };
});
