import { OrderProcessOptions } from '../../src/orders/application/order-process';
import { OrderLease } from '../../src/orders/application/orders';
import { OrdersModule } from '../../src/orders/orders.module';

/*
 * The service, which takes over orders of dead instances sooner, and whose orders hold their lines for a shorter while,
 * for a test that waits for both.
 */
const providers = Reflect.getMetadata('providers', OrdersModule) as unknown[];
Reflect.defineMetadata(
  'providers',
  [
    ...providers,
    { provide: OrderLease, useValue: new OrderLease(6) },
    { provide: OrderProcessOptions, useValue: { ...new OrderProcessOptions(), holdSeconds: 12 } },
  ],
  OrdersModule,
);

require('../../src/main');
