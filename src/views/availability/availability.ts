import { createHash } from 'node:crypto';
import { CoalescedCalls } from '../../database/coalesced-calls';
import type { OpenBatch } from './quotes';

/** What the batches of a day have that has not left them, whether it is promised or not. */
export interface StockOfDay {
  /** `YYYY-MM-DD`; null: in the warehouse. */
  readonly eta: string | null;
  readonly pieces: number;
}

/** The lines that hold pieces of a day for a while, or those that wait, for no day. */
export interface LinesOfDay extends StockOfDay {
  readonly state: 'reserved' | 'waiting';
  readonly lines: number;
}

/** What a store keeps of a SKU. */
export interface StoredAvailability {
  /** Those that have something left, in the order of rule 2: the warehouse, by day of arrival, as they were created. */
  readonly batches: readonly Omit<OpenBatch, 'overdue'>[];
  readonly stock: readonly StockOfDay[];
  readonly lines: readonly LinesOfDay[];
  /** When the first reservation runs out, in milliseconds; null: nothing is reserved. */
  readonly firstExpiry: number | null;
  /** Whether that is over, by the clock of the store, and the pieces were not given back yet. */
  readonly hasExpired: boolean;
}

/** What batches that arrive on the same day have left, and what is promised of them. */
export interface Arrival {
  readonly eta: string | null;
  /** Pieces. */
  readonly available: number;
  /** The same with all batches of earlier days. */
  readonly cumulative: number;
  /** Pieces that lines hold for a while. */
  readonly reserved: number;
  /** Pieces that lines hold for good. */
  readonly allocated: number;
  /** The day is over, and nobody has reported an arrival. */
  readonly overdue: boolean;
}

class Day {
  available = 0;
  pieces = 0;
  reserved = 0;
  readonly overdue: boolean;

  constructor(
    readonly eta: string | null,
    today: string,
  ) {
    this.overdue = isOver(eta, today);
  }

  get allocated(): number {
    // Views of lines and of batches that are written late may be apart for a moment.
    return Math.max(0, this.pieces - this.available - this.reserved);
  }
}

/** What there is of a SKU, how much of it is promised, and what can be. */
export class Availability {
  /** Those that have something left, in the order of rule 2. */
  readonly batches: readonly OpenBatch[];
  /** By day, the warehouse first; no day of which nothing is left. */
  readonly schedule: readonly Arrival[];
  /** The newest event of the SKU that these batches show; 0 when there are none. */
  readonly sequence: number;
  /** Pieces, also of days of which nothing is left. Those in transit, and those overdue, may be promised or not. */
  readonly pieces: Readonly<Record<'reserved' | 'allocated' | 'inTransit' | 'overdue', number>>;
  /** The wait-list. */
  readonly waiting: Readonly<Record<'lines' | 'pieces', number>>;
  /** As of `StoredAvailability`. While something has expired, pieces that are free are shown as reserved. */
  readonly firstExpiry: number | null;
  readonly hasExpired: boolean;
  private hash?: string;

  /** @param today `YYYY-MM-DD`: batches that were expected before are overdue */
  constructor({ batches, stock, lines, firstExpiry, hasExpired }: StoredAvailability, today: string) {
    this.batches = batches.map((batch) => ({ ...batch, overdue: isOver(batch.eta, today) }));
    this.sequence = batches.reduce((newest, { sequence }) => Math.max(newest, sequence), 0);
    this.firstExpiry = firstExpiry;
    this.hasExpired = hasExpired;

    const days = new Map<string | null, Day>();
    const dayOf = (eta: string | null) => {
      const day = days.get(eta) ?? new Day(eta, today);
      days.set(eta, day);
      return day;
    };
    for (const { eta, available } of batches) dayOf(eta).available += available;
    for (const { eta, pieces } of stock) dayOf(eta).pieces += pieces;
    this.waiting = { lines: 0, pieces: 0 };
    for (const { state, eta, lines: count, pieces } of lines) {
      if (state === 'reserved') dayOf(eta).reserved += pieces;
      else this.waiting = { lines: count, pieces };
    }

    const total = { reserved: 0, allocated: 0, inTransit: 0, overdue: 0 };
    const schedule: Arrival[] = [];
    let cumulative = 0;
    // Days of which something is left were met first, in the order of their batches.
    for (const { eta, available, pieces, reserved, allocated, overdue } of days.values()) {
      total.reserved += reserved;
      total.allocated += allocated;
      if (eta !== null) total.inTransit += pieces;
      if (overdue) total.overdue += pieces;
      cumulative += available;
      if (available > 0) schedule.push({ eta, available, cumulative, reserved, allocated, overdue });
    }
    this.pieces = total;
    this.schedule = schedule;
  }

  /** The most pieces that one batch has left, and so the most that a line can have. */
  get largest(): number {
    return this.batches.reduce((most, { available }) => Math.max(most, available), 0);
  }

  /**
   * Differs whenever the content does; visible ASCII characters. It is made of the content, since some changes come
   * without an event, as when a batch becomes overdue.
   */
  get version(): string {
    if (this.hash === undefined) {
      const content = JSON.stringify([this.batches, this.schedule, this.pieces, this.waiting]);
      this.hash = createHash('sha1').update(content).digest('base64url');
    }
    return this.hash;
  }
}

function isOver(eta: string | null, today: string): boolean {
  return eta !== null && eta < today;
}

/** A batch as the view shows it, after the event `sequence` of its SKU. */
export interface BatchState {
  readonly ref: string;
  readonly sku: string;
  readonly eta: string | null;
  /** Null until the event that created it has come. */
  readonly createdSequence: number | null;
  readonly available: number;
  /** Pieces that have not left it. */
  readonly stock: number;
  readonly sequence: number;
  /** Grows whenever anything of the state changes, also by an event that came late. */
  readonly version: number;
}

/** What the views may show otherwise than before. */
export interface Changes {
  /** References. */
  readonly batches: readonly string[];
  /** SKUs of which lines are, or were, reserved or waiting. */
  readonly linesOf: readonly string[];
}

/** What every SKU can promise now. */
export abstract class AvailabilityView {
  private readonly single = new CoalescedCalls((skus: readonly string[]) => this.of(skus));

  /**
   * Answers one SKU, together with those that others ask for at the same time.
   * @throws Unavailable
   */
  ofOne(sku: string): Promise<Availability | undefined> {
    return this.single.get(sku);
  }

  /**
   * Answers each SKU, in their order; undefined for one that nobody knows.
   * @throws Unavailable
   */
  abstract of(skus: readonly string[]): Promise<(Availability | undefined)[]>;

  /**
   * Told what has changed in the views of batches and lines, in any order and however often. Never throws: a view that
   * cannot be written to must know by itself that it lags behind.
   */
  abstract changed(changes: Changes): Promise<void>;
}
