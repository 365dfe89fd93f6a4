/**
 * Pieces that are counted of one batch at most. At the edge quantities are held to `LARGEST_QUANTITY` (`src/syntax.ts`), which is
 * the same; the domain imports nothing, so a test compares the two (`test/unit/syntax.spec.ts`).
 */
export const MOST_PIECES = 2_147_483_647;

/**
 * Stock of one SKU that lies in the warehouse or is on its way. Only its Product changes it.
 *
 * It counts what is allocated instead of adding up its lines, since a product is loaded with the few
 * lines that a unit of work names and never with its whole history.
 */
export class Batch {
  constructor(
    /** Unique among all batches of all SKUs. */
    readonly ref: string,
    /** Pieces bought, a non-negative integer; 0 once a whole shipment is lost. */
    public purchasedQuantity: number,
    /** Day of arrival as `YYYY-MM-DD`; null: it lies in the warehouse. */
    public eta: string | null,
    /** The sequence number of its BatchCreated event: smaller was created earlier. */
    readonly createdSequence: number,
    /** Pieces promised to order lines, those included that have left with theirs. */
    public allocatedQuantity = 0,
    /** The sequence number of the last event that concerned it. */
    public sequence = createdSequence,
    /** Pieces with which it was created; its quantity may have been changed since. */
    readonly createdQuantity = purchasedQuantity,
    /** Day of arrival with which it was created, like `eta`. */
    readonly createdEta = eta,
    /** Pieces that have left the warehouse. */
    public dispatchedQuantity = 0,
  ) {}

  /** Pieces that can still be promised. Negative only inside a change of quantity, never after it. */
  get available(): number {
    return this.purchasedQuantity - this.allocatedQuantity;
  }

  /**
   * Whether a request to create it with this content asks for nothing new (rule 8): it was created with just that, and
   * the request comes again, however much its quantity was changed since; or it is what the batch holds by now, as in
   * an export that is imported again.
   */
  isAlready(qty: number, eta: string | null): boolean {
    return (
      (qty === this.createdQuantity && eta === this.createdEta) ||
      (qty === this.purchasedQuantity && eta === this.eta)
    );
  }

  /** The batch as it is now, to be changed without changing this one. */
  copy(): Batch {
    return new Batch(
      this.ref,
      this.purchasedQuantity,
      this.eta,
      this.createdSequence,
      this.allocatedQuantity,
      this.sequence,
      this.createdQuantity,
      this.createdEta,
      this.dispatchedQuantity,
    );
  }

  /** Whether a line of `qty` pieces fits: it goes whole into one batch or not at all (rule 1). */
  canTake(qty: number): boolean {
    return this.available >= qty;
  }
}

/** Whether goods of the one day are there before those of the other; null: they are in the warehouse. */
export function isEarlier(eta: string | null, other: string | null): boolean {
  return other !== null && (eta === null || eta < other);
}

/**
 * The order in which batches serve lines, for sorting: warehouse stock first, then the earliest ETA;
 * a tie goes to the batch that was created first (rule 2).
 */
export function byPreference(a: Readonly<Batch>, b: Readonly<Batch>): number {
  if (a.eta !== b.eta) return isEarlier(a.eta, b.eta) ? -1 : 1;
  return a.createdSequence - b.createdSequence;
}
