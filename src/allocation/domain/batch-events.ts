/** What happened to a batch. `available` is what it has left to promise afterwards. */

/** Why the quantity of a batch is adjusted (rule 18). */
export const adjustmentReasons = ['damaged', 'lost', 'found', 'returned', 'counted', 'supplier'] as const;
export type AdjustmentReason = (typeof adjustmentReasons)[number];

export class BatchCreated {
  constructor(
    readonly sku: string,
    readonly batchRef: string,
    readonly qty: number,
    readonly eta: string | null,
  ) {}
}

/**
 * The batch holds `qty` pieces now, after `previousQty`. When `available` is negative, the lines that no
 * longer fit follow as Deallocated at once.
 */
export class BatchQuantityChanged {
  constructor(
    readonly sku: string,
    readonly batchRef: string,
    readonly qty: number,
    readonly previousQty: number,
    readonly available: number,
  ) {}
}

/** Pieces were found to be there or not to be there, for this reason; the rest is as with BatchQuantityChanged. */
export class StockAdjusted {
  constructor(
    readonly sku: string,
    readonly batchRef: string,
    readonly qty: number,
    readonly previousQty: number,
    readonly available: number,
    readonly reason: AdjustmentReason,
    readonly note: string | null,
  ) {}
}

/**
 * The batch was in transit until now, due on `previousEta`, and is in the warehouse, with `qty` pieces where
 * `previousQty` were expected; the rest is as with BatchQuantityChanged.
 */
export class BatchArrived {
  constructor(
    readonly sku: string,
    readonly batchRef: string,
    readonly previousEta: string,
    readonly qty: number,
    readonly previousQty: number,
    readonly available: number,
  ) {}
}

/** The batch is expected on another day. What that means to its lines follows. */
export class BatchEtaChanged {
  constructor(
    readonly sku: string,
    readonly batchRef: string,
    readonly eta: string,
    readonly previousEta: string,
    readonly available: number,
  ) {}
}
