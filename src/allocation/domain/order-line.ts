/**
 * What a customer wants: so much of one SKU on one order. A value object: two lines with the same
 * content are the same line. Within a SKU the order id identifies the line.
 */
export class OrderLine {
  constructor(
    readonly orderId: string,
    readonly sku: string,
    /** Pieces, a positive integer. */
    readonly qty: number,
  ) {}
}

/** What identifies a line. */
export interface LineKey {
  readonly sku: string;
  readonly orderId: string;
}

/** The same as the key of a map. Neither part has a NUL in it. */
export function lineKey({ sku, orderId }: LineKey): string {
  return `${sku}\0${orderId}`;
}

/** On which terms a line is asked for. What is left out stays as it is when the line is known already. */
export interface Terms {
  /** An integer, 0 unless somebody says otherwise; larger is served first. */
  readonly priority?: number;
  /** The line goes on the wait-list whenever no batch can take it (rule 13). Once asked for, it stays so. */
  readonly wait?: boolean;
  /** Seconds for which the line is reserved; left out: it is wanted for good (rule 11). */
  readonly reserveFor?: number;
}
