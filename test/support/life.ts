import type { AdjustmentReason, Explanation, Terms } from '../../src/allocation/contracts';

/** A wish as the oracle and a system under test both understand it: of one SKU, with short names. */
export type Wish =
  | { readonly do: 'create'; readonly ref: string; readonly qty: number; readonly eta: string | null }
  | ({ readonly do: 'ask'; readonly order: string; readonly qty: number } & Terms)
  | { readonly do: 'confirm' | 'give back' | 'reallocate' | 'dispatch'; readonly order: string }
  | { readonly do: 'change line'; readonly order: string; readonly qty: number }
  | { readonly do: 'set quantity'; readonly ref: string; readonly qty: number }
  | {
      readonly do: 'adjust';
      readonly ref: string;
      readonly delta: number;
      readonly reason: AdjustmentReason;
    }
  | { readonly do: 'arrive'; readonly ref: string; readonly qty?: number }
  | { readonly do: 'change ETA'; readonly ref: string; readonly eta: string; readonly qty?: number }
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
}
