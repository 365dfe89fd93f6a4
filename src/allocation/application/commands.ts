import { Command } from '@nestjs/cqrs';
import type { AdjustmentReason } from '../domain/events';
import type { OrderLine, Terms } from '../domain/order-line';

/** What became of a batch that was to be created (rule 8). */
export type BatchOutcome = 'created' | 'exists already';

/** What became of a batch that was reported as arrived (rule 16). */
export type ArrivalOutcome = 'arrived' | 'arrived already';

/** What became of a line that was asked for, with the batch that it has and the day on which that arrives. */
export type LineOutcome =
  | { readonly outcome: 'allocated' | 'dispatched'; readonly batchRef: string; readonly eta: string | null }
  | {
      readonly outcome: 'reserved';
      readonly batchRef: string;
      readonly eta: string | null;
      /** As by Date.toISOString. */
      readonly expiresAt: string;
    }
  | { readonly outcome: 'waiting' | 'out of stock'; readonly batchRef: null; readonly eta: null };

/** Stock was bought: a batch that is in the warehouse, or arrives on the day `eta` (`YYYY-MM-DD`). */
export class CreateBatch extends Command<BatchOutcome> {
  constructor(
    readonly batchRef: string,
    readonly sku: string,
    readonly qty: number,
    readonly eta: string | null = null,
  ) {
    super();
  }
}

/** Find a batch for an order line, for good or for a while. */
export class Allocate extends Command<LineOutcome> {
  constructor(
    readonly line: OrderLine,
    readonly terms: Terms = {},
  ) {
    super();
  }
}

/** A line that is reserved is wanted for good. */
export class ConfirmReservation extends Command<void> {
  constructor(
    readonly orderId: string,
    readonly sku: string,
  ) {
    super();
  }
}

/** Untie an order's line of a SKU from its batch, or take it off the wait-list. */
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

/** What became of a line that was to have another quantity (rule 10). */
export type QuantityOutcome = 'changed' | 'out of stock';

/** An order's line of a SKU is wanted with another quantity. If that cannot be had, it keeps what it has. */
export class ChangeLineQuantity extends Command<QuantityOutcome> {
  constructor(
    readonly orderId: string,
    readonly sku: string,
    readonly qty: number,
  ) {
    super();
  }
}

/** The pieces of an order's line leave the warehouse. */
export class Dispatch extends Command<void> {
  constructor(
    readonly orderId: string,
    readonly sku: string,
  ) {
    super();
  }
}

/** Time has passed: give back what was reserved of the SKU for longer than that. */
export class ExpireReservations extends Command<void> {
  constructor(readonly sku: string) {
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

/** A batch in transit is expected on another day (`YYYY-MM-DD`), and perhaps with another quantity. */
export class ChangeBatchEta extends Command<void> {
  constructor(
    readonly batchRef: string,
    readonly eta: string,
    /** As with ChangeBatchQuantity. */
    readonly knownSequence?: number,
    /** Pieces that it holds from now on; as many as before when left out. */
    readonly qty?: number,
  ) {
    super();
  }
}

/** A batch is in the warehouse now, with `qty` pieces, or with what was expected when that is left out. */
export class RecordArrival extends Command<ArrivalOutcome> {
  constructor(
    readonly batchRef: string,
    readonly qty?: number,
    /** As with ChangeBatchQuantity. */
    readonly knownSequence?: number,
  ) {
    super();
  }
}

/** A batch has `delta` pieces more than is known, or fewer when negative. Sent twice, it is done twice. */
export class AdjustStock extends Command<void> {
  constructor(
    readonly batchRef: string,
    readonly delta: number,
    readonly reason: AdjustmentReason,
    readonly note: string | null = null,
    /** As with ChangeBatchQuantity. */
    readonly knownSequence?: number,
  ) {
    super();
  }
}
