import { createHash } from 'node:crypto';
import { CoalescedReads } from '../../database/coalesced-reads';

/** A batch that has something left. */
export interface OpenBatch {
  readonly ref: string;
  /** `YYYY-MM-DD`; null: in the warehouse. */
  readonly eta: string | null;
  /** Pieces. */
  readonly available: number;
  /** The newest event of the SKU that concerned the batch. */
  readonly sequence: number;
}

/** What batches that arrive on the same day have left. */
export interface Arrival {
  readonly eta: string | null;
  readonly available: number;
  /** The same with all batches of earlier days. */
  readonly cumulative: number;
}

/** What can be promised of a SKU: its batches that have something left. */
export class OpenBatches {
  /** By day, the warehouse first; no day without anything. */
  readonly schedule: readonly Arrival[];
  /** The newest event of the SKU that these batches show; 0 when there are none. */
  readonly sequence: number;
  private hash?: string;

  /** @param batches in the order of rule 2: the warehouse first, then by day of arrival, then as they were created */
  constructor(private readonly batches: readonly OpenBatch[]) {
    const schedule: Arrival[] = [];
    for (const { eta, available } of batches) {
      const last = schedule.at(-1);
      const cumulative = (last?.cumulative ?? 0) + available;
      if (last?.eta === eta)
        schedule[schedule.length - 1] = { eta, available: last.available + available, cumulative };
      else schedule.push({ eta, available, cumulative });
    }
    this.schedule = schedule;
    this.sequence = batches.reduce((newest, { sequence }) => Math.max(newest, sequence), 0);
  }

  /** The batch that a line of so many pieces would be allocated to now: it goes whole into one (rules 1 and 2). */
  quote(qty: number): OpenBatch | undefined {
    return this.batches.find(({ available }) => available >= qty);
  }

  /** The most pieces that one batch has left, and so the most that a line can have. */
  get largest(): number {
    return this.batches.reduce((most, { available }) => Math.max(most, available), 0);
  }

  /** Another one whenever anything is different; visible ASCII characters. No event tells it, but the content does. */
  get version(): string {
    return (this.hash ??= createHash('sha1').update(JSON.stringify(this.batches)).digest('base64url'));
  }
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
  private readonly single = new CoalescedReads((skus: readonly string[]) => this.of(skus));

  /**
   * Answers one SKU, together with those that others ask for at the same time.
   * @throws Unavailable
   */
  ofOne(sku: string): Promise<OpenBatches | undefined> {
    return this.single.get(sku);
  }

  /**
   * Answers each SKU, in their order; undefined for one that nobody knows.
   * @throws Unavailable
   */
  abstract of(skus: readonly string[]): Promise<(OpenBatches | undefined)[]>;

  /**
   * Told which batches have changed in the view of batches, in any order and however often. Never throws: a view
   * that cannot be written to must know by itself that it lags behind.
   */
  abstract batchesChanged(refs: readonly string[]): Promise<void>;
}
