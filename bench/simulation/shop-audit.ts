import type { BatchStock, FeedEvent, LineAnswer, LineWish, SkuStock, WaitingStock } from './calls';
import type { Calendar } from './calendar';
import type { Day } from './figures';

export interface Batch {
  readonly ref: string;
  readonly sku: string;
  qty: number;
  arrived: boolean;
  /** Pieces that have left with lines. */
  left: number;
}

/** A line of the shop. One that has ended is kept until the log has told so, too. */
export interface Line extends LineWish {
  state: 'asked' | 'allocated' | 'waiting' | 'out of stock' | 'cancelled' | 'dispatched';
  batchRef: string | null;
  /** The day that the customer was told first. */
  promised?: number;
  /** Whether the log has told what was answered. */
  heard: boolean;
}

/** Pieces of a SKU. */
interface Product {
  /** In all batches together, those included that have left. */
  bought: number;
  /** Of lines that are allocated or wait. */
  wanted: number;
  left: number;
  /** The newest event that was heard of. */
  sequence: number;
}

/**
 * The shop's own audit: what it asked for and was answered, and what the log tells that the service did unasked. Whatever
 * was answered must be told by the log as well, and in the end both must agree with the service.
 */
export class ShopAudit {
  readonly faults: string[] = [];
  readonly batches = new Map<string, Batch>();
  readonly lines = new Map<string, Line>();
  private readonly products = new Map<string, Product>();
  private today = 0;
  private day!: Day;

  constructor(private readonly calendar: Calendar) {}

  /** @param day gets the figures from now on */
  begin(today: number, day: Day): void {
    this.today = today;
    this.day = day;
  }

  product(sku: string): Product {
    let product = this.products.get(sku);
    if (!product) this.products.set(sku, (product = { bought: 0, wanted: 0, left: 0, sequence: 0 }));
    return product;
  }

  /** What is there or on its way, less what customers want. */
  position(sku: string): number {
    const { bought, wanted, left } = this.product(sku);
    return bought - wanted - left;
  }

  bought(batch: Batch): void {
    this.batches.set(batch.ref, batch);
    this.product(batch.sku).bought += batch.qty;
  }

  /** The batch has so many pieces from now on. */
  counted(batch: Batch, qty: number): void {
    this.product(batch.sku).bought += qty - batch.qty;
    batch.qty = qty;
  }

  /** To be called before the line is asked for. */
  asked(wish: LineWish): Line {
    const line: Line = { ...wish, state: 'asked', batchRef: null, heard: false };
    this.lines.set(line.orderId, line);
    this.day.lines += 1;
    return line;
  }

  answered(line: Line, { status, outcome, batchRef = null, eta }: LineAnswer): void {
    if (status !== 202) return void this.fault(line, `was answered ${status}`);
    line.state = outcome as Line['state'];
    line.batchRef = batchRef;
    if (outcome === 'out of stock') this.day.outOfStock += 1;
    else this.product(line.sku).wanted += line.qty;
    if (outcome === 'waiting') this.day.waited += 1;
    if (outcome === 'allocated') this.notePromise(line, eta);
  }

  cancelled(line: Line): void {
    line.state = 'cancelled';
    this.product(line.sku).wanted -= line.qty;
    this.day.cancelled += 1;
  }

  dispatched(line: Line): void {
    line.state = 'dispatched';
    const product = this.product(line.sku);
    product.wanted -= line.qty;
    product.left += line.qty;
    this.batches.get(line.batchRef!)!.left += line.qty;
    const daysLate = this.today - line.promised!;
    if (daysLate <= 0) return void (this.day.kept += 1);
    this.day.late += 1;
    this.day.daysLate += daysLate;
    this.day.mostDaysLate = Math.max(this.day.mostDaysLate, daysLate);
  }

  /** The lines that can leave, the oldest first. */
  inStock(): Line[] {
    return this.open().filter(
      ({ state, batchRef }) => state === 'allocated' && this.batches.get(batchRef!)?.arrived,
    );
  }

  open(): Line[] {
    return [...this.lines.values()].filter(({ state }) => state === 'allocated' || state === 'waiting');
  }

  /** Takes an event of the log. */
  hear({ type, subject, sequence, data }: FeedEvent): void {
    const product = this.product(subject);
    if (Number(sequence) !== product.sequence + 1)
      this.faults.push(`event ${sequence} of ${subject} comes after ${product.sequence}`);
    product.sequence = Number(sequence);
    this.day.events += 1;
    const line = this.lines.get(data.orderId);
    if (line) this.hearOfLine(line, type.split('.')[1], data);
  }

  private hearOfLine(line: Line, event: string, { batchRef, eta, reason }: FeedEvent['data']): void {
    switch (event) {
      case 'Allocated':
        return this.stands(line, 'allocated', batchRef, eta);
      case 'Waitlisted':
        return this.stands(line, 'waiting', null);
      case 'OutOfStock':
        // One that waits is on the wait-list by the next event.
        return line.wait ? undefined : this.stands(line, 'out of stock', null);
      case 'Dispatched':
        return this.ends(line, 'dispatched');
      case 'WaitCancelled':
        return this.ends(line, 'cancelled');
      case 'Deallocated':
        // Where a line is that was moved or displaced is told by the next event.
        return reason === 'given back' ? this.ends(line, 'cancelled') : undefined;
      case 'PromiseChanged':
        this.day.promisesChanged += 1;
    }
  }

  /** The log tells how the line stands: as it was answered, if it is the first time; else the service did so unasked. */
  private stands(line: Line, state: Line['state'], batchRef: string | null, eta?: string | null): void {
    const isOver = line.state === 'dispatched' || line.state === 'cancelled';
    if (!line.heard) {
      line.heard = true;
      // One that is over by now was cancelled before the log was read.
      if (!isOver && (line.state !== state || line.batchRef !== batchRef)) {
        const [answered, logged] = [line.state, state].map((each) => `"${each}"`);
        this.fault(line, `was answered ${answered} (${line.batchRef}), the log says ${logged} (${batchRef})`);
        line.state = state;
        line.batchRef = batchRef;
      }
    } else if (!isOver) {
      line.state = state;
      line.batchRef = batchRef;
      if (state === 'allocated') this.notePromise(line, eta);
      if (state === 'out of stock') {
        this.product(line.sku).wanted -= line.qty;
        this.day.broken += 1;
      }
    }
    if (state === 'out of stock') this.lines.delete(line.orderId);
  }

  private ends(line: Line, state: Line['state']): void {
    if (line.state !== state) this.fault(line, `is ${state} by the log, and ${line.state} by the books`);
    this.lines.delete(line.orderId);
  }

  private notePromise(line: Line, eta: string | null | undefined): void {
    if (line.promised !== undefined) return;
    line.promised = eta ? this.calendar.dayOf(eta) : this.today;
    this.day.promised += 1;
  }

  private fault({ orderId, sku }: LineWish, what: string): void {
    this.faults.push(`${orderId} of ${sku} ${what}`);
  }

  /** @returns where the books differ from the service, one sentence each */
  differences(
    batches: readonly BatchStock[],
    skus: readonly SkuStock[],
    waiting: ReadonlyMap<string, WaitingStock>,
  ): string[] {
    const held = new Map<string, number>();
    const waits = new Map<string, { lines: number; pieces: number }>();
    const found: string[] = [];
    for (const { orderId, sku, qty, state, batchRef, heard } of this.lines.values()) {
      const sum = waits.get(sku) ?? { lines: 0, pieces: 0 };
      if (state === 'allocated') held.set(batchRef!, (held.get(batchRef!) ?? 0) + qty);
      else if (state === 'waiting') waits.set(sku, { lines: sum.lines + 1, pieces: sum.pieces + qty });
      else found.push(`${orderId} of ${sku} is ${state}, of which the log knows nothing`);
      if (!heard) found.push(`${orderId} of ${sku} is not in the log`);
    }
    const compare = (what: string, ours: object | undefined, theirs: object | undefined) => {
      const [books, service] = [JSON.stringify(ours), JSON.stringify(theirs)];
      if (books !== service) found.push(`${what}: the books say ${books}, the service ${service}`);
    };
    const stock = new Map(batches.map((batch) => [batch.ref, batch]));
    for (const batchRef of new Set([...this.batches.keys(), ...stock.keys()])) {
      const [ours, theirs] = [this.batches.get(batchRef), stock.get(batchRef)];
      compare(
        batchRef,
        ours && { has: ours.qty, arrived: ours.arrived, left: ours.left, held: held.get(batchRef) ?? 0 },
        theirs && {
          has: theirs.purchasedQuantity,
          arrived: theirs.eta === null,
          left: theirs.dispatchedQuantity,
          held: theirs.allocatedQuantity - theirs.dispatchedQuantity,
        },
      );
    }
    for (const { sku, available } of skus) {
      const { lines = 0, pieces = 0 } = waits.get(sku) ?? {};
      compare(
        sku,
        { free: this.position(sku) + pieces, waiting: { lines, pieces } },
        { free: available, waiting: waiting.get(sku)?.waiting },
      );
    }
    return found;
  }
}
