import { BULK, type Calls, type LineWish } from './calls';
import type { Calendar } from './calendar';
import { ShopAudit, type Batch, type Line } from './shop-audit';
import { Day } from './figures';
import { Random, Zipf } from './random';

/** How large the shop is. */
export interface Scale {
  readonly days: number;
  readonly skus: number;
  /** Those of sales come on top. */
  readonly linesPerDay: number;
  readonly seed: number;
}

const SUPPLIERS = 20;
/** Every two weeks there is a sale of ten SKUs, with as many lines as come in on three days. */
export const [SALE_EVERY, SALE_SKUS, SALE_DAYS] = [14, 10, 3];
/** For a sale suppliers are asked so many days before it, for so much of what will be asked for. */
const [SALE_NOTICE, SALE_STOCK] = [56, 0.8];
/** Days for which the stock lasts when the shop opens, for which a batch lasts, and for which there is more than is needed. */
const [OPENING_DAYS, BATCH_DAYS, SPARE_DAYS] = [28, 42, 7];
/** Pieces of a line, each number as often as the others. */
const QUANTITIES = [1, 1, 1, 1, 1, 1, 2, 2, 3, 4];
const PIECES = QUANTITIES.reduce((sum, qty) => sum + qty) / QUANTITIES.length;

/** How often a ship is late when that is told, so many days before it should arrive. One may be late again. */
const [SHIP_SLIPS, SLIP_NOTICE] = [0.25, 3];
const BATCH_IS_SHORT = 0.05;
const BATCH_IS_DAMAGED = 0.03;
const CUSTOMER_WAITS = 0.6;
const CUSTOMER_CANCELS = 0.02;

/** The batches of one supplier that arrive together. */
interface Ship {
  readonly batches: readonly Batch[];
  eta: number;
}

/**
 * A shop with suppliers, customers and a warehouse, one day after the other. What they do is drawn by seed, day and purpose,
 * so it is the same whatever the service answers.
 */
export class Shop {
  readonly audit: ShopAudit;
  readonly skus: readonly string[];
  private readonly demand: Zipf;
  private readonly ships = new Set<Ship>();
  private numberOfBatches = 0;
  private numberOfLines = 0;
  private position: string | undefined;

  constructor(
    private readonly scale: Scale,
    private readonly calls: Calls,
    private readonly calendar: Calendar,
  ) {
    this.audit = new ShopAudit(calendar);
    this.skus = Array.from({ length: scale.skus }, (_, index) => `sku-${index + 1}`);
    this.demand = new Zipf(scale.skus);
  }

  /** The warehouse as it is when the shop opens. */
  async open(): Promise<void> {
    await this.buy(
      this.skus.map((sku, index) => ({ sku, qty: this.sizeFor(index, OPENING_DAYS) })),
      null,
    );
  }

  /** @param measured gets what is done while lines are asked for and leave */
  async live(today: number, day: Day, measured: (work: () => Promise<void>) => Promise<void>): Promise<void> {
    await this.calendar.begin(today);
    this.audit.begin(today, day);
    if (today === 0) await this.open();
    await this.receive(today);
    await this.orderFromSuppliers(today);
    await measured(async () => {
      await this.sell(today, day);
      await this.follow();
      const leaving = this.audit.inStock();
      const began = performance.now();
      await Promise.all(leaving.map((line) => this.dispatch(line)));
      day.dispatchMs += performance.now() - began;
    });
    day.waiting = this.audit.open().filter(({ state }) => state === 'waiting').length;
  }

  /** Reads the log up to what there is by now. */
  async follow(): Promise<void> {
    const stock = await this.calls.skus();
    const isBehind = () => stock.some(({ sku, sequence }) => this.audit.product(sku).sequence < sequence);
    while (isBehind()) {
      const { events, next } = await this.calls.events(this.position);
      for (const event of events) this.audit.hear(event);
      this.position = next;
    }
  }

  /** @returns where the service differs from the books, one sentence each */
  async compare(): Promise<string[]> {
    await this.follow();
    const waiting = new Map(
      await Promise.all(this.skus.map(async (sku) => [sku, await this.calls.availability(sku)] as const)),
    );
    return [
      ...this.audit.faults,
      ...this.audit.differences(await this.calls.batches(), await this.calls.skus(), waiting),
    ];
  }

  /** Ships arrive or are late, and what has arrived turns out to be damaged. */
  private async receive(today: number): Promise<void> {
    for (const ship of this.ships) {
      const random = new Random(this.scale.seed, 'ship', ship.batches[0].ref, today);
      if (ship.eta === today + SLIP_NOTICE && random.chance(SHIP_SLIPS)) {
        ship.eta += random.between(2, 21);
        const eta = this.calendar.dateOf(ship.eta);
        await Promise.all(ship.batches.map(({ ref: batchRef }) => this.calls.slip(batchRef, eta)));
      }
      if (ship.eta !== today) continue;
      this.ships.delete(ship);
      await Promise.all(
        ship.batches.map((batch) => this.unload(batch, new Random(this.scale.seed, batch.ref))),
      );
    }
    await this.follow();
  }

  private async unload(batch: Batch, random: Random): Promise<void> {
    const short = random.chance(BATCH_IS_SHORT) ? Math.ceil(batch.qty * 0.2 * random.next()) : 0;
    await this.calls.arrive(batch.ref, batch.qty - short);
    batch.arrived = true;
    this.audit.counted(batch, batch.qty - short);
    if (!random.chance(BATCH_IS_DAMAGED)) return;
    const damaged = Math.ceil(batch.qty * 0.1 * random.next());
    await this.calls.damage(batch.ref, damaged);
    this.audit.counted(batch, batch.qty - damaged);
  }

  /** Each supplier has a day of the week. */
  private async orderFromSuppliers(today: number): Promise<void> {
    for (let supplier = today % 7; supplier < SUPPLIERS; supplier += 7) {
      const leadDays = 14 + 2 * supplier;
      const announced = this.announced(today);
      const wanted = this.skus.flatMap((sku, index) => {
        if (index % SUPPLIERS !== supplier) return [];
        const forSale = announced.has(index) ? this.saleSize() : 0;
        const enough = this.piecesPerDay(index) * (leadDays + 7 + SPARE_DAYS);
        const isShort = this.audit.position(sku) < enough;
        return isShort || forSale > 0
          ? [{ sku, qty: (isShort ? this.sizeFor(index, BATCH_DAYS) : 0) + forSale }]
          : [];
      });
      if (wanted.length > 0) await this.buy(wanted, today + leadDays);
    }
  }

  private async buy(wanted: readonly { sku: string; qty: number }[], eta: number | null): Promise<void> {
    const batches = wanted.map(({ sku, qty }) => ({
      ref: `batch-${(this.numberOfBatches += 1)}`,
      sku,
      qty,
      arrived: eta === null,
      left: 0,
    }));
    await Promise.all(
      chunks(batches).map((chunk) =>
        this.calls.createBatches(
          chunk.map(({ ref: batchRef, sku, qty }) => ({
            ref: batchRef,
            sku,
            qty,
            eta: eta === null ? null : this.calendar.dateOf(eta),
          })),
        ),
      ),
    );
    for (const batch of batches) this.audit.bought(batch);
    if (eta !== null) this.ships.add({ batches, eta });
  }

  /** Customers order, on the day of a sale all at once, and some of all who have ordered change their minds. */
  private async sell(today: number, day: Day): Promise<void> {
    const random = new Random(this.scale.seed, 'customers', today);
    const { linesPerDay } = this.scale;
    await this.order(day, 'order', random, linesPerDay, () => this.demand.draw(random));
    const onSale = this.saleOf(today);
    if (onSale.length > 0) {
      const lines = linesPerDay * SALE_DAYS;
      await this.order(day, 'sale', random, lines, () => onSale[random.between(0, onSale.length - 1)]);
    }
    const cancelled = random.some(this.audit.open(), Math.round(linesPerDay * CUSTOMER_CANCELS));
    await Promise.all(
      cancelled.map(async (line) => {
        await this.calls.cancel(line);
        this.audit.cancelled(line);
      }),
    );
  }

  private async order(
    day: Day,
    phase: 'order' | 'sale',
    random: Random,
    count: number,
    draw: () => number,
  ): Promise<void> {
    const wishes = Array.from({ length: count }, (): LineWish => {
      const orderId = `order-${(this.numberOfLines += 1)}`;
      const qty = QUANTITIES[random.between(0, QUANTITIES.length - 1)];
      return { orderId, sku: this.skus[draw()], qty, wait: random.chance(CUSTOMER_WAITS) };
    });
    const lines = wishes.map((wish) => this.audit.asked(wish));
    const answers = phase === 'sale' ? day.saleAnswers : day.orderAnswers;
    const began = performance.now();
    await Promise.all(
      chunks(wishes).map(async (chunk, number) => {
        const results = await this.calls.allocate(chunk, (milliseconds) => answers.push(milliseconds));
        results.forEach((result, index) => this.audit.answered(lines[number * BULK + index], result));
      }),
    );
    const tookMs = performance.now() - began;
    if (phase === 'order') day.orderMs += tookMs;
    else {
      day.saleMs += tookMs;
      day.saleLines += count;
    }
  }

  private async dispatch(line: Line): Promise<void> {
    await this.calls.dispatch(line);
    this.audit.dispatched(line);
  }

  /** The SKUs of the sale on this day, of those that are sold often; none on most days. */
  private saleOf(day: number): number[] {
    if (day <= 0 || day % SALE_EVERY !== 0) return [];
    const often = Array.from({ length: Math.ceil(this.skus.length / 10) }, (_, index) => index);
    return new Random(this.scale.seed, 'sale', day).some(often, SALE_SKUS);
  }

  /** The SKUs of a sale for which suppliers, who are asked once a week, have to be asked now. */
  private announced(today: number): ReadonlySet<number> {
    const days = Array.from({ length: 7 }, (_, day) => today + SALE_NOTICE + day);
    return new Set(days.flatMap((day) => this.saleOf(day)));
  }

  private saleSize(): number {
    return Math.ceil(((this.scale.linesPerDay * SALE_DAYS) / SALE_SKUS) * PIECES * SALE_STOCK);
  }

  private piecesPerDay(index: number): number {
    return this.scale.linesPerDay * this.demand.share(index) * PIECES;
  }

  private sizeFor(index: number, days: number): number {
    return Math.max(Math.ceil(this.piecesPerDay(index) * days), 10);
  }
}

function chunks<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / BULK) }, (_, number) =>
    items.slice(number * BULK, (number + 1) * BULK),
  );
}
