import type { CommandBus } from '@nestjs/cqrs';
import { Deallocated, type Recorded } from '../../src/allocation/contracts';
import { runWithCorrelation } from '../../src/correlation';
import { IdempotentRequest } from '../../src/idempotent-request';
import {
  CancelOrderHandler,
  CloseOrdersHandler,
  ConfirmOrderHandler,
  DispatchOrderHandler,
  PlaceOrderHandler,
} from '../../src/orders/application/command-handlers';
import {
  CancelOrder,
  CloseOrders,
  ConfirmOrder,
  DispatchOrder,
  PlaceOrder,
} from '../../src/orders/application/commands';
import { IntroduceCustomerHandler } from '../../src/customers/application/handlers';
import { IntroduceCustomer } from '../../src/customers/contracts';
import { OrderProcess, OrderProcessOptions } from '../../src/orders/application/order-process';
import { OrderLease } from '../../src/orders/application/orders';
import { OrderFollower } from '../../src/orders/entrypoints/order-follower';
import { OrderClosed, OrderConflict, OrderDispatched } from '../../src/orders/domain/errors';
import { Order, type Wish } from '../../src/orders/domain/order';
import { Unavailable } from '../../src/unavailable';
import { MemoryCustomers, MemoryCustomersUnitOfWork } from '../support/memory-customers';
import { MemoryOrders } from '../support/memory-orders';
import { MemoryStock } from '../support/memory-stock';
import { NotifiedCustomers } from '../support/notified-customers';
import { until } from '../support/until';

const wish: Wish = {
  ...{ customerId: null, partial: false, wait: false, reserveFor: null },
  lines: [
    { sku: 'A', qty: 1 },
    { sku: 'B', qty: 1 },
  ],
};
const line = { sku: 'A', qty: 1, priority: 0 };

let orders: MemoryOrders;
let stock: MemoryStock;
let customers: NotifiedCustomers;
let process: OrderProcess;
beforeEach(() => {
  orders = new MemoryOrders();
  stock = new MemoryStock({ A: 2, B: 2 });
  customers = new NotifiedCustomers();
  process = new OrderProcess(orders, stock, customers, new OrderProcessOptions(), new OrderLease());
});
afterEach(() => jest.restoreAllMocks());

const placeWith = (more: Partial<Wish>, email?: string) =>
  new PlaceOrderHandler(orders, process, stock, customers).execute(
    new PlaceOrder('o', { ...wish, ...more }, email),
  );
const place = () => placeWith({});
/** Counts the commits that come one after the other: those that are asked for at the same time are one. */
class Commits {
  inSequence = 0;
  private next?: Promise<void>;

  /** @param names the calls of it that are commits */
  of<Port extends object>(port: Port, ...names: (keyof Port)[]): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as (...parameters: unknown[]) => Promise<unknown>;
        if (!names.includes(name as keyof Port)) return method;
        return async (...parameters: unknown[]) => {
          await this.begin();
          return method.apply(target, parameters);
        };
      },
    });
  }

  private begin(): Promise<void> {
    this.next ??= new Promise((resolve) =>
      setImmediate(() => {
        this.next = undefined;
        this.inSequence += 1;
        resolve();
      }),
    );
    return this.next;
  }
}

const requestOf = (key: string, results?: Map<number, unknown>) =>
  new IdempotentRequest('', key, Buffer.from(key), results);
const withRequest = <T>(idempotency: IdempotentRequest, work: () => Promise<T>) =>
  runWithCorrelation({ correlationId: 'c', causationId: 'c', idempotency }, work);

describe('an order for which lines are held', () => {
  test('is the same one when it was stored a moment later', async () => {
    await place();
    jest.spyOn(orders, 'find').mockResolvedValueOnce(undefined);
    expect(await place()).toMatchObject({ isNew: false, order: { step: 'confirmed' } });
  });

  test('is to be sent again later when they run out soon: it may never have been stored', async () => {
    await stock.reserve('o', line, { reserveFor: 60, wait: false });
    await expect(place()).rejects.toThrow(Unavailable);
    stock.runOut();
    expect(await place()).toMatchObject({ isNew: true, order: { step: 'confirmed' } });
  });

  test('is refused when they were asked for by themselves', async () => {
    await stock.reserve('o', line, { reserveFor: 900, wait: false });
    await expect(place()).rejects.toThrow(OrderConflict);
    await stock.confirm('o', 'A');
    await expect(place()).rejects.toThrow(OrderConflict);
  });
});

test('rule 20: an order of which a line leaves while it is being cancelled is not cancelled', async () => {
  await place();
  const giveBack = stock.giveBack.bind(stock);
  jest.spyOn(stock, 'giveBack').mockImplementation(async (orderId, sku) => {
    await stock.dispatch(orderId, 'A');
    return giveBack(orderId, sku);
  });
  const cancel = () => new CancelOrderHandler(orders, process, stock).execute(new CancelOrder('o'));
  await expect(cancel()).rejects.toThrow(OrderDispatched);
  expect(stock.statesOf('o')).toEqual({ A: 'dispatched', B: 'deallocated' });
  expect(await orders.find('o')).toMatchObject({ step: 'confirmed' });
  await expect(cancel()).rejects.toThrow(OrderDispatched);
});

test('an order that nobody can go on with is cancelled instead, once nobody can be at work on it any more', async () => {
  const placing = Order.of('o', wish, 0);
  await orders.add(placing);
  await stock.reserve('o', line, { reserveFor: 60, wait: false });
  const cancel = () => {
    const begin = performance.now();
    jest
      .spyOn(performance, 'now')
      .mockReturnValueOnce(begin)
      .mockReturnValue(begin + 6_000);
    return new CancelOrderHandler(orders, process, stock)
      .execute(new CancelOrder('o'))
      .finally(() => jest.restoreAllMocks());
  };
  await expect(cancel()).rejects.toThrow('was placing, and is to be cancelled');
  expect(await orders.save(placing.to('settling'))).toBe(false);
  expect(stock.statesOf('o')).toEqual({ A: 'reserved' });
  // Asked again, it is not left alone for longer.
  await expect(cancel()).rejects.toThrow('is cancelling; try again');
  expect(await orders.find('o')).toEqual(placing.to('cancelling'));

  orders.endLeases();
  const [{ order }] = await orders.takeOver(1);
  await process.goOnWith(order, performance.now());
  expect(await cancel()).toMatchObject({ step: 'cancelled' });
  expect(stock.statesOf('o')).toEqual({ A: 'deallocated' });
});

test('an order whose last line goes while something is under way for it is closed once it rests', async () => {
  const settling = Order.of('o', wish, 0).to('settling');
  await orders.add(settling);
  const closing = new CloseOrdersHandler(orders, stock);
  const follower = new OrderFollower({
    execute: (command: CloseOrders) => closing.execute(command),
  } as CommandBus);
  follower.onApplicationBootstrap();
  await stock.reserve('o', line, { wait: false });
  await stock.giveBack('o', 'A');
  const event = new Deallocated('A', 'o', 1, 'batch', 2);
  await follower.handleAll([{ event } as unknown as Recorded]);
  await orders.save(settling.to('confirmed'));
  await until(async () => (await orders.find('o'))!.step === 'cancelled', 5);
  await follower.beforeApplicationShutdown();
});

test('an order is not closed while a line of it cannot be seen, but looked at again', async () => {
  await place();
  const closing = new CloseOrdersHandler(orders, stock);
  // B, which is held, is not to be seen.
  const seen = jest.spyOn(stock, 'lines').mockResolvedValue([]);
  stock.isBehind = true;
  expect(await closing.execute(new CloseOrders(['o', 'unknown']))).toEqual(['o']);
  expect(await orders.find('o')).toMatchObject({ step: 'confirmed' });
  seen.mockRestore();
  stock.isBehind = false;
  expect(await closing.execute(new CloseOrders(['o']))).toEqual([]);
  expect(await orders.find('o')).toMatchObject({ step: 'confirmed' });
});

test.each([
  ['confirm', ConfirmOrderHandler, ConfirmOrder],
  ['dispatch', DispatchOrderHandler, DispatchOrder],
])(
  'an order whose lines were all given back one by one is closed for whoever would %s it',
  async (_, handler, command) => {
    await placeWith({ reserveFor: 900 });
    for (const sku of ['A', 'B']) await stock.giveBack('o', sku);
    await expect(new handler(orders, process, stock).execute(new command('o'))).rejects.toThrow(OrderClosed);
    expect(await orders.find('o')).toMatchObject({ step: 'cancelled' });
  },
);

test('a command waits for an order that is under way, also when the clock of the day is set meanwhile', async () => {
  const settling = Order.of('o', wish, 0).to('settling');
  await orders.add(settling);
  const confirmed = new ConfirmOrderHandler(orders, process, stock).execute(new ConfirmOrder('o'));
  const tomorrow = Date.now() + 86_400_000;
  jest.spyOn(Date, 'now').mockReturnValue(tomorrow);
  setTimeout(() => void orders.save(settling.to('confirmed')), 100);
  expect(await confirmed).toMatchObject({ step: 'confirmed' });
});

test.each([
  ['two, one after the other', {}, undefined, 2],
  ['three when it is to be counted for a customer', { customerId: 'jo' }, undefined, 3],
  ['no more of them when he says where he gets mails', { customerId: 'jo' }, 'jo@example.com', 3],
])('an order is answered after the commits that it takes: %s', async (_, more, email, expected) => {
  const commits = new Commits();
  orders = commits.of(orders, 'add', 'save');
  stock = commits.of(stock, 'reserve', 'confirm', 'giveBack');
  customers = commits.of(customers, 'introduce', 'recordOrder');
  process = new OrderProcess(orders, stock, customers, new OrderProcessOptions(), new OrderLease());
  expect(await placeWith(more, email)).toMatchObject({ order: { step: 'confirmed' } });
  expect(commits.inSequence).toBe(expected);
});

describe('where a customer gets mails, which comes with his order,', () => {
  const jo = { customerId: 'jo' };

  test('is known before the order is placed, also when that is sent again after whoever began with it has died', async () => {
    const placing = Order.of('o', { ...wish, ...jo }, 0);
    await orders.add(placing);
    const goOn = async () => {
      await until(() => customers.emails.size > 0, 4);
      return process.goOnWith(placing, performance.now());
    };
    const [again] = await Promise.all([placeWith(jo, 'jo@example.com'), goOn()]);
    expect(again).toMatchObject({ isNew: false, order: { step: 'confirmed' } });
    expect([...customers.emails]).toEqual([['jo', 'jo@example.com']]);
  });

  test('is noted when it is new: with an order that was short, too, but not with one that was placed', async () => {
    stock = new MemoryStock({ A: 1 });
    process = new OrderProcess(orders, stock, customers, new OrderProcessOptions(), new OrderLease());
    await placeWith(jo, 'one@example.com');
    await placeWith(jo, 'two@example.com');
    expect([...customers.emails]).toEqual([['jo', 'two@example.com']]);
    stock = new MemoryStock({ A: 1, B: 1 });
    process = new OrderProcess(orders, stock, customers, new OrderProcessOptions(), new OrderLease());
    customers.priority = 10;
    const { order } = await placeWith(jo, 'two@example.com');
    expect(order.lines).toEqual([
      { sku: 'A', qty: 1, priority: 10 },
      { sku: 'B', qty: 1, priority: 10 },
    ]);
    await placeWith(jo, 'three@example.com');
    expect([...customers.emails]).toEqual([['jo', 'two@example.com']]);
  });

  test('is written once only', async () => {
    const known = new MemoryCustomers();
    const unitOfWork = new MemoryCustomersUnitOfWork(known);
    const run = jest.spyOn(unitOfWork, 'run');
    const introduce = (email: string) =>
      new IntroduceCustomerHandler(unitOfWork, known).execute(new IntroduceCustomer('jo', email));
    for (const email of ['one@example.com', 'one@example.com', 'two@example.com']) await introduce(email);
    expect(run).toHaveBeenCalledTimes(2);
    expect(known.histories.get('jo')).toMatchObject({ email: 'two@example.com' });
  });
});

describe('a request with an Idempotency-Key', () => {
  test('that places an order is its own; one that finds it placed is not, and its answer not the first', async () => {
    const [own, other] = [requestOf('own'), requestOf('other')];
    await withRequest(own, place);
    await withRequest(other, place);
    expect([own.isOwn, other.isOwn]).toEqual([true, false]);
  });

  test('that was carried out is answered as it was, also when the order was short and could be had by now', async () => {
    stock = new MemoryStock({ A: 2 });
    await withRequest(requestOf('key'), () =>
      new PlaceOrderHandler(
        orders,
        new OrderProcess(orders, stock, customers, new OrderProcessOptions(), new OrderLease()),
        stock,
        customers,
      ).execute(new PlaceOrder('o', wish, undefined)),
    );
    stock = new MemoryStock({ A: 2, B: 2 });
    const again = await withRequest(requestOf('key', new Map([[0, true]])), place);
    expect(again).toMatchObject({ isNew: true, order: { step: 'short' } });
  });

  test('that is done to an order is recorded with that, and no other of that key is', async () => {
    await placeWith({ reserveFor: 900 });
    const confirm = () => new ConfirmOrderHandler(orders, process, stock).execute(new ConfirmOrder('o'));
    const cancel = () => new CancelOrderHandler(orders, process, stock).execute(new CancelOrder('o'));
    const [request, other] = [requestOf('key'), requestOf('key')];
    await withRequest(request, confirm);
    expect(request.isOwn).toBe(true);
    await expect(withRequest(other, cancel)).rejects.toThrow('key is not answered yet');
    // It is not to be kept that it was told so.
    expect([other.isOwn, other.isUnfinished]).toEqual([false, true]);
    expect(await orders.find('o')).toMatchObject({ step: 'confirmed' });
  });
});
