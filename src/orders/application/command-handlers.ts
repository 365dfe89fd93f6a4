import { Injectable } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { currentCorrelation } from '../../correlation';
import type { IdempotentRequest } from '../../idempotent-request';
import { Unavailable } from '../../unavailable';
import {
  NoSuchLine,
  OrderClosed,
  OrderConflict,
  OrderDispatched,
  OrderExpired,
  OrderNotReady,
  OrderShort,
  QuantityNotAvailable,
  UnknownOrder,
} from '../domain/errors';
import { isClosing, isHeld, isSameWish, Order, stateOfLines, type UnfinishedStep } from '../domain/order';
import {
  CancelOrder,
  ChangeLineOfOrder,
  CloseOrders,
  ConfirmOrder,
  DispatchOrder,
  type PlacedOrder,
  PlaceOrder,
} from './commands';
import { Customers } from './customers';
import { OrderProcess } from './order-process';
import { Orders, Superseded } from './orders';
import { type LineStatus, linesOf, Stock } from './stock';

/** For how long a command waits for an order that is under way elsewhere, and between two looks; in milliseconds. */
const TIMEOUT_MS = 5_000;
const LOOK_MS = 20;
/** Orders that are looked at together, at most. */
const SLICE = 1_000;

@CommandHandler(PlaceOrder)
export class PlaceOrderHandler implements ICommandHandler<PlaceOrder> {
  constructor(
    private readonly orders: Orders,
    private readonly process: OrderProcess,
    private readonly stock: Stock,
    private readonly customers: Customers,
  ) {}

  /**
   * An order that is sent again stays as it is, unless it was short: then it is tried anew.
   * @throws OrderConflict
   */
  async execute(command: PlaceOrder): Promise<PlacedOrder> {
    const { orderId, wish, email } = command;
    const { customerId } = wish;
    const request = withheldRequest();
    const [found, lines, priority] = await Promise.all([
      this.orders.find(orderId),
      this.stock.lines(orderId),
      customerId === null ? 0 : this.customers.priorityOf(customerId),
    ]);
    const known = found ?? (await this.storedMeanwhile(orderId, lines));
    if (known) return this.again(known, command, priority, request);
    const order = await this.carriedOut(
      this.process.begin(Order.of(orderId, wish, priority), request, email),
      orderId,
    );
    if (order) return { order, isNew: true };
    return this.again((await this.orders.find(orderId))!, command, priority, request);
  }

  /**
   * Why lines are held for an order that was not found: it may have been stored since.
   * @throws OrderConflict when they were asked for one by one; Unavailable when that cannot be told yet
   */
  private async storedMeanwhile(orderId: string, lines: readonly LineStatus[]): Promise<Order | undefined> {
    const held = lines.filter(({ state }) => isHeld(state));
    if (held.length === 0) return undefined;
    const order = await this.orders.find(orderId);
    if (order) return order;
    if (!this.process.mayRunOut(held)) throw new OrderConflict(orderId, 'lines of its own');
    throw new Unavailable(`Lines of order ${orderId} are reserved for a short while; try again in a moment`);
  }

  /** @param priority of lines that say nothing of it, by now */
  private async again(
    known: Order,
    { wish, email }: PlaceOrder,
    priority: number,
    request?: IdempotentRequest,
  ): Promise<PlacedOrder> {
    if (!isSameWish(known.wish, wish)) throw new OrderConflict(known.id, 'other content');
    // Whoever began with it may have died before the address was noted.
    if (known.isUnfinished) await this.process.introduce(known, email);
    const order = await atRest(this.orders, known.id, known);
    // A request that came before was carried out then, and is answered as it was.
    if (request?.isKnown) return { order: await leftAsItIs(order, this.stock), isNew: true };
    if (order.step !== 'short') return { order: await leftAsItIs(order, this.stock), isNew: false };
    await this.process.introduce(order, email);
    const placed = await this.carriedOut(this.process.start(order.anew(priority), request), order.id);
    return { order: placed!, isNew: true };
  }

  /** If somebody else has gone on with the order, waits for what becomes of it. */
  private async carriedOut(work: Promise<Order | undefined>, orderId: string): Promise<Order | undefined> {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof Superseded)) throw error;
      return atRest(this.orders, orderId);
    }
  }
}

/** Something has been under way for an order for too long. */
class UnderWay extends Unavailable {
  constructor(readonly order: Order) {
    super(`Order ${order.id} is ${order.step}; try again in a moment`);
  }
}

/** What is done to an order as a whole. */
@Injectable()
abstract class OrderCommandHandler {
  constructor(
    protected readonly orders: Orders,
    protected readonly process: OrderProcess,
    protected readonly stock: Stock,
  ) {}

  /** Does this to it; its request is recorded with that. */
  protected carryOut(order: Order, step: UnfinishedStep): Promise<Order> {
    return this.process.start(order.to(step), withheldRequest());
  }

  /** Does something to an order at rest; once more, when somebody else did something to it at the same time. */
  protected async onOrder<T>(orderId: string, work: (order: Order) => Promise<T>): Promise<T> {
    for (;;) {
      const order = await atRest(this.orders, orderId);
      try {
        return await work(order);
      } catch (error) {
        if (!(error instanceof Superseded)) throw error;
      }
    }
  }
}

@CommandHandler(ConfirmOrder)
export class ConfirmOrderHandler extends OrderCommandHandler implements ICommandHandler<ConfirmOrder> {
  /** @throws UnknownOrder, OrderShort, OrderClosed, OrderExpired */
  execute({ orderId }: ConfirmOrder): Promise<Order> {
    return this.onOrder(orderId, async (order) => {
      checkOpen(order);
      if (order.step !== 'reserved') return leftAsItIs(order, this.stock);
      const confirmed = await this.carryOut(order, 'confirming');
      checkOpen(confirmed);
      return confirmed;
    });
  }
}

@CommandHandler(DispatchOrder)
export class DispatchOrderHandler extends OrderCommandHandler implements ICommandHandler<DispatchOrder> {
  /** @throws UnknownOrder, OrderShort, OrderClosed, OrderExpired, OrderNotReady */
  execute({ orderId }: DispatchOrder): Promise<Order> {
    return this.onOrder(orderId, async (order) => {
      if (order.step === 'dispatched') return leftAsItIs(order, this.stock);
      checkOpen(order);
      const reasons = this.reasons(await this.linesOf(order));
      if (reasons.length > 0) throw new OrderNotReady(orderId, reasons);
      const dispatched = await this.carryOut(order, 'dispatching');
      if (dispatched.step === 'dispatched') return dispatched;
      checkOpen(dispatched);
      throw new OrderNotReady(orderId, this.reasons(await this.linesOf(order)));
    });
  }

  private async linesOf(order: Order): Promise<LineStatus[]> {
    return linesOf(order, await this.stock.lines(order.id)).filter(({ state }) => isHeld(state));
  }

  /** Why lines cannot leave. */
  private reasons(lines: readonly LineStatus[]): string[] {
    return lines.flatMap(({ sku, state, eta }) => {
      if (state === 'dispatched') return [];
      if (state !== 'allocated') return [`${sku} is ${state}`];
      return eta === null ? [] : [`${sku} arrives on ${eta}`];
    });
  }
}

@CommandHandler(CancelOrder)
export class CancelOrderHandler extends OrderCommandHandler implements ICommandHandler<CancelOrder> {
  /**
   * One that is closed already stays as it is.
   * @throws UnknownOrder, OrderDispatched; Unavailable when something is under way for too long: it is cancelled later
   */
  async execute({ orderId }: CancelOrder): Promise<Order> {
    try {
      return await this.onOrder(orderId, (order) => this.cancel(order));
    } catch (error) {
      throw error instanceof UnderWay ? await this.cancelLater(error) : error;
    }
  }

  private async cancel(order: Order): Promise<Order> {
    await this.checkNoneLeft(order);
    if (order.isClosed) return leftAsItIs(order, this.stock);
    const cancelled = await this.carryOut(order, 'cancelling');
    if (cancelled.step !== 'cancelled') throw new OrderDispatched(order.id, await this.leftOf(order));
    return cancelled;
  }

  /**
   * Leaves it to recovery to cancel an order instead of going on with it. Whoever is at work on it can store nothing any
   * more; what he may still ask of the stock has been answered when the lease ends that begins with this.
   */
  private async cancelLater(underWay: UnderWay): Promise<Unavailable> {
    const { order } = underWay;
    await this.checkNoneLeft(order);
    if (order.step === 'cancelling' || !(await this.orders.save(order.to('cancelling')))) return underWay;
    const reason = 'Something is under way for the order. It is cancelled within a minute';
    return new Unavailable(`Order ${order.id} was ${order.step}, and is to be cancelled`, { reason });
  }

  /** @throws OrderDispatched when something of it has left the warehouse */
  private async checkNoneLeft(order: Order): Promise<void> {
    const left = await this.leftOf(order);
    if (left.length > 0) throw new OrderDispatched(order.id, left);
  }

  /** Which SKUs of it have left the warehouse. */
  private async leftOf(order: Order): Promise<string[]> {
    const lines = linesOf(order, await this.stock.lines(order.id));
    return lines.filter(({ state }) => state === 'dispatched').map(({ sku }) => sku);
  }
}

@CommandHandler(ChangeLineOfOrder)
export class ChangeLineOfOrderHandler
  extends OrderCommandHandler
  implements ICommandHandler<ChangeLineOfOrder>
{
  /** @throws UnknownOrder, OrderShort, OrderClosed, OrderExpired, NoSuchLine, OrderDispatched, QuantityNotAvailable */
  execute({ orderId, sku, qty }: ChangeLineOfOrder): Promise<Order> {
    return this.onOrder(orderId, async (order) => {
      checkOpen(order);
      const line = order.lines.find((one) => one.sku === sku);
      if (!line) throw new NoSuchLine(orderId, sku);
      if (!(await this.stock.changeQuantity(orderId, sku, qty)))
        throw new QuantityNotAvailable(orderId, line, qty, await this.stock.mostOf(orderId, sku));
      const changed = order.changeQuantity(sku, await this.qtyNow(orderId, sku, qty));
      if (!(await this.orders.save(changed))) throw new Superseded();
      return changed;
    });
  }

  /** What the line has: as asked; if that was done when the request came before, perhaps something else by now. */
  private async qtyNow(orderId: string, sku: string, qty: number): Promise<number> {
    if (!currentCorrelation().idempotency?.isRepetition) return qty;
    const lines = await this.stock.lines(orderId);
    return lines.find((line) => line.sku === sku)?.qty ?? qty;
  }
}

@CommandHandler(CloseOrders)
export class CloseOrdersHandler implements ICommandHandler<CloseOrders> {
  constructor(
    private readonly orders: Orders,
    private readonly stock: Stock,
  ) {}

  /**
   * Marks orders closed that have no open lines, so that retention can remove them.
   * @returns the orders that are still being processed, or whose lines cannot be seen yet
   */
  async execute({ orderIds }: CloseOrders): Promise<string[]> {
    const unfinished: string[] = [];
    for (let next = 0; next < orderIds.length; next += SLICE) {
      const found = await Promise.all(orderIds.slice(next, next + SLICE).map((id) => this.orders.find(id)));
      const open = found.flatMap((order) => (order && !order.isClosed ? order : []));
      // Before their lines are looked at, which then show all that had been done to them.
      const skus = new Set(open.flatMap((order) => order.skus));
      const behind = await this.stock.behind([...skus]);
      const close = async (order: Order) => {
        if (order.isUnfinished || order.skus.some((sku) => behind.has(sku))) unfinished.push(order.id);
        else await this.close(order);
      };
      await Promise.all(open.map(close));
    }
    return unfinished;
  }

  private async close(order: Order): Promise<void> {
    const lines = linesOf(order, await this.stock.lines(order.id));
    const state = stateOfLines(lines.map((line) => line.state));
    // If another command changes the order at this moment, this is not stored. That command changes its lines, too, so
    // their events lead here again.
    if (isClosing(state)) await this.orders.save(order.to(state));
  }
}

/**
 * The request, if it has an Idempotency-Key. None of the units of work that an order consists of is all of it, so none
 * must be taken for it: a line may be asked for many times until its order is placed.
 */
function withheldRequest(): IdempotentRequest | undefined {
  const { idempotency } = currentCorrelation();
  idempotency?.withhold();
  return idempotency;
}

/** Whoever asks once more for what was done is told, too, that it cannot be seen yet (promise 4). @returns the order */
async function leftAsItIs(order: Order, stock: Stock): Promise<Order> {
  if ((await stock.behind(order.skus)).size > 0) currentCorrelation().eventsPending = true;
  return order;
}

/** @throws OrderShort, OrderClosed, OrderExpired when nothing can be done about the order any more */
function checkOpen(order: Order): void {
  if (order.step === 'short')
    throw new OrderShort(
      order.id,
      order.lines.filter(({ shortage }) => shortage),
    );
  if (order.step === 'expired') throw new OrderExpired(order.id);
  if (order.isClosed) throw new OrderClosed(order.id, order.step);
}

/**
 * The order, once nothing is under way for it.
 * @throws UnknownOrder; Unavailable when something is for too long
 */
async function atRest(orders: Orders, orderId: string, known?: Order): Promise<Order> {
  const end = performance.now() + TIMEOUT_MS;
  for (let order = known ?? (await orders.find(orderId)); ; order = await orders.find(orderId)) {
    if (!order) throw new UnknownOrder(orderId);
    if (!order.isUnfinished) return order;
    if (performance.now() > end) throw new UnderWay(order);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

export const orderHandlers = [
  PlaceOrderHandler,
  ConfirmOrderHandler,
  DispatchOrderHandler,
  CancelOrderHandler,
  ChangeLineOfOrderHandler,
  CloseOrdersHandler,
];
