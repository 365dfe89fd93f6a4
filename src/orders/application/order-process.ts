import { Injectable, Logger } from '@nestjs/common';
import { pauseBetween } from '../../backoff';
import type { IdempotentRequest, RequestPart } from '../../idempotent-request';
import { Unavailable } from '../../unavailable';
import type { LineOfOrder, Order, UnfinishedStep } from '../domain/order';
import { Customers } from './customers';
import { OrderLease, Orders, Superseded } from './orders';
import { type LineStatus, linesOf, type Outcome, Stock, type Terms } from './stock';
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
  /** When an order as it is was stored by this instance, or taken over, at the earliest; by `performance.now()`. */
  private readonly leasedSince = new WeakMap<Order, number>();

  constructor(
    private readonly orders: Orders,
    private readonly stock: Stock,
    private readonly customers: Customers,
    private readonly options: OrderProcessOptions,
    private readonly lease: OrderLease,
  ) {
    this.turns = new Turns(options.linesAtOnce);
  }

  /**
   * Places a new order. It is stored while its lines are being reserved: if this process dies in between, another one
   * goes on with the order, or its reservations expire. Until the order is stored its lines are only reserved, never
   * wait-listed: a place on the wait-list would not expire.
   * @param request to be recorded with the order
   * @param email where its customer gets mails, which is not part of the order
   * @returns the order when it rests; undefined when there was one of this id, which stays as it is
   * @throws Superseded, Unavailable: then somebody goes on with it later; KeyInUse
   */
  async begin(order: Order, request?: IdempotentRequest, email?: string): Promise<Order | undefined> {
    let isNew = false;
    let isIntroduced = false;
    const introduce = async () => {
      await this.introduce(order, email);
      isIntroduced = true;
    };
    const begin = async () => {
      const [isAdded, short] = await all([
        this.stored(order, request, (part) => this.orders.add(order, part)),
        this.reserveNew(order),
        introduce(),
      ] as const);
      isNew = isAdded;
      if (!isNew) return order;
      return order.wish.wait && short.length > 0 ? this.place(order) : this.afterReserving(order, short);
    };
    // Whoever goes on with the order does not know the address. Until the lease ends the client may send it again.
    const placed = await this.orSoonAgain(order, begin, () => isIntroduced);
    return isNew ? this.carryOn(placed) : undefined;
  }

  /**
   * Stores an order in a step that somebody asked for, and does it; at the latest whoever takes it over does it.
   * @param request to be recorded with that
   * @throws Superseded, Unavailable, KeyInUse
   */
  async start(order: Order, request?: IdempotentRequest): Promise<Order> {
    return this.carryOn(await this.save(order, request));
  }

  /**
   * Goes on with an order that somebody else began with.
   * @param since when it was taken over, at the earliest; by `performance.now()`
   * @throws Superseded, Unavailable
   */
  goOnWith(order: Order, since: number): Promise<Order> {
    this.leasedSince.set(order, since);
    return this.carryOn(order);
  }

  /**
   * Whether lines for which there is no order may be left over from one that was never stored, or is just being: then
   * there is an order soon, or they run out.
   */
  mayRunOut(lines: readonly LineStatus[]): boolean {
    // Twice as long, since clocks differ.
    const end = new Date(Date.now() + 2_000 * this.options.holdSeconds).toISOString();
    return lines.every(
      ({ state, expiresAt }) => state === 'reserved' && expiresAt !== null && expiresAt < end,
    );
  }

  /**
   * Notes where the customer of the order gets mails. It is done before the order is placed, which may be what he is
   * congratulated on; whoever goes on with the order after a crash does not know the address.
   */
  async introduce({ wish: { customerId } }: Order, email?: string): Promise<void> {
    if (customerId !== null && email !== undefined) await this.customers.introduce(customerId, email);
  }

  /** Does what is next, until nothing is left to be done. */
  private async carryOn(order: Order): Promise<Order> {
    let at = order;
    while (at.isUnfinished) {
      const { step } = at;
      at = await this.orSoonAgain(at, (order) => this.steps[step as UnfinishedStep](order));
    }
    return at;
  }

  /**
   * Does a step of the order. If it cannot be done right now, it is soon gone on with.
   * @param maySoon asked then; if not, when the lease ends
   */
  private async orSoonAgain(
    order: Order,
    work: (order: Order) => Promise<Order>,
    maySoon = () => true,
  ): Promise<Order> {
    try {
      return await work(order);
    } catch (error) {
      // Nobody waits for this: if it cannot be stored either, it is gone on with a little later.
      if (error instanceof Unavailable && maySoon())
        void this.orders.putOff(order, AGAIN_AFTER_MS).catch(() => {});
      throw error;
    }
  }

  /**
   * First try, and every try of a `partial` order: all lines at once. Later tries: one line after the other in the
   * order of SKUs, so that of two that want the last pieces of the same SKUs one gets all.
   */
  private async place(order: Order): Promise<Order> {
    const { tries, wish, lines } = order;
    if (tries === 0 || wish.partial) return this.afterReserving(order, await this.reserve(order));
    let held = order;
    for (const line of lines) {
      if (!this.leaseLasts(held)) held = await this.storedAnew(held);
      if (!(await this.stock.reserve(held.id, line, this.holdOf(held))))
        return this.afterReserving(held, [line]);
    }
    return this.afterReserving(held, []);
  }

  /**
   * Reserves the lines of an order that holds nothing, and wait-lists none of them. An order that had to wait for its
   * turn checks the stock first: to reserve and give back in vain costs several times as much.
   * @returns the lines that are short
   */
  private reserveNew(order: Order): Promise<LineOfOrder[]> {
    return this.inTurn(order, order.lines.length, async (hadToWait) => {
      if (hadToWait) {
        const shortages = await this.stock.shortages(order.lines);
        if (isShort(order, shortages.size)) return order.lines.filter(({ sku }) => shortages.has(sku));
      }
      return this.reserveAll(order, { ...this.holdOf(order), wait: false });
    });
  }

  /** @returns the lines that are short */
  private reserve(order: Order): Promise<LineOfOrder[]> {
    return this.inTurn(order, order.lines.length, () => this.reserveAll(order, this.holdOf(order)));
  }

  private async reserveAll({ id, lines }: Order, terms: Terms): Promise<LineOfOrder[]> {
    const areHeld = await all(lines.map((line) => this.stock.reserve(id, line, terms)));
    return lines.filter((_, index) => !areHeld[index]);
  }

  /** On which terms its lines are held while it is being placed. */
  private holdOf({ wish: { reserveFor, wait } }: Order): Terms {
    return { reserveFor: Math.min(reserveFor ?? Infinity, this.options.holdSeconds), wait };
  }

  private async afterReserving(order: Order, short: readonly LineOfOrder[]): Promise<Order> {
    if (!isShort(order, short.length)) {
      // The lines need not wait for the step to be stored: if it is not, they are all reserved once more.
      const [settling, isHeld] = await all([
        this.save(order.to('settling')),
        this.holdAsAsked(order),
      ] as const);
      return this.afterSettling(settling, isHeld);
    }
    // The lines are given back before `queued` is stored: as long as the order is `placing`, rivals expect its pieces
    // to come free.
    return this.save((await this.giveBack(order)).queue());
  }

  /**
   * Tries a queued order again, or refuses it: it is short for good when no rival, an order that is being placed, may
   * give back what is missing, or after `tries` looks. Rivals are looked up before the stock: if there were none, no
   * rival holds what is missing.
   */
  private async tryAgain(order: Order): Promise<Order> {
    const { id, skus, lines, tries } = order;
    for (let looks = 1; ; looks += 1) {
      const hasRivals = await this.orders.hasRivals(id, skus);
      const shortages = await this.stock.shortages(lines);
      if (!isShort(order, shortages.size)) {
        if (tries < this.options.tries) return this.save(order.to('placing'));
        return this.leaveForLater(order);
      }
      if (!hasRivals || looks >= this.options.tries) return this.save(order.refuse(shortages));
      await pause(pauseBetween(...this.options.pausesMs, looks));
    }
  }

  /**
   * Puts off an order whose pieces are free, but were taken by rivals at each try. The caller gets Unavailable;
   * recovery goes on with the order later.
   */
  private async leaveForLater(order: Order): Promise<never> {
    await this.orders.putOff(await this.save(order.rested()), AGAIN_AFTER_MS);
    throw new Unavailable(`Too many orders want the same as ${order.id}; try again in a moment`);
  }

  /** All of its lines were held, by whoever stored the step; those that were given back since are left alone. */
  private async settle(order: Order): Promise<Order> {
    if ((await this.stock.behind(order.skus)).size > 0)
      throw new Unavailable(`What order ${order.id} holds cannot be seen yet; try again in a moment`);
    const known = linesOf(order, await this.stock.lines(order.id));
    const gone = new Set(known.filter(({ state }) => state === 'deallocated').map(({ sku }) => sku));
    const lines = order.lines.filter(({ sku }) => !gone.has(sku));
    if (lines.length === 0) return this.save(order.to('cancelled'));
    return this.afterSettling(order, await this.holdAsAsked(order, lines));
  }

  /** @returns whether the lines are held now for as long as was asked; otherwise what held them is gone */
  private async holdAsAsked(order: Order, lines = order.lines): Promise<boolean> {
    const { reserveFor, wait, partial } = order.wish;
    if (reserveFor !== null && reserveFor <= this.options.holdSeconds) return true;
    const outcomes = await this.each(order, lines, async (line): Promise<Outcome> => {
      if (reserveFor === null) return this.stock.confirm(order.id, line.sku);
      return (await this.stock.reserve(order.id, line, { reserveFor, wait })) ? 'done' : 'ran out';
    });
    return outcomes.includes('done') && (partial || !outcomes.includes('ran out'));
  }

  private async afterSettling(order: Order, isHeld: boolean): Promise<Order> {
    if (!isHeld) return this.save((await this.giveBack(order)).queue());
    return this.isPlaced(order, order.wish.reserveFor === null ? 'confirmed' : 'reserved');
  }

  /**
   * A reservation is wanted for good, all of it: if a line has run out meanwhile, the others are given back. Lines that
   * were given back one by one are left alone; if there are no others, the order is cancelled by that.
   */
  private async confirm(order: Order): Promise<Order> {
    const outcomes = await this.each(order, order.skus, (sku) => this.stock.confirm(order.id, sku));
    if (outcomes.includes('ran out')) return this.save((await this.giveBack(order)).to('expired'));
    return outcomes.includes('done') ? this.isPlaced(order, 'confirmed') : this.save(order.to('cancelled'));
  }

  private async isPlaced(order: Order, step: 'confirmed' | 'reserved'): Promise<Order> {
    const { customerId } = order.wish;
    if (step === 'confirmed' && customerId !== null) await this.customers.recordOrder(customerId, order.id);
    const placed = order.to(step);
    // Nobody waits for this: the order holds what it should. If it is not stored, recovery does the step again, which
    // changes nothing.
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

  /**
   * What has left cannot come back: if a line turns out not to be ready, the others have left all the same. Lines that
   * nobody holds any more are left alone; if there are no others, the order is closed by that.
   */
  private async dispatch(order: Order): Promise<Order> {
    const outcomes = await this.each(order, order.skus, (sku) => this.stock.dispatch(order.id, sku));
    if (outcomes.includes('refused')) return this.save(order.to('confirmed'));
    if (outcomes.includes('done')) return this.save(order.to('dispatched'));
    return this.save(order.to(outcomes.includes('ran out') ? 'expired' : 'cancelled'));
  }

  /** If a line has left meanwhile, the order cannot be cancelled any more: what has left of it stays with the customer. */
  private async cancel(order: Order): Promise<Order> {
    const outcomes = await this.each(order, order.skus, (sku) => this.stock.giveBack(order.id, sku));
    return this.save(order.to(outcomes.includes('refused') ? 'confirmed' : 'cancelled'));
  }

  /**
   * Gives back all that it holds. The step is stored once more before: if somebody else went on with the order, what it
   * holds now is not to be given back.
   * @returns the order as it was stored
   */
  private async giveBack(order: Order): Promise<Order> {
    return this.orSoonAgain(await this.storedAnew(order), async (held) => {
      await this.each(held, held.skus, (sku) => this.stock.giveBack(held.id, sku));
      return held;
    });
  }

  /** Does something for all of them at once, when it is the turn of the order. @throws Unavailable */
  private each<Item, Result>(
    order: Order,
    items: readonly Item[],
    work: (item: Item) => Promise<Result>,
  ): Promise<Result[]> {
    return this.inTurn(order, items.length, () => all(items.map(work)));
  }

  /**
   * Does something for so many lines of the order when it is its turn.
   * @param work is told whether it had to wait
   * @throws Unavailable when it has to wait for so long that somebody else may go on with it
   */
  private inTurn<T>(order: Order, lines: number, work: (hadToWait: boolean) => Promise<T>): Promise<T> {
    return this.turns.take(lines, this.lease.usableMs, (hadToWait) => {
      // A process that was suspended has not noticed that its lease ran out.
      if (!this.leaseLasts(order))
        throw new Unavailable(`Order ${order.id} had to wait for too long; try again in a moment`);
      return work(hadToWait);
    });
  }

  /** Whether something may be begun for the order: nobody else goes on with it before that is done. */
  private leaseLasts(order: Order): boolean {
    return performance.now() - (this.leasedSince.get(order) ?? -Infinity) < this.lease.usableMs;
  }

  /** @throws Superseded when somebody else went on with it */
  private storedAnew(order: Order): Promise<Order> {
    return this.save(order.to(order.step));
  }

  private async save(order: Order, request?: IdempotentRequest): Promise<Order> {
    if (await this.stored(order, request, (part) => this.orders.save(order, part))) return order;
    const superseded = new Superseded(`Somebody else goes on with order ${order.id}`);
    request?.release(superseded);
    throw superseded;
  }

  /** @param request to be recorded, unless that was done when it came before */
  private async stored(
    order: Order,
    request: IdempotentRequest | undefined,
    store: (part?: RequestPart) => Promise<boolean>,
  ): Promise<boolean> {
    this.leasedSince.set(order, performance.now());
    if (!request || request.isKnown) return store();
    try {
      const isStored = await store(request);
      request.recorded();
      return isStored;
    } catch (error) {
      request.release(error);
      throw error;
    }
  }
}

/** Whether an order cannot be had that lacks so many of its lines. */
function isShort({ wish, lines }: Order, lacking: number): boolean {
  return wish.partial ? lacking === lines.length : lacking > 0;
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
