import type { Mail } from './mailer';
import { printable, quoted } from './printable';

/** An order line that no batch could take. */
export interface Refusal {
  /** Of its OutOfStock event. */
  readonly eventId: string;
  readonly orderId: string;
  readonly qty: number;
  /** As by Date.toISOString. */
  readonly occurredAt: string;
}

/** What one event says about the stock of a SKU: a line was refused or, without a refusal, stock arrived. */
export interface StockChange {
  readonly sku: string;
  /** Of the event, per SKU. */
  readonly sequence: number;
  readonly refusal?: Refusal;
}

/**
 * What the buyers know about one SKU. They are told once that it is out of stock, and again only after
 * stock of it has arrived in between.
 *
 * Changes may be noted more than once and in any order: of each kind only the latest counts, by its
 * sequence number. A refusal that turns up after a newer arrival is old news and nobody is told. An
 * arrival that turns up after a newer refusal brings to light that the buyers should have been told of
 * that one, which is why the latest refusal is kept.
 */
export class StockAlert {
  constructor(
    readonly sku: string,
    /** The sequence number of the latest arrival of stock; 0: none. */
    public arrived = 0,
    /** The same of the latest refusal. */
    public refused = 0,
    /** The refusal that was the latest one when the buyers were last told. */
    public alerted = 0,
    public refusal: Refusal | null = null,
  ) {}

  /** @returns the refusal that the buyers must be told of now, if any */
  note({ sequence, refusal }: StockChange): Refusal | null {
    if (refusal && sequence > this.refused) {
      this.refused = sequence;
      this.refusal = refusal;
    }
    if (!refusal) this.arrived = Math.max(this.arrived, sequence);

    const outOfStock = this.refused > this.arrived;
    const told = this.alerted > this.arrived;
    if (!outOfStock || told) return null;
    this.alerted = this.refused;
    return this.refusal;
  }
}

/** The mail that tells `to` that a SKU is out of stock. The subject is the book's. */
export function outOfStockMail(
  sku: string,
  { eventId, orderId, qty, occurredAt }: Refusal,
  to: string,
): Mail {
  return {
    id: eventId,
    to,
    subject: `Out of stock for ${printable(sku)}`,
    text: [
      `No batch of SKU ${quoted(sku)} has enough pieces left.`,
      `The first order that could not be served is ${quoted(orderId)}: ${qty} pieces, on ${occurredAt}.`,
      'No other mail about this SKU follows until stock of it arrives.',
      '',
    ].join('\n'),
  };
}
