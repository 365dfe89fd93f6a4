import type { AdjustmentReason, Explanation, Terms } from '../../src/allocation/contracts';

/** A wish as the oracle and a system under test both understand it: of one SKU, with short names. */
export type Wish =
  | { readonly do: 'create'; readonly batchRef: string; readonly qty: number; readonly eta: string | null }
  | ({ readonly do: 'ask'; readonly order: string; readonly qty: number } & Terms)
  | { readonly do: 'confirm' | 'give back' | 'reallocate' | 'dispatch'; readonly order: string }
  | { readonly do: 'change line'; readonly order: string; readonly qty: number }
  | { readonly do: 'set quantity'; readonly batchRef: string; readonly qty: number }
  | {
      readonly do: 'adjust';
      readonly batchRef: string;
      readonly delta: number;
      readonly reason: AdjustmentReason;
    }
  | { readonly do: 'arrive'; readonly batchRef: string; readonly qty?: number }
  | { readonly do: 'change ETA'; readonly batchRef: string; readonly eta: string; readonly qty?: number }
  | { readonly do: 'expire' };

export type Ask = Extract<Wish, { do: 'ask' }>;

/** What is answered: an outcome, or the name of the error. */
export type Answer = string | undefined;

/** How a line is seen to be; what does not apply to its state is left out. */
export interface LineSeen {
  readonly state: string;
  readonly qty: number;
  readonly batchRef?: string;
  readonly eta?: string | null;
  readonly priority?: number;
  readonly expiresAt?: string;
  readonly place?: number;
}

export interface BatchSeen {
  readonly eta: string | null;
  readonly available: number;
  /** Pieces that have not left it, and the movements that add up to them, each with its reason. */
  readonly has: number;
  readonly movements: readonly (readonly [pieces: number, reason: string])[];
}

/** All that can be seen of a SKU. */
export interface Seen {
  readonly lines: Readonly<Record<string, LineSeen>>;
  readonly batches: Readonly<Record<string, BatchSeen>>;
  /** Each line, and the days that its customer was told since one looked last: the old one and the new one. */
  readonly promises: readonly (readonly [order: string, old: string | null, now: string | null])[];
}

/** Quantities of which it is asked when they can be had: some that one batch may have, and some that take several. */
export const quantities = [1, 4, 9, 25, 70] as const;

/** How a quantity can be had: from this batch, or in these parts and so many pieces too few. */
export type QuoteSeen =
  | { readonly batchRef: string; readonly eta: string | null }
  | {
      readonly parts: readonly (readonly [ref: string, eta: string | null, qty: number])[];
      readonly missing: number;
    };

/** What is told of a SKU as a whole. All are pieces, but for the lines that wait. */
export interface AvailabilitySeen {
  readonly availableNow: number;
  readonly available: number;
  readonly reserved: number;
  readonly allocated: number;
  readonly inTransit: number;
  readonly waiting: { readonly lines: number; readonly pieces: number };
  /** The days of which something is left. */
  readonly schedule: readonly {
    readonly eta: string | null;
    readonly available: number;
    readonly reserved: number;
    readonly allocated: number;
  }[];
  /** One for each of `quantities`. */
  readonly quotes: readonly QuoteSeen[];
}

/** A service, or some of them on one database, of which one SKU is looked at. */
export interface SystemUnderTest {
  /** Lets time pass for reservations; nobody tidies up because of that unless it `sweeps`. */
  pass(seconds: number): Promise<void>;
  /** Whether it gives back by itself what ran out, before one looks. */
  readonly sweeps?: boolean;
  carryOut(wish: Wish): Promise<Answer>;
  /** What it tells of an answer; all of it when left out. */
  hears?(wish: Wish, answer: Answer): Answer;
  /** The explanation, or the name of the error. */
  explain(ask: Ask): Promise<Explanation | string>;
  look(): Promise<Seen>;
  /** Undefined for a SKU that nobody knows. Left out where there are no views. */
  availability?(): Promise<AvailabilitySeen | undefined>;
}
