/**
 * How long to wait before the next attempt, in milliseconds: 100 ms, doubling each time, with jitter, so
 * that those who failed together do not try together.
 * @param failures how often it has failed so far, from 1
 */
export function growingPause(failures: number, longestMs = 10_000): number {
  return Math.min(50 * 2 ** failures, longestMs) * (0.5 + Math.random() / 2);
}
