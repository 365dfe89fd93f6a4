import { Query } from '@nestjs/cqrs';
import type { LineState } from './line-state';

/** How a line of an order stands. */
export interface LineStatus {
  readonly sku: string;
  readonly qty: number;
  readonly state: LineState;
  /** The batch that serves it; null when it is not allocated. */
  readonly batchRef: string | null;
  /** The day on which that arrives, `YYYY-MM-DD`; null: it is in the warehouse. */
  readonly eta: string | null;
  /** Null when it is out of stock or deallocated. */
  readonly priority: number | null;
  /** Until when it is held, as by Date.toISOString; null when it is not reserved. */
  readonly expiresAt: string | null;
  /** Which one it is on the wait-list: 1 is the next; null when it does not wait. */
  readonly place: number | null;
}

/** How does every line of the order stand that was ever allocated or refused? By SKU; none for an unknown order. */
export class LinesOfOrder extends Query<readonly LineStatus[]> {
  constructor(readonly orderId: string) {
    super();
  }
}

/** How many pieces has the batch of the SKU left that has most of them? Null when no batch was ever created. */
export class LargestBatch extends Query<number | null> {
  constructor(
    readonly sku: string,
    /** A line whose own pieces count as left (rule 10). */
    readonly held?: Pick<LineStatus, 'batchRef' | 'qty'>,
  ) {
    super();
  }
}
