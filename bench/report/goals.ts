import type { Goal } from '../scenario';
import { milliseconds, times } from './format';

/** @param ratio ours divided by theirs: more is better */
export function atLeast(what: string, ratio: number, goal: number): Goal {
  return {
    what,
    goal: `at least ${exactly(goal)} times`,
    measured: `${times(ratio)} times`,
    met: ratio >= goal,
  };
}

/** @param ratio ours divided by theirs: less is better */
export function atMost(what: string, ratio: number, goal: number): Goal {
  return {
    what,
    goal: `at most ${exactly(goal)} times`,
    measured: `${times(ratio)} times`,
    met: ratio <= goal,
  };
}

/** @param measured milliseconds */
export function under(what: string, measured: number, goal: number): Goal {
  return {
    what,
    goal: `under ${milliseconds(goal)}`,
    measured: milliseconds(measured),
    met: measured < goal,
  };
}

/** A goal with all its digits: rounded, 0.97 would say something else than what is held against it. */
function exactly(goal: number): string {
  return goal.toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 20 });
}
