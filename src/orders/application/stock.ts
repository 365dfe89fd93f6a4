import type { LineOfOrder, LineState, Order, Shortage } from '../domain/order';

/** For how long a line is reserved, and what becomes of it when no batch can take it. */
export interface Terms {
  /** Seconds. */
  readonly reserveFor: number;
  readonly wait: boolean;
}

/** How a line of an order stands. */
export interface LineStatus {
  readonly sku: string;
  readonly qty: number;
  readonly state: LineState;
  readonly batchRef: string | null;
  /** `YYYY-MM-DD`; null: in the warehouse. */
  readonly eta: string | null;
  readonly priority: number | null;
  readonly expiresAt: string | null;
  readonly place: number | null;
}

/** What becomes of a line that something is asked of. `ran out`, `not held`: nobody holds it any more, or never did. */
export type Outcome = 'done' | 'refused' | 'ran out' | 'not held';

/**
 * What orders need of the stock. Each call may be repeated: what is done already stays as it is. Every call throws
 * Unavailable when the stock cannot be reached; some of the lines may have been changed then.
 */
export abstract class Stock {
  /**
   * Holds the line for a while, or for longer than until now.
   * @returns false when it cannot be had, nor waits
   */
  abstract reserve(orderId: string, line: LineOfOrder, terms: Terms): Promise<boolean>;

  /** Holds the line for good, if it is held or waits. It is never refused. */
  abstract confirm(orderId: string, sku: string): Promise<Outcome>;

  /** Holds nothing for the line any more. It is refused when the line has left the warehouse. */
  abstract giveBack(orderId: string, sku: string): Promise<Outcome>;

  /** The line leaves the warehouse. It is refused when the line is held, but cannot leave. */
  abstract dispatch(orderId: string, sku: string): Promise<Outcome>;

  /**
   * Holds so many pieces for a line that holds fewer or more. The line never loses what it has.
   * @returns false when no batch can take so many
   * @throws NoSuchLine; OrderDispatched when it has left
   */
  abstract changeQuantity(orderId: string, sku: string, qty: number): Promise<boolean>;

  /** How many pieces a line of the order can have now at most, those that it holds among them. */
  abstract mostOf(orderId: string, sku: string): Promise<number>;

  /** Those of the lines that cannot be had now, by SKU. */
  abstract shortages(lines: readonly LineOfOrder[]): Promise<Map<string, Shortage>>;

  /** Every line of the order that is known, whoever asked for it. */
  abstract lines(orderId: string): Promise<readonly LineStatus[]>;

  /** Those of the SKUs of which `lines` may lack something yet that was done to them. */
  abstract behind(skus: readonly string[]): Promise<ReadonlySet<string>>;
}

/** The lines of the order itself, and not others that were asked for under its id. */
export function linesOf(order: Order, lines: readonly LineStatus[]): LineStatus[] {
  const skus = new Set(order.skus);
  return lines.filter(({ sku }) => skus.has(sku));
}
