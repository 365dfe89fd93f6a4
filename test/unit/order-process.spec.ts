import { Logger } from '@nestjs/common';
import { ChangeLineOfOrderHandler } from '../../src/orders/application/command-handlers';
import { ChangeLineOfOrder } from '../../src/orders/application/commands';
import type { Customers } from '../../src/orders/application/customers';
import { OrderProcess, OrderProcessOptions } from '../../src/orders/application/order-process';
import { OrderLease, type Orders, Superseded } from '../../src/orders/application/orders';
import type { Stock } from '../../src/orders/application/stock';
import { Turns } from '../../src/orders/application/turns';
import {
  isHeld,
  type LineState,
  Order,
  type Step,
  type UnfinishedStep,
  type Wish,
} from '../../src/orders/domain/order';
import { Unavailable } from '../../src/unavailable';
import { MemoryOrders } from '../support/memory-orders';
import { MemoryStock } from '../support/memory-stock';
import { NotifiedCustomers } from '../support/notified-customers';
import { until } from '../support/until';

// What it warns of is no news here.
Logger.overrideLogger(false);

const lease = new OrderLease();
const options = { ...new OrderProcessOptions(), pausesMs: [1, 2] as const };
const wishFor = (lines: Record<string, number>, more: Partial<Wish> = {}): Wish => ({
  ...{ customerId: 'jo', partial: false, wait: false, reserveFor: null },
  lines: Object.entries(lines).map(([sku, qty]) => ({ sku, qty })),
  ...more,
});

/** An instance dies: of the calls that it makes, this one and all after it do not happen, or are not heard of. */
class Death extends Error {}

/** The calls of a port, of which the instance survives so many. */
function mortal<Port extends object>(port: Port, life: { calls: number; isHeard: boolean }): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const method = Reflect.get(target, name) as unknown;
      if (typeof method !== 'function') return method;
      return async (...parameters: unknown[]): Promise<unknown> => {
        life.calls -= 1;
        if (life.calls < 0) throw new Death();
        const result = await (method as (...all: unknown[]) => Promise<unknown>).apply(target, parameters);
        // The last call is carried out, and nobody hears of it.
        if (life.calls === 0 && !life.isHeard) throw new Death();
        return result;
      };
    },
  });
}

let orders: MemoryOrders;
let customers: NotifiedCustomers;
beforeEach(() => {
  orders = new MemoryOrders();
  customers = new NotifiedCustomers();
});

const place = (stock: MemoryStock, id: string, wish: Wish) =>
  new OrderProcess(orders, stock, customers, options, lease).begin(Order.of(id, wish, 0));

test('rule 20: an order that can be had is confirmed as a whole, and its customer is told', async () => {
  const stock = new MemoryStock({ A: 2, B: 2 });
  expect(await place(stock, 'o', wishFor({ A: 2, B: 1 }))).toMatchObject({ step: 'confirmed' });
  expect(stock.statesOf('o')).toEqual({ A: 'allocated', B: 'allocated' });
  expect(await orders.find('o')).toMatchObject({ step: 'confirmed' });
  expect([...customers.orders]).toEqual(['jo o']);
});

test('whoever places an order that cannot be gone on with is told at once, also while nothing can be stored', async () => {
  const stock = new MemoryStock({ A: 1 });
  stock.reserve = () => Promise.reject(new Unavailable('The database does not answer'));
  orders.putOff = () => new Promise(() => {});
  await expect(place(stock, 'o', wishFor({ A: 1 }))).rejects.toThrow('The database does not answer');
});

test('rule 20: an order of which one line is short holds nothing, and names that line', async () => {
  const stock = new MemoryStock({ A: 2, B: 2 });
  const order = await place(stock, 'o', wishFor({ A: 1, B: 3, C: 1 }));
  expect(order).toMatchObject({ step: 'short' });
  expect(order!.lines.map(({ sku, shortage }) => [sku, shortage])).toEqual([
    ['A', undefined],
    ['B', { available: 2 }],
    ['C', { available: null }],
  ]);
  expect([stock.left('A'), stock.left('B')]).toEqual([2, 2]);
  expect([...customers.orders]).toEqual([]);
});

test('rule 20: a partial order takes what there is, and is short when there is nothing', async () => {
  const stock = new MemoryStock({ A: 2 });
  expect(await place(stock, 'o', wishFor({ A: 2, B: 1 }, { partial: true }))).toMatchObject({
    step: 'confirmed',
  });
  expect(stock.statesOf('o')).toMatchObject({ A: 'allocated' });
  expect(await place(stock, 'p', wishFor({ A: 2, B: 1 }, { partial: true }))).toMatchObject({
    step: 'short',
  });
});

test('rule 20: an order that waits is never short', async () => {
  const stock = new MemoryStock({ A: 2 });
  expect(await place(stock, 'o', wishFor({ A: 2, B: 1 }, { wait: true }))).toMatchObject({
    step: 'confirmed',
  });
  expect(stock.statesOf('o')).toEqual({ A: 'allocated', B: 'waiting' });
});

test('an order that is reserved stays so, and its customer is not told before it is confirmed', async () => {
  const stock = new MemoryStock({ A: 2 });
  const order = await place(stock, 'o', wishFor({ A: 2 }, { reserveFor: 900 }));
  expect(order).toMatchObject({ step: 'reserved' });
  expect(stock.statesOf('o')).toEqual({ A: 'reserved' });
  expect([...customers.orders]).toEqual([]);
});

test('an order that is confirmed after a line has run out gives all of them back', async () => {
  const stock = new MemoryStock({ A: 2, B: 2 });
  const order = await place(stock, 'o', wishFor({ A: 2, B: 2 }, { reserveFor: 900 }));
  await stock.confirm('o', 'A');
  stock.runOut();
  const process = new OrderProcess(orders, stock, customers, options, lease);
  expect(await process.start(order!.to('confirming'))).toMatchObject({ step: 'expired' });
  expect([stock.left('A'), stock.left('B')]).toEqual([2, 2]);
});

test('rule 20: of two orders that each hold what the other one wants, one wins', async () => {
  for (let round = 0; round < 50; round += 1) {
    const stock = new MemoryStock({ A: 1, B: 1 });
    const placed = await Promise.all([
      place(stock, `x${round}`, wishFor({ A: 1, B: 1 })),
      place(stock, `y${round}`, wishFor({ B: 1, A: 1 })),
    ]);
    expect(placed.map((order) => order!.step).sort()).toEqual(['confirmed', 'short']);
  }
});

test('an order that had to wait for its turn asks for nothing that the stock does not have', async () => {
  const stock = new MemoryStock({ A: 2, B: 2 });
  const process = new OrderProcess(orders, stock, customers, { ...options, linesAtOnce: 2 }, lease);
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const placed = await Promise.all(ids.map((id) => process.begin(Order.of(id, wishFor({ A: 1, B: 1 }), 0))));
  expect(placed.map((order) => order!.step)).toEqual(['confirmed', 'confirmed', 'short', 'short', 'short']);
  for (const id of ids.slice(2)) expect(stock.statesOf(id)).toEqual({});
});

/** An order that was stored at a step when whoever did so died, as another instance takes it over. */
async function takenOver(order: Order): Promise<Order> {
  await orders.add(order);
  orders.endLeases();
  return (await orders.takeOver(1))[0].order;
}

const goOn = (stock: MemoryStock, order: Order) =>
  new OrderProcess(orders, stock, customers, options, lease).goOnWith(order, performance.now());

describe('rule 20: an order of which nothing is held', () => {
  const held = { priority: 0, qty: 1 };
  const terms = { reserveFor: 900, wait: false };

  test('since what could be had ran out before it was settled is not placed, but tried again', async () => {
    const stock = new MemoryStock({ A: 1 });
    await stock.reserve('o', { sku: 'A', ...held }, terms);
    await stock.reserve('o', { sku: 'B', ...held }, terms);
    stock.runOut();
    await stock.reserve('other', { sku: 'A', ...held }, terms);
    const wish = wishFor({ A: 1, B: 1 }, { partial: true });
    const order = await takenOver(Order.of('o', wish, 0).to('settling'));
    expect(await goOn(stock, order)).toMatchObject({ step: 'short' });
    expect([...customers.orders]).toEqual([]);
  });

  test.each(['settling', 'confirming', 'dispatching'] as const)(
    'since its lines were given back one by one while it was %s is cancelled',
    async (step) => {
      const stock = new MemoryStock({ A: 1, B: 1 });
      for (const sku of ['A', 'B']) {
        await stock.reserve('o', { sku, ...held }, terms);
        await stock.giveBack('o', sku);
      }
      const order = await takenOver(Order.of('o', wishFor({ A: 1, B: 1 }), 0).to(step));
      expect(await goOn(stock, order)).toMatchObject({ step: 'cancelled' });
      expect([...customers.orders]).toEqual([]);
    },
  );

  test('since its lines ran out when it was to leave has expired; one of which a line is held leaves with that', async () => {
    const stock = new MemoryStock({ A: 1, B: 1 });
    for (const sku of ['A', 'B']) await stock.reserve('o', { sku, ...held }, terms);
    await stock.reserve('p', { sku: 'A', ...held }, terms);
    stock.runOut();
    const dispatching = (id: string) => Order.of(id, wishFor({ A: 1, B: 1 }), 0).to('dispatching');
    expect(await goOn(stock, await takenOver(dispatching('o')))).toMatchObject({ step: 'expired' });
    await stock.reserve('p', { sku: 'A', ...held }, terms);
    await stock.confirm('p', 'A');
    expect(await goOn(stock, await takenOver(dispatching('p')))).toMatchObject({ step: 'dispatched' });
  });
});

test('an order that was being settled is gone on with when it can be seen what it holds', async () => {
  const stock = new MemoryStock({ A: 1 });
  stock.isBehind = true;
  const order = await takenOver(Order.of('o', wishFor({ A: 1 }), 0).to('settling'));
  await expect(goOn(stock, order)).rejects.toThrow(Unavailable);
  expect(await orders.find('o')).toMatchObject({ step: 'settling' });
});

/** What an instance does, with its ports. */
type Work = (process: OrderProcess, orders: Orders, stock: Stock) => Promise<unknown>;

const beginWith =
  (wish: Wish): Work =>
  (process) =>
    process.begin(Order.of('o', wish, 0));

/**
 * Does something on an instance that dies after so many calls, and has another one go on with it.
 * @returns whether the first one died
 */
async function dieAfter(
  calls: number,
  isHeard: boolean,
  stock: MemoryStock,
  work: Work,
  meanwhile = () => {},
): Promise<boolean> {
  const life = { calls, isHeard };
  const ports = [mortal<Orders>(orders, life), mortal<Stock>(stock, life)] as const;
  const first = new OrderProcess(...ports, mortal(customers, life), options, lease);
  const hasDied = await work(first, ...ports).then(
    () => false,
    (error: unknown) => {
      if (error instanceof Death) return true;
      throw error;
    },
  );
  meanwhile();
  const second = new OrderProcess(orders, stock, customers, options, lease);
  orders.endLeases();
  for (const { order } of await orders.takeOver(10)) await second.goOnWith(order, performance.now());
  return hasDied;
}

describe.each([
  ['that is carried out', true],
  ['that is carried out and not heard of', false],
])('rule 20: an instance that dies after any call %s', (_, isHeard) => {
  test('leaves an order that another one places as a whole', async () => {
    for (let calls = 0, hasDied = true; hasDied; calls += 1) {
      orders = new MemoryOrders();
      const stock = new MemoryStock({ A: 2, B: 2, C: 2 });
      hasDied = await dieAfter(calls, isHeard, stock, beginWith(wishFor({ A: 2, B: 1, C: 2 })));
      // If it died before the order was stored, what it reserved runs out.
      if (await orders.find('o')) {
        expect(await orders.find('o')).toMatchObject({ step: 'confirmed' });
        expect(stock.statesOf('o')).toEqual({ A: 'allocated', B: 'allocated', C: 'allocated' });
        expect([...customers.orders]).toEqual(['jo o']);
      } else expect(Object.values(stock.statesOf('o'))).not.toContain('allocated');
    }
  });

  test('leaves an order of which nothing is held when it cannot be had', async () => {
    for (let calls = 0, hasDied = true; hasDied; calls += 1) {
      orders = new MemoryOrders();
      const stock = new MemoryStock({ A: 2, B: 2, C: 2 });
      hasDied = await dieAfter(calls, isHeard, stock, beginWith(wishFor({ A: 2, B: 3, C: 2 })));
      if (await orders.find('o')) {
        expect(await orders.find('o')).toMatchObject({ step: 'short' });
        expect([stock.left('A'), stock.left('B'), stock.left('C')]).toEqual([2, 2, 2]);
      } else expect(Object.values(stock.statesOf('o'))).not.toContain('allocated');
      expect([...customers.orders]).toEqual([]);
    }
  });

  test.each<[string, Partial<Wish>, Step, Record<string, LineState>]>([
    ['a partial one', { partial: true }, 'confirmed', { A: 'allocated', B: 'out of stock' }],
    ['one that waits', { wait: true }, 'confirmed', { A: 'allocated', B: 'waiting' }],
    ['one to be held', { wait: true, reserveFor: 900 }, 'reserved', { A: 'reserved', B: 'waiting' }],
    ['one to be held for a short while', { partial: true, reserveFor: 9 }, 'reserved', { A: 'reserved' }],
  ])('leaves an order, %s, that another one places as it was asked for', async (_, more, step, states) => {
    for (let calls = 0, hasDied = true; hasDied; calls += 1) {
      orders = new MemoryOrders();
      customers = new NotifiedCustomers();
      const stock = new MemoryStock({ A: 2, B: 2 });
      hasDied = await dieAfter(calls, isHeard, stock, beginWith(wishFor({ A: 2, B: 3 }, more)));
      if (await orders.find('o')) {
        expect([calls, await orders.find('o')]).toEqual([calls, expect.objectContaining({ step })]);
        expect(stock.statesOf('o')).toMatchObject(states);
        expect([...customers.orders]).toEqual(step === 'confirmed' ? ['jo o'] : []);
      } else {
        expect(Object.values(stock.statesOf('o'))).not.toContain('allocated');
        expect(Object.values(stock.statesOf('o'))).not.toContain('waiting');
      }
    }
  });

  test.each<[UnfinishedStep, number | null, Step, LineState]>([
    ['confirming', 900, 'confirmed', 'allocated'],
    ['dispatching', null, 'dispatched', 'dispatched'],
    ['cancelling', null, 'cancelled', 'deallocated'],
    ['cancelling', 900, 'cancelled', 'deallocated'],
  ])(
    'that is %s an order leaves it as it was, or to another one that does so',
    async (step, reserveFor, end, state) => {
      for (let calls = 0, hasDied = true; hasDied; calls += 1) {
        orders = new MemoryOrders();
        customers = new NotifiedCustomers();
        const stock = new MemoryStock({ A: 2, B: 2 });
        const before = (await place(stock, 'o', wishFor({ A: 2, B: 1 }, { reserveFor })))!;
        const states = stock.statesOf('o');
        hasDied = await dieAfter(calls, isHeard, stock, (process) => process.start(before.to(step)));
        const after = await orders.find('o');
        if (after!.version === before.version)
          expect([calls, after, stock.statesOf('o')]).toEqual([calls, before, states]);
        else expect([calls, after!.step, stock.statesOf('o')]).toEqual([calls, end, { A: state, B: state }]);
        expect([...customers.orders]).toEqual(
          reserveFor === null || after!.step === 'confirmed' ? ['jo o'] : [],
        );
      }
    },
  );

  test('that changes the quantity of a line leaves it to whoever asks for that again', async () => {
    const change = (process: OrderProcess, ...[orders, stock]: [Orders, Stock]) =>
      new ChangeLineOfOrderHandler(orders, process, stock).execute(new ChangeLineOfOrder('o', 'A', 4));
    for (let calls = 0, hasDied = true; hasDied; calls += 1) {
      orders = new MemoryOrders();
      const stock = new MemoryStock({ A: 4 });
      await place(stock, 'o', wishFor({ A: 2 }));
      hasDied = await dieAfter(calls, isHeard, stock, change);
      expect([0, 2]).toContain(stock.left('A'));
      await change(new OrderProcess(orders, stock, customers, options, lease), orders, stock);
      expect([calls, (await orders.find('o'))!.lines[0].qty, stock.left('A')]).toEqual([calls, 4, 0]);
    }
  });

  test('leaves nothing half placed when its reservations run out and others take the pieces', async () => {
    for (let calls = 0, hasDied = true; hasDied; calls += 1) {
      orders = new MemoryOrders();
      const stock = new MemoryStock({ A: 2, B: 2, C: 2 });
      hasDied = await dieAfter(calls, isHeard, stock, beginWith(wishFor({ A: 2, B: 2, C: 2 })), () => {
        stock.runOut();
        void stock.reserve('other', { sku: 'C', qty: 2, priority: 0 }, { wait: false });
      });
      const { step } = (await orders.find('o')) ?? { step: 'short' };
      const states = Object.values(stock.statesOf('o'));
      expect([step, states.filter((state) => state === 'allocated').length]).toEqual(
        step === 'confirmed' ? ['confirmed', 3] : ['short', 0],
      );
      expect(states).not.toContain('reserved');
    }
  });
});

/**
 * An instance that stands still before it hears the answer to one of its calls, for longer than a lease lasts. What it
 * asks of the stock at that moment is answered too late, and so is not carried out.
 */
class StandStill {
  hasBeen = false;
  private calls = 0;
  private now?: Promise<void>;

  /** @param last the number of the call */
  constructor(
    private readonly last: number,
    private readonly meanwhile: () => Promise<void>,
    private readonly doesClockGoOn = true,
  ) {}

  of<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as unknown;
        if (typeof method !== 'function') return method;
        return async (...parameters: unknown[]): Promise<unknown> => {
          if (this.now) {
            await this.now;
            if (port instanceof MemoryStock) throw new Unavailable('Too late');
          }
          const result = await (method as (...all: unknown[]) => Promise<unknown>).apply(target, parameters);
          if (this.calls++ === this.last) this.now = this.pass();
          await this.now;
          return result;
        };
      },
    });
  }

  private async pass(): Promise<void> {
    this.hasBeen = true;
    if (this.doesClockGoOn) {
      const later = performance.now() + 25_000;
      jest.spyOn(performance, 'now').mockImplementation(() => later);
    }
    await this.meanwhile();
    this.now = undefined;
  }
}

describe('rule 20: an instance that stood still after any call, while another one went on with its order', () => {
  afterEach(() => jest.restoreAllMocks());

  /** @returns whether it stood still */
  async function standStillAfter(
    call: number,
    stock: MemoryStock,
    wish: Wish,
    meanwhile: (second: OrderProcess) => Promise<void>,
    doesClockGoOn = true,
  ): Promise<boolean> {
    const second = new OrderProcess(orders, stock, customers, options, lease);
    const goOn = async () => {
      orders.endLeases();
      for (const { order } of await orders.takeOver(10)) await second.goOnWith(order, performance.now());
    };
    const passed = async () => {
      await goOn();
      await meanwhile(second);
    };
    const still = new StandStill(call, passed, doesClockGoOn);
    const first = new OrderProcess(
      ...([still.of<Orders>(orders), still.of<Stock>(stock), still.of<Customers>(customers)] as const),
      ...([options, lease] as const),
    );
    await first.begin(Order.of('o', wish, 0)).catch((error: unknown) => {
      if (!(error instanceof Superseded || error instanceof Unavailable)) throw error;
    });
    await goOn();
    jest.restoreAllMocks();
    return still.hasBeen;
  }

  test.each([
    ['', Infinity, true],
    // As that of a virtual machine: the calls are the first ones, of which one is refused.
    [', when its clock stood still with it,', 3, false],
  ])('gives back nothing%s of what that one confirmed', async (_, calls, doesClockGoOn) => {
    for (let call = 0; call < calls; call += 1) {
      orders = new MemoryOrders();
      const stock = new MemoryStock({ A: 1, B: 1 });
      await stock.reserve('other', { sku: 'A', qty: 1, priority: 0 }, { wait: false });
      const sendAgain = async (second: OrderProcess) => {
        await stock.giveBack('other', 'A');
        const order = await orders.find('o');
        if (order?.step === 'short') await second.start(order.anew(0));
      };
      const wish = wishFor({ A: 1, B: 1 });
      if (!(await standStillAfter(call, stock, wish, sendAgain, doesClockGoOn))) break;
      expect([call, (await orders.find('o'))!.step, stock.statesOf('o')]).toEqual([
        ...[call, 'confirmed', { A: 'allocated', B: 'allocated' }],
      ]);
    }
  });

  test('holds nothing of what was cancelled there', async () => {
    for (let call = 0; ; call += 1) {
      orders = new MemoryOrders();
      const stock = new MemoryStock({ A: 1, B: 0 });
      const wish = wishFor({ A: 1, B: 1 }, { reserveFor: 900, wait: true });
      const cancel = async (second: OrderProcess) => {
        const order = await orders.find('o');
        if (order) await second.start(order.to('cancelling'));
      };
      if (!(await standStillAfter(call, stock, wish, cancel))) break;
      expect([call, (await orders.find('o'))!.step]).toEqual([call, 'cancelled']);
      expect(Object.values(stock.statesOf('o')).filter(isHeld)).toEqual([]);
    }
  });
});

test('rule 20: what was given back of a reserved order is left alone by whoever finds it not noted as placed', async () => {
  const stock = new MemoryStock({ A: 1, B: 1 });
  const order = await place(stock, 'o', wishFor({ A: 1, B: 1 }, { reserveFor: 900 }));
  await stock.giveBack('o', 'A');
  await orders.save(order!.to('settling'));
  orders.endLeases();
  const [taken] = await orders.takeOver(1);
  const second = new OrderProcess(orders, stock, customers, options, lease);
  expect(await second.goOnWith(taken.order, performance.now())).toMatchObject({ step: 'reserved' });
  expect(stock.statesOf('o')).toEqual({ A: 'deallocated', B: 'reserved' });
});

test('rule 20: an order that waits leaves no line waiting when it is lost before it is stored', async () => {
  const stock = new MemoryStock({ A: 1 });
  jest.spyOn(orders, 'add').mockRejectedValue(new Unavailable('The database is away'));
  await expect(place(stock, 'o', wishFor({ A: 1, B: 1 }, { wait: true }))).rejects.toThrow(Unavailable);
  stock.runOut();
  expect(Object.values(stock.statesOf('o')).filter(isHeld)).toEqual([]);
});

test('rule 20: an order whose tries are used up is placed later, when the stock does', async () => {
  const stock = new MemoryStock({ A: 1, B: 1 });
  const hasRivals = jest.spyOn(orders, 'hasRivals').mockResolvedValue(true);
  const reserve = jest.spyOn(stock, 'reserve').mockResolvedValue(false);
  await expect(place(stock, 'o', wishFor({ A: 1, B: 1 }))).rejects.toThrow(Unavailable);
  expect(await orders.find('o')).toMatchObject({ step: 'queued' });
  hasRivals.mockRestore();
  reserve.mockRestore();

  orders.endLeases();
  const [taken] = await orders.takeOver(1);
  const second = new OrderProcess(orders, stock, customers, options, lease);
  expect(await second.goOnWith(taken.order, performance.now())).toMatchObject({ step: 'confirmed' });
});

test('work has its turn when there is room for it, what came first comes first, what throws makes room, and none waits for too long', async () => {
  const turns = new Turns(10);
  const [begun, ends] = [[] as string[], new Map<string, (error?: Error) => void>()];
  const begin = (name: string, weight: number, timeoutMs = 10_000) =>
    turns.take(weight, timeoutMs, () => {
      begun.push(name);
      return new Promise<void>((resolve, reject) =>
        ends.set(name, (error) => (error ? reject(error) : resolve())),
      );
    });
  const [a, b, c, d] = [begin('a', 6), begin('b', 4), begin('c', 100), begin('d', 1)];
  expect(begun).toEqual(['a', 'b']);
  await expect(begin('e', 1, 10)).rejects.toThrow(Unavailable);
  ends.get('a')!();
  await a;
  expect(begun).toEqual(['a', 'b']);
  ends.get('b')!(new Error('failed'));
  await expect(b).rejects.toThrow('failed');
  await until(() => begun.includes('c'));
  expect(begun).toEqual(['a', 'b', 'c']);
  ends.get('c')!();
  await c;
  await until(() => begun.includes('d'));
  ends.get('d')!();
  await d;
});
