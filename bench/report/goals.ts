import type { Goal } from '../scenario';
import { milliseconds, times } from './format';

/** @param ratio ours divided by theirs: more is better */
export function atLeast(what: string, ratio: number, goal: number): Goal {
  return {
    what,
    goal: `at least ${goal.toFixed(1)} times`,
    measured: `${times(ratio)} times`,
    met: ratio >= goal,
  };
}

/** @param ratio ours divided by theirs: less is better */
export function atMost(what: string, ratio: number, goal: number): Goal {
  return {
    what,
    goal: `at most ${goal.toFixed(1)} times`,
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
