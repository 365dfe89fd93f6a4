/** A batch that has something left. */
export interface OpenBatch {
  readonly ref: string;
  /** `YYYY-MM-DD`; null: in the warehouse. */
  readonly eta: string | null;
  /** Pieces. */
  readonly available: number;
  /** The newest event of the SKU that concerned the batch. */
  readonly sequence: number;
  /** Its day is over, and nobody has reported that it arrived. */
  readonly overdue: boolean;
}

/** Pieces of one batch: what a line can be. */
export interface Part {
  readonly batch: OpenBatch;
  readonly qty: number;
}

/** How a quantity can be had that no batch has alone. */
export interface Split {
  /** In the order of rule 2. Lines that are asked for in this order get these batches. */
  readonly parts: readonly Part[];
  /** Pieces that all batches together have too few. */
  readonly missing: number;
}

/**
 * The batch that a line of so many pieces would be allocated to now: it goes whole into one (rules 1 and 2).
 * @param batches in the order of rule 2
 */
export function quote(batches: readonly OpenBatch[], qty: number): OpenBatch | undefined {
  return batches.find(({ available }) => available >= qty);
}

/**
 * Takes what there is, the earliest first, until there are so many pieces.
 * @param batches in the order of rule 2
 */
export function split(batches: readonly OpenBatch[], qty: number): Split {
  const parts: Part[] = [];
  let missing = qty;
  for (const batch of batches) {
    if (missing === 0) break;
    const part = { batch, qty: Math.min(batch.available, missing) };
    parts.push(part);
    missing -= part.qty;
  }
  return { parts, missing };
}

/** The batches once these parts were promised to somebody. */
export function without(batches: readonly OpenBatch[], parts: readonly Part[]): readonly OpenBatch[] {
  const promised = new Map(parts.map(({ batch, qty }) => [batch.ref, qty]));
  return batches.flatMap((batch) => {
    const available = batch.available - (promised.get(batch.ref) ?? 0);
    return available > 0 ? [{ ...batch, available }] : [];
  });
}
