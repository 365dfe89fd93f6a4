import { Injectable, Logger } from '@nestjs/common';
import { pauseBetween } from '../../backoff';
import type { RequestPart } from '../../idempotent-request';
import { Unavailable } from '../../unavailable';
import type { LineOfOrder, Order, UnfinishedStep } from '../domain/order';
import { Customers } from './customers';
import { Orders, Superseded } from './orders';
import { Stock } from './stock';
import { Turns } from './turns';

/** How long the process holds lines, how often it tries and how long it waits in between. */
export class OrderProcessOptions {
  /**
   * Seconds for which lines are held while their order is being placed. Whatever happens to whoever places it, nothing
   * is held for half an order for longer.
   */
  readonly holdSeconds: number = 60;
  /** How often an order is tried that finds its pieces held by others who may give them back. */
  readonly tries: number = 8;
  /** Milliseconds between two looks at those others: the first, and the longest. */
  readonly pausesMs: readonly [number, number] = [20, 640];
  /** Lines that are asked for at once, of all orders: fewer than the allocation takes in, so that it has room for others. */
  readonly linesAtOnce: number = 4_000;
}

/** How soon an order is gone on with that could not be, since something was unavailable. */
const AGAIN_AFTER_MS = 1_000;

/**
 * The process manager of orders (rule 20): does one step after the other, and stores each before the next one depends on
 * it. Every step may be done again, wholly or in part, and nothing is held for good before all lines are held: so
 * whoever finds an order unfinished, after a crash at any moment, goes on with its step.
 *
 * ```
 * placing ──all held──▶ settling ─────▶ confirmed, or reserved
 *    ▲ │short                │ran out
 *    │ ▼                     │
 *   queued ◀─────────────────┘
 *    └──short for good──▶ short
 * ```
 */
@Injectable()
export class OrderProcess {
  private readonly logger = new Logger(OrderProcess.name);
  private readonly steps: Readonly<Record<UnfinishedStep, (order: Order) => Promise<Order>>> = {
    placing: (order) => this.place(order),
    queued: (order) => this.tryAgain(order),
    settling: (order) => this.settle(order),
    confirming: (order) => this.confirm(order),
    dispatching: (order) => this.dispatch(order),
    cancelling: (order) => this.cancel(order),
  };

  private readonly turns: Turns;

  constructor(
    private readonly orders: Orders,
    private readonly stock: Stock,
    private readonly customers: Customers,
    private readonly options: OrderProcessOptions,
  ) {
    this.turns = new Turns(options.linesAtOnce);
  }

  /**
   * Places a new order. It is stored while its lines are being reserved: if this ends in between, either somebody goes
   * on with it, or its reservations run out.
   * @param request by which it is known that the order was placed for it
   * @returns the order when it rests; undefined when there was one of this id, which stays as it is
   * @throws Superseded, Unavailable: then somebody goes on with it later
   */
  async begin(order: Order, request?: RequestPart): Promise<Order | undefined> {
    let isNew = false;
    const placed = await this.orSoonAgain(order, async () => {
      const [isAdded, short] = await all([this.orders.add(order, request), this.reserve(order)] as const);
      isNew = isAdded;
      return isNew ? this.afterReserving(order, short) : order;
    });
    return isNew ? this.carryOn(placed) : undefined;
  }

  /**
   * Does what is next, until nothing is left to be done.
   * @throws Superseded, Unavailable
   */
  async carryOn(order: Order): Promise<Order> {
    let at = order;
    while (at.isUnfinished) {
      const { step } = at;
      at = await this.orSoonAgain(at, (order) => this.steps[step as UnfinishedStep](order));
    }
    return at;
  }

  /** Does a step of the order. If it cannot be done right now, it is soon gone on with. */
  private async orSoonAgain(order: Order, work: (order: Order) => Promise<Order>): Promise<Order> {
    try {
      return await work(order);
    } catch (error) {
      // If this cannot be stored either, it is gone on with a little later.
      if (error instanceof Unavailable) await this.orders.putOff(order, AGAIN_AFTER_MS).catch(() => {});
      throw error;
    }
  }

  private async place(order: Order): Promise<Order> {
    return this.afterReserving(order, await this.reserve(order));
  }

  /**
   * The first time all at once. An order that got in the way of others goes through its lines by SKU, as all of those
   * do: of two that want the last pieces of the same SKUs, whoever has the first gets the others, too.
   * @returns the lines that are short; after the first one it need not have looked further
   */
  private async reserve(order: Order): Promise<LineOfOrder[]> {
    const { id, lines, wish, tries } = order;
    const terms = {
      reserveFor: Math.min(wish.reserveFor ?? Infinity, this.options.holdSeconds),
      wait: wish.wait,
    };
    const short: LineOfOrder[] = [];
    const reserve = async (line: LineOfOrder) => {
      if (!(await this.stock.reserve(id, line, terms))) short.push(line);
    };
    if (tries === 0 || wish.partial) await this.each(lines, reserve);
    else for (const line of lines) if (short.length === 0) await reserve(line);
    return short;
  }

  private async afterReserving(order: Order, short: readonly LineOfOrder[]): Promise<Order> {
    const isShort = order.wish.partial ? short.length === order.lines.length : short.length > 0;
    if (!isShort) {
      // The lines need not wait for the step to be stored: if it is not, they are all reserved once more.
      const [settling, isHeld] = await all([
        this.save(order.to('settling')),
        this.holdAsAsked(order),
      ] as const);
      return this.afterSettling(settling, isHeld);
    }
    // Before it is stored: while it is being placed, others know that it may give back what it holds.
    await this.giveBack(order);
    return this.save(order.queue());
  }

  /**
   * It is short for good when nobody else is being placed who may give back what is missing. That nobody is comes first:
   * then what is missing now is held by orders that are placed.
   */
  private async tryAgain(order: Order): Promise<Order> {
    const { id, skus, lines, wish, tries } = order;
    for (let looks = 1; ; looks += 1) {
      const hasRivals = await this.orders.hasRivals(id, skus);
      const shortages = await this.stock.shortages(lines);
      const isShort = wish.partial ? shortages.size === lines.length : shortages.size > 0;
      if (isShort && (!hasRivals || looks >= this.options.tries)) return this.save(order.refuse(shortages));
      if (!isShort && tries < this.options.tries) return this.save(order.to('placing'));
      if (!isShort) throw new Unavailable(`Too many orders want the same as ${id}; try again in a moment`);
      await pause(pauseBetween(...this.options.pausesMs, looks));
    }
  }

  private async settle(order: Order): Promise<Order> {
    return this.afterSettling(order, await this.holdAsAsked(order));
  }

  /** @returns whether its lines are held now for as long as was asked; otherwise what held them ran out before */
  private async holdAsAsked({ id, lines, wish }: Order): Promise<boolean> {
    const { reserveFor, wait, partial } = wish;
    if (reserveFor !== null && reserveFor <= this.options.holdSeconds) return true;
    const areHeld = await this.each(lines, (line) =>
      reserveFor === null
        ? this.stock.confirm(id, line.sku)
        : this.stock.reserve(id, line, { reserveFor, wait }),
    );
    return partial ? areHeld.includes(true) : !areHeld.includes(false);
  }

  private async afterSettling(order: Order, isHeld: boolean): Promise<Order> {
    if (!isHeld) {
      await this.giveBack(order);
      return this.save(order.queue());
    }
    return this.isPlaced(order, order.wish.reserveFor === null ? 'confirmed' : 'reserved');
  }

  /** A reservation is wanted for good, all of it: if a line has run out meanwhile, the others are given back. */
  private async confirm(order: Order): Promise<Order> {
    const areHeld = await this.each(order.skus, (sku) => this.stock.confirm(order.id, sku));
    if (!areHeld.includes(false)) return this.isPlaced(order, 'confirmed');
    await this.giveBack(order);
    return this.save(order.to('expired'));
  }

  private async isPlaced(order: Order, step: 'confirmed' | 'reserved'): Promise<Order> {
    const { customerId } = order.wish;
    if (step === 'confirmed' && customerId !== null) await this.customers.recordOrder(customerId, order.id);
    const placed = order.to(step);
    // Nobody waits for this: the order holds what it should, and finding that out once more would change nothing.
    this.orders
      .save(placed)
      .catch((error: unknown) =>
        this.logger.warn(
          { err: error, orderId: order.id },
          'Could not note that an order is placed; it will be',
        ),
      );
    return placed;
  }

  /** What has left cannot come back: if a line turns out not to be ready, the others have left all the same. */
  private async dispatch(order: Order): Promise<Order> {
    const haveLeft = await this.each(order.skus, (sku) => this.stock.dispatch(order.id, sku));
    return this.save(order.to(haveLeft.includes(false) ? 'confirmed' : 'dispatched'));
  }

  private async cancel(order: Order): Promise<Order> {
    await this.giveBack(order);
    return this.save(order.to('cancelled'));
  }

  private async giveBack({ id, skus }: Order): Promise<void> {
    await this.each(skus, (sku) => this.stock.giveBack(id, sku));
  }

  /** Does something for all of them at once, when it is their turn. */
  private each<Item, Result>(
    items: readonly Item[],
    work: (item: Item) => Promise<Result>,
  ): Promise<Result[]> {
    return this.turns.take(items.length, () => all(items.map(work)));
  }

  private async save(order: Order): Promise<Order> {
    if (!(await this.orders.save(order)))
      throw new Superseded(`Somebody else goes on with order ${order.id}`);
    return order;
  }
}

/** Waits for all of them, so that nothing is under way any more when it throws. */
async function all<Promises extends readonly Promise<unknown>[]>(
  promises: Promises,
): Promise<{ -readonly [Index in keyof Promises]: Awaited<Promises[Index]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
