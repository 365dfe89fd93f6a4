import { diagnostics } from '../../../diagnostics';
import type { Recorded } from '../../application/recorded';
import type { Answer, UnitOutcome } from '../../application/run-units';

/** A unit of work whose caller has been answered. */
export interface AnsweredUnit {
  readonly answer: Answer;
  /** Since the request or message came in. */
  readonly seconds: number;
}

/** A transaction that units shared, from its beginning to what became of each of them. */
export interface SharedCommit {
  readonly outcomes: readonly UnitOutcome['is'][];
  readonly seconds: number;
}

/** Tells of every unit of work. */
export const answeredUnits = diagnostics<AnsweredUnit>('allocation.unit-of-work');
/** Tells of every transaction that units shared. */
export const commits = diagnostics<SharedCommit>('allocation.commit');
/** Tells of the events of every commit of units, before they are handed to their handlers. */
export const committedEvents = diagnostics<readonly Recorded[]>('allocation.committed-events');
