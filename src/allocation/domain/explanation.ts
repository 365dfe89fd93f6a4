import type { Considered } from './decision';
import { byPrecedence, type HeldLine, type WaitingLine } from './line';
import type { Terms } from './order-line';

/** What becomes of a line that is asked for. */
export type LineOutcomeName = 'reserved' | 'allocated' | 'waiting' | 'dispatched' | 'out of stock';

/** What would happen to a line that is asked for now (rule 19). */
export interface Explanation {
  readonly outcome: LineOutcomeName;
  /** The batch that would serve it, and the day on which that arrives; null when none would, or it is there. */
  readonly batchRef: string | null;
  readonly eta: string | null;
  /** Which one it would be on the wait-list, if it waited: 1 is the next; null when a batch would serve it. */
  readonly place: number | null;
  /** The batches in the order of rule 2; none for a line that is held or waits already, since it stays where it is. */
  readonly considered: readonly {
    readonly batchRef: string;
    readonly eta: string | null;
    readonly available: number;
    /** `taken`, `not reached`, or `too few: 3 of 10`. */
    readonly verdict: string;
  }[];
}

/** The lines that wait, as far as they were loaded, and how many others are before the one in question. */
interface WaitList {
  readonly loaded: readonly WaitingLine[];
  readonly othersBefore: number;
}

/** What would become of a line that seeks a batch. */
export function explainSeeking(
  considered: readonly Considered[],
  qty: number,
  { priority = 0, wait, reserveFor }: Terms,
  waiting: WaitList,
): Explanation {
  const taken = considered.find(({ verdict }) => verdict === 'taken')?.batch;
  const held = reserveFor === undefined ? 'allocated' : 'reserved';
  return {
    outcome: taken ? held : wait ? 'waiting' : 'out of stock',
    batchRef: taken?.ref ?? null,
    eta: taken?.eta ?? null,
    place: taken ? null : placeOf({ priority, askedSequence: Infinity }, waiting),
    considered: considered.map(({ batch: { ref: batchRef, eta, available }, verdict }) => ({
      batchRef,
      eta,
      available,
      verdict: verdict === 'too few' ? `too few: ${available} of ${qty}` : verdict,
    })),
  };
}

/** What would become of a line that is held or waits already when it is asked for again. */
export function explainKnown(
  line: HeldLine | WaitingLine,
  { priority = line.priority, reserveFor }: Terms,
  waiting: WaitList,
): Explanation {
  const stays = { batchRef: null, eta: null, place: null, considered: [] };
  if (line.state === 'waiting') {
    const loaded = waiting.loaded.filter((other) => other !== line);
    return { ...stays, outcome: 'waiting', place: placeOf({ ...line, priority }, { ...waiting, loaded }) };
  }
  const { ref: batchRef, eta } = line.batch;
  const isConfirmed = line.state === 'reserved' && reserveFor === undefined;
  return { ...stays, outcome: isConfirmed ? 'allocated' : line.state, batchRef, eta };
}

function placeOf(
  line: Pick<WaitingLine, 'priority' | 'askedSequence'>,
  { loaded, othersBefore }: WaitList,
): number {
  return 1 + othersBefore + loaded.filter((other) => byPrecedence(other, line) < 0).length;
}
