import { Query } from '@nestjs/cqrs';
import type { ChangedPromise } from '../domain/changed-promise';
import type { Explanation } from '../domain/explanation';
import type { OrderLine, Terms } from '../domain/order-line';

/** What would `Allocate` do with the line now? (rule 19) */
export class Explain extends Query<Explanation> {
  constructor(
    readonly line: OrderLine,
    readonly terms: Terms = {},
  ) {
    super();
  }
}

/** Which places do the lines have on the wait-lists of their SKUs now? One that does not wait has none (rule 13). */
export class PlacesOnWaitList extends Query<(number | undefined)[]> {
  constructor(readonly lines: readonly OrderLine[]) {
    super();
  }
}

/** Of which of these SKUs do the views lack anything yet that was committed, by whichever instance? (promise 4) */
export class BehindInViews extends Query<ReadonlySet<string>> {
  constructor(readonly skus: readonly string[]) {
    super();
  }
}

export interface BatchChange {
  readonly qty?: number;
  readonly eta?: string;
  readonly arrived?: boolean;
}

/** What would `ChangeBatchQuantity`, `ChangeBatchEta` or `RecordArrival` mean to the lines of the SKU now? (rules 7, 13, 16 and 17) */
export class ExplainBatchChange extends Query<readonly ChangedPromise[]> {
  constructor(
    readonly batchRef: string,
    /** Pieces that the batch is to hold, or the day on which it is to arrive, or both; or that it has arrived. */
    readonly change: BatchChange,
  ) {
    super();
  }
}
