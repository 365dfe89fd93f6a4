import { Module } from '@nestjs/common';
import type { Migration } from '../database/data-source';
import { AllocationStock } from './adapters/allocation-stock';
import { OrderMetrics } from './adapters/order-metrics';
import { OrderRetention } from './adapters/order-retention';
import { PostgresOrders } from './adapters/postgres-orders';
import { RegisteredCustomers } from './adapters/registered-customers';
import { orderHandlers } from './application/command-handlers';
import { Customers } from './application/customers';
import { OrderProcess, OrderProcessOptions } from './application/order-process';
import { OrderLease, Orders } from './application/orders';
import { Stock } from './application/stock';
import { ordersApi } from './entrypoints/api';
import { OrderFollower } from './entrypoints/order-follower';
import { OrderRecovery } from './entrypoints/order-recovery';
import { OrdersController } from './entrypoints/orders.controller';
import { Orders1790000015000 } from './migrations/1790000015000-orders';
import { Correlation1790000017950 } from './migrations/1790000017950-correlation';
import { OrdersSettings } from './orders-settings';

/** Several lines as one, over what the allocation and the customers offer to everybody. */
@Module({
  controllers: [OrdersController],
  providers: [
    ...orderHandlers,
    OrderProcess,
    OrderRecovery,
    OrderFollower,
    OrderRetention,
    OrderMetrics,
    { provide: OrderProcessOptions, useValue: new OrderProcessOptions() },
    { provide: OrderLease, useValue: new OrderLease() },
    { provide: Orders, useClass: PostgresOrders },
    { provide: Stock, useClass: AllocationStock },
    { provide: Customers, useClass: RegisteredCustomers },
  ],
})
export class OrdersModule {
  static readonly settings = OrdersSettings;
  static readonly migrations: readonly Migration[] = [Orders1790000015000, Correlation1790000017950];
  static readonly api = ordersApi;
}
