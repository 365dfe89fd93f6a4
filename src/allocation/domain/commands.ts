import { OrderLine } from './order-line';

/** Stock was bought: a batch that is in the warehouse, or arrives on the day `eta` (`YYYY-MM-DD`). */
export class CreateBatch {
  constructor(
    readonly reference: string,
    readonly sku: string,
    readonly qty: number,
    readonly eta: string | null = null,
  ) {}
}

/** Find a batch for an order line. */
export class Allocate {
  constructor(readonly line: OrderLine) {}
}

/** Untie an order's line of a SKU from its batch. */
export class Deallocate {
  constructor(
    readonly orderId: string,
    readonly sku: string,
  ) {}
}

/** Move an order's line of a SKU to the batch that rule 2 picks now. */
export class Reallocate {
  constructor(
    readonly orderId: string,
    readonly sku: string,
  ) {}
}

/** A batch turns out to hold more or less than was bought: `qty` pieces, 0 when all of it is lost. */
export class ChangeBatchQuantity {
  constructor(
    readonly batchRef: string,
    readonly qty: number,
    /** The sequence number of the last event of the batch that the asker knows; any when left out. */
    readonly knownSequence?: number,
  ) {}
}
