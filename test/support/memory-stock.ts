import { type LineStatus, type Outcome, Stock, type Terms } from '../../src/orders/application/stock';
import { NoSuchLine } from '../../src/orders/domain/errors';
import { isHeld, type LineOfOrder, type LineState, type Shortage } from '../../src/orders/domain/order';

interface Line {
  qty: number;
  state: LineState;
  expiresAt: string | null;
}

const hasPieces = ({ state }: Line) =>
  state === 'reserved' || state === 'allocated' || state === 'dispatched';

function outcomeOf(line?: Line): Outcome {
  if (line?.state === 'expired') return 'ran out';
  return line && isHeld(line.state) ? 'done' : 'not held';
}

/** A stock in memory, with one batch of each SKU, in which reservations run out when a test says so. */
export class MemoryStock extends Stock {
  /** Whether what is done to lines cannot be seen yet. */
  isBehind = false;
  private readonly orders = new Map<string, Map<string, Line>>();

  /** @param purchased pieces of each SKU */
  constructor(private readonly purchased: Readonly<Record<string, number>>) {
    super();
  }

  override async reserve(
    orderId: string,
    { sku, qty }: LineOfOrder,
    { wait, reserveFor }: Pick<Terms, 'wait'> & Partial<Terms>,
  ): Promise<boolean> {
    const known = this.line(orderId, sku);
    if (known && (hasPieces(known) || known.state === 'waiting')) return true;
    const state = this.left(sku) >= qty ? 'reserved' : wait ? 'waiting' : 'out of stock';
    const expiresAt =
      reserveFor === undefined ? null : new Date(Date.now() + reserveFor * 1_000).toISOString();
    this.put(orderId, sku, { qty, state, expiresAt: state === 'reserved' ? expiresAt : null });
    return state !== 'out of stock';
  }

  override async confirm(orderId: string, sku: string): Promise<Outcome> {
    const line = this.line(orderId, sku);
    if (line?.state === 'reserved') line.state = 'allocated';
    return outcomeOf(line);
  }

  override async giveBack(orderId: string, sku: string): Promise<Outcome> {
    const line = this.line(orderId, sku);
    if (!line || !isHeld(line.state)) return 'not held';
    if (line.state === 'dispatched') return 'refused';
    line.state = 'deallocated';
    return 'done';
  }

  override async dispatch(orderId: string, sku: string): Promise<Outcome> {
    const line = this.line(orderId, sku);
    if (line?.state === 'reserved' || line?.state === 'waiting') return 'refused';
    if (line?.state === 'allocated') line.state = 'dispatched';
    return outcomeOf(line);
  }

  override async changeQuantity(orderId: string, sku: string, qty: number): Promise<boolean> {
    const line = this.line(orderId, sku);
    if (!line || !hasPieces(line)) throw new NoSuchLine(orderId, sku);
    if (this.left(sku) + line.qty < qty) return false;
    line.qty = qty;
    return true;
  }

  override async mostOf(orderId: string, sku: string): Promise<number> {
    const line = this.line(orderId, sku);
    return this.left(sku) + (line && hasPieces(line) ? line.qty : 0);
  }

  override async shortages(lines: readonly LineOfOrder[]): Promise<Map<string, Shortage>> {
    const short = lines.filter(({ sku, qty }) => this.left(sku) < qty);
    return new Map(
      short.map(({ sku }) => [sku, { available: sku in this.purchased ? this.left(sku) : null }]),
    );
  }

  override async behind(skus: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(this.isBehind ? skus : []);
  }

  override async lines(orderId: string): Promise<LineStatus[]> {
    const none = { batchRef: null, eta: null, priority: 0, place: null };
    return [...(this.orders.get(orderId) ?? [])].map(([sku, line]) => ({ sku, ...line, ...none }));
  }

  /** The states of the order's lines, by SKU. */
  statesOf(orderId: string): Record<string, LineState> {
    return Object.fromEntries([...(this.orders.get(orderId) ?? [])].map(([sku, { state }]) => [sku, state]));
  }

  /** Pieces that nobody holds. */
  left(sku: string): number {
    let left = this.purchased[sku] ?? 0;
    for (const lines of this.orders.values()) {
      const line = lines.get(sku);
      if (line && hasPieces(line)) left -= line.qty;
    }
    return left;
  }

  /** Every reservation runs out. */
  runOut(): void {
    for (const lines of this.orders.values())
      for (const line of lines.values()) if (line.state === 'reserved') line.state = 'expired';
  }

  private line(orderId: string, sku: string): Line | undefined {
    return this.orders.get(orderId)?.get(sku);
  }

  private put(orderId: string, sku: string, line: Line): void {
    const lines = this.orders.get(orderId) ?? new Map<string, Line>();
    this.orders.set(orderId, lines.set(sku, line));
  }
}
