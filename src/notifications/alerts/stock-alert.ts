import { inMail, pieces, quoted } from '../mail/mail-text';
import type { Mail } from '../mail/mailer';

/** An order line that no batch could take. */
export interface Refusal {
  /** The id of its OutOfStock event. */
  readonly eventId: string;
  readonly orderId: string;
  /** Pieces that the line asked for. */
  readonly qty: number;
  /** Pieces that all batches of the SKU had left together; null, or absent in rows of older versions: unknown. */
  readonly available?: number | null;
  /** As by Date.toISOString. */
  readonly occurredAt: string;
  /** The request or message that asked for the line; absent in rows of older versions. */
  readonly correlationId?: string;
}

/** What one event says about the stock of a SKU: a line was refused or, without a refusal, stock arrived. */
export interface StockChange {
  readonly sku: string;
  /** Sequence of the event, per SKU. */
  readonly sequence: number;
  readonly refusal?: Refusal;
}

/** Refusals of one kind: the latest one, and up to which one the buyers have been told. */
export class Refusals {
  constructor(
    /** The sequence number of the latest; 0: none. */
    public sequence = 0,
    /** The sequence number of the latest one that the buyers were told of. */
    public notifiedSequence = 0,
    public latest: Refusal | null = null,
  ) {}

  note(sequence: number, refusal: Refusal): void {
    if (sequence <= this.sequence) return;
    this.sequence = sequence;
    this.latest = refusal;
  }

  /** Whether there was one since stock arrived, and the buyers have been told of none since. */
  arePending(arrived: number): boolean {
    return this.sequence > arrived && this.notifiedSequence <= arrived;
  }

  /** The buyers are told of the refusal of this sequence number. */
  markNotified(sequence: number): void {
    this.notifiedSequence = Math.max(this.notifiedSequence, sequence);
  }
}

/**
 * What the buyers know about one SKU (rule 22). They are told of the first line that is refused, and once more of the
 * first that is refused while nothing at all is left, unless that was the same one: so an order of a million pieces by
 * a typing error does not keep from them that the SKU is sold out. After that they are told again only when stock of
 * it has arrived in between.
 *
 * Changes may be noted more than once and in any order: of each kind only the latest counts, by its
 * sequence number. A refusal that turns up after a newer arrival is old news and nobody is told. An
 * arrival that turns up after a newer refusal brings to light that the buyers should have been told of
 * that one, which is why the latest refusals are kept.
 */
export class StockAlert {
  constructor(
    readonly sku: string,
    /** The sequence number of the latest arrival of stock; 0: none. */
    public arrived = 0,
    /** Refusals for any reason. */
    readonly refusals = new Refusals(),
    /** Refusals while nothing at all was left. */
    readonly soldOut = new Refusals(),
  ) {}

  /** @returns the refusal that the buyers must be told of now, if any */
  note({ sequence, refusal }: StockChange): Refusal | null {
    if (refusal) {
      this.refusals.note(sequence, refusal);
      if (refusal.available === 0) this.soldOut.note(sequence, refusal);
    } else {
      this.arrived = Math.max(this.arrived, sequence);
    }
    // Whoever is told that nothing is left need not be told as well that there is too little.
    const pending = [this.soldOut, this.refusals].find((kind) => kind.arePending(this.arrived));
    if (!pending) return null;
    for (const kind of [pending, this.refusals]) kind.markNotified(pending.sequence);
    return pending.latest;
  }
}

/** The mail that tells `to` that a SKU is out of stock. The subject is the book's. */
export function outOfStockMail(
  sku: string,
  { eventId, orderId, qty, available = null, occurredAt, correlationId }: Refusal,
  to: string,
): Mail {
  return {
    id: eventId,
    correlationId,
    to,
    subject: `Out of stock for ${inMail(sku)}`,
    text: [
      `No batch of SKU ${quoted(sku)} has ${left(available)}.`,
      `Order ${quoted(orderId)} asked for ${pieces(qty)}, on ${occurredAt}.`,
      available === 0
        ? 'No other mail about this SKU follows until stock of it arrives.'
        : 'No other mail about this SKU follows until an order finds nothing left at all, or stock of it arrives.',
      '',
    ].join('\n'),
  };
}

function left(available: number | null): string {
  if (available === 0) return 'anything left';
  const all = available === null ? '' : `; all batches together have ${pieces(available)}`;
  return `enough pieces left${all}`;
}
