import { Command } from '@nestjs/cqrs';
import { OrderLine } from '../domain/order-line';

/** What became of a batch that was to be created (rule 8). */
export type BatchOutcome = 'created' | 'exists already';

/** What became of a line that was asked for, with the batch that it has and the day on which that arrives. */
export type LineOutcome =
  | { readonly outcome: 'allocated'; readonly batchRef: string; readonly eta: string | null }
  | { readonly outcome: 'out of stock'; readonly batchRef: null; readonly eta: null };

/** Stock was bought: a batch that is in the warehouse, or arrives on the day `eta` (`YYYY-MM-DD`). */
export class CreateBatch extends Command<BatchOutcome> {
  constructor(
    readonly reference: string,
    readonly sku: string,
    readonly qty: number,
    readonly eta: string | null = null,
  ) {
    super();
  }
}

/** Find a batch for an order line. */
export class Allocate extends Command<LineOutcome> {
  constructor(readonly line: OrderLine) {
    super();
  }
}

/** Untie an order's line of a SKU from its batch. */
export class Deallocate extends Command<void> {
  constructor(
    readonly orderId: string,
    readonly sku: string,
  ) {
    super();
  }
}

/** Move an order's line of a SKU to the batch that rule 2 picks now. */
export class Reallocate extends Command<void> {
  constructor(
    readonly orderId: string,
    readonly sku: string,
  ) {
    super();
  }
}

/** A batch turns out to hold more or less than was bought: `qty` pieces, 0 when all of it is lost. */
export class ChangeBatchQuantity extends Command<void> {
  constructor(
    readonly batchRef: string,
    readonly qty: number,
    /** The sequence number of the last event of the batch that the asker knows; any when left out. */
    readonly knownSequence?: number,
  ) {
    super();
  }
}
