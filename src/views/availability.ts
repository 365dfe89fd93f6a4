/** Pieces that are asked for at once, from one batch (rule 1); none: only the schedule is wanted. */
export interface Wanted {
  readonly sku: string;
  readonly qty?: number;
}

/** What batches that arrive on the same day have left. */
export interface Arrival {
  /** `YYYY-MM-DD`; null: in the warehouse. */
  readonly eta: string | null;
  /** Pieces. */
  readonly available: number;
}

/** The batch that a line would be allocated to (rule 2). */
export interface Promised {
  readonly batchRef: string;
  readonly eta: string | null;
}

/** What can be promised of a SKU. */
export interface Availability {
  /** By day, the warehouse first; no day without anything. */
  readonly schedule: readonly Arrival[];
  /** Null when no batch can take what is wanted, or nothing was. */
  readonly promise: Promised | null;
}

/** A batch as the view shows it, after the event `sequence` of its SKU. */
export interface BatchState {
  readonly ref: string;
  readonly sku: string;
  readonly eta: string | null;
  /** Null until the event that created it has come. */
  readonly position: number | null;
  readonly available: number;
  readonly sequence: number;
}

/** What every SKU can promise now. */
export abstract class AvailabilityView {
  /**
   * Answers each of them on its own, in their order; undefined for a SKU that nobody knows.
   * @throws Unavailable
   */
  abstract of(wanted: readonly Wanted[]): Promise<(Availability | undefined)[]>;

  /**
   * Takes in how batches have become, in any order and however often. Never throws: a view that cannot be
   * written to must know by itself that it lags behind.
   */
  abstract show(batches: readonly BatchState[]): Promise<void>;
}
