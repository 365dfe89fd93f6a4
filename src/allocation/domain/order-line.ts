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
