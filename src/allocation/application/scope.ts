/**
 * What a unit of work looks at, so that no more of its product than this needs to be loaded (decision record 17).
 * Anything else may or may not be loaded, so the unit must not look at it. Expired reservations, and lines that their
 * pieces can serve, are always loaded.
 *
 * A handler that looks at something else adds a member here; no store compiles then until it knows how to load that.
 */
export type Scope =
  | ScopeOfProduct
  | ScopeOfBatch
  | ScopeOfLine
  | ScopeOfNewLine
  | ScopeOfLineToGiveBack
  | ScopeOfLineToMove
  | ScopeOfBatchToChange
  | ScopeOfBatchToCut
  | ScopeOfBatchAndLines
  | ScopeOfQuestion;

/** Nothing but the product itself. */
export interface ScopeOfProduct {
  readonly looksAt: 'product';
  readonly sku: string;
}

/** A batch, if there is one of this reference. */
export interface ScopeOfBatch {
  readonly looksAt: 'batch';
  readonly sku: string;
  readonly batchRef: string;
  /** Pieces that it gets more, or has when it is new: for those that wait for them. */
  readonly adds?: number;
}

/** The order's line of the SKU, if it has one, and the batch of that. */
export interface ScopeOfLine {
  readonly looksAt: 'line';
  readonly sku: string;
  readonly orderId: string;
}

/** The order's line if there is one, and the batch that could take a line of `qty` pieces. */
export interface ScopeOfNewLine {
  readonly looksAt: 'new line';
  readonly sku: string;
  readonly orderId: string;
  readonly qty: number;
}

/** The order's line, the batch of that, and those that wait for its pieces. */
export interface ScopeOfLineToGiveBack {
  readonly looksAt: 'line to give back';
  readonly sku: string;
  readonly orderId: string;
}

/** The order's line, its batch, those that wait for its pieces, and the batches that could take the line. */
export interface ScopeOfLineToMove {
  readonly looksAt: 'line to move';
  readonly sku: string;
  readonly orderId: string;
  /** Pieces that it is to have then; left out: as many as now. */
  readonly qty?: number;
}

/**
 * A batch that is to hold `qty` pieces: the lines that it then loses by rule 7 and the batches that could take them, or
 * those that wait for what it gets.
 */
export interface ScopeOfBatchToChange {
  readonly looksAt: 'batch to change';
  readonly sku: string;
  readonly batchRef: string;
  readonly qty: number;
}

/** A batch that is to hold `pieces` fewer than now; the rest is as with a batch to change. */
export interface ScopeOfBatchToCut {
  readonly looksAt: 'batch to cut';
  readonly sku: string;
  readonly batchRef: string;
  readonly pieces: number;
}

/** A batch with every line that has not left it; the rest is as with a batch to change. */
export interface ScopeOfBatchAndLines {
  readonly looksAt: 'batch and lines';
  readonly sku: string;
  readonly batchRef: string;
  /** Pieces that it is to hold; left out: as many as now. */
  readonly qty?: number;
}

/** Every batch, the order's line, and how many lines wait before that; for whoever asks and changes nothing. */
export interface ScopeOfQuestion {
  readonly looksAt: 'question';
  readonly sku: string;
  readonly orderId: string;
  /** The priority that the line would have; its own when left out, or 0. */
  readonly priority?: number;
}

/** The batch that a unit of work names; it may turn out to be one of another SKU. */
export function batchIn(scope: Scope): string | undefined {
  return 'batchRef' in scope ? scope.batchRef : undefined;
}

/** The order whose line a unit of work names. */
export function orderIn(scope: Scope): string | undefined {
  return 'orderId' in scope ? scope.orderId : undefined;
}

/** Whether thousands of lines may be loaded, and moved. */
export function isLarge({ looksAt }: Scope): boolean {
  return looksAt === 'batch to change' || looksAt === 'batch to cut' || looksAt === 'batch and lines';
}
