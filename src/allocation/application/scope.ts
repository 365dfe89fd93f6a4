/**
 * What a unit of work looks at, so that no more of its product than this needs to be loaded (decision record 3). What it
 * does not name it must not look at: that may be there, or not.
 *
 * A handler that looks at something else adds a member here; no store compiles then until it knows how to load that.
 */
export type Scope = ScopeOfBatch | ScopeOfLine | ScopeOfNewLine | ScopeOfLineToMove | ScopeOfBatchToChange;

/** A batch, if there is one of this reference. */
export interface ScopeOfBatch {
  readonly looksAt: 'batch';
  readonly sku: string;
  readonly batchRef: string;
}

/** The order's line of the SKU, if it has one, and the batch of that. */
export interface ScopeOfLine {
  readonly looksAt: 'line';
  readonly sku: string;
  readonly orderId: string;
}

/** The same, and the batch that could take a line of `qty` pieces. */
export interface ScopeOfNewLine {
  readonly looksAt: 'new line';
  readonly sku: string;
  readonly orderId: string;
  readonly qty: number;
}

/** The order's line, the batch of that, and the batches that could take it. */
export interface ScopeOfLineToMove {
  readonly looksAt: 'line to move';
  readonly sku: string;
  readonly orderId: string;
}

/** A batch that is to hold `qty` pieces: the lines that it then loses, newest first, and the batches that could take them. */
export interface ScopeOfBatchToChange {
  readonly looksAt: 'batch to change';
  readonly sku: string;
  readonly batchRef: string;
  readonly qty: number;
}

/** The batch that a unit of work names; it may turn out to be one of another SKU. */
export function batchIn(scope: Scope): string | undefined {
  return 'batchRef' in scope ? scope.batchRef : undefined;
}

/** Whether thousands of lines may be loaded, and moved. */
export function isLarge({ looksAt }: Scope): boolean {
  return looksAt === 'batch to change';
}
