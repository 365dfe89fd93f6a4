import type { Batch } from './batch';
import type { OrderLine } from './order-line';

/** What a customer was told: the batch, and the day on which it arrives (null: it is in the warehouse). */
export interface LinePromise {
  readonly batchRef: string;
  readonly eta: string | null;
}

/** A line as it was asked for, whatever became of it. */
interface AskedLine {
  readonly line: OrderLine;
  /** Larger is served first. */
  readonly priority: number;
  /** Whether it goes on the wait-list when no batch can take it. */
  readonly wait: boolean;
  /**
   * Its age: the number of the event that first told of it, smaller is older. A line that is moved, displaced or served
   * from the wait-list keeps it, so that nobody loses a place for what was not his doing.
   */
  readonly askedSequence: number;
}

/** A line that seeks a batch. */
export interface SeekingLine extends AskedLine {
  /** Until when it is to be reserved, as by Date.toISOString; null: for good. */
  readonly expiresAt: string | null;
}

/** A line that a batch holds pieces for or, once it is dispatched, held pieces for. */
export interface HeldLine extends SeekingLine {
  readonly state: 'reserved' | 'allocated' | 'dispatched';
  readonly batch: Batch;
}

/** A line on the wait-list. */
export interface WaitingLine extends AskedLine {
  readonly state: 'waiting';
  /** Seconds for which it is reserved once a batch can take it; null: it is allocated for good. */
  readonly reserveFor: number | null;
  /** What the customer was told last, if the line was displaced (rule 7). */
  readonly lastPromise: LinePromise | null;
}

/** A line whose reservation ran out: nobody holds anything for it, and confirming it is refused with that reason. */
export interface ExpiredLine extends AskedLine {
  readonly state: 'expired';
}

/** A line that a product knows. One that is out of stock or was given back is forgotten. Never changed, only replaced. */
export type Line = HeldLine | WaitingLine | ExpiredLine;

/** What decides who is served first. */
type Precedence = Pick<AskedLine, 'priority' | 'askedSequence'>;

/** Which of two lines is served first, for sorting: the higher priority, then the older one. */
export function byPrecedence(a: Precedence, b: Precedence): number {
  return b.priority - a.priority || a.askedSequence - b.askedSequence;
}

/** Which of two lines is displaced first (rule 7), for sorting: the one that would be served last. */
export function byDispensability(a: Precedence, b: Precedence): number {
  return byPrecedence(b, a);
}

/** The promise that the line has. */
export function linePromiseOf({ batch }: HeldLine): LinePromise {
  return { batchRef: batch.ref, eta: batch.eta };
}
