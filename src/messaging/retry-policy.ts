/** When a failed delivery is tried again. */
export class RetryPolicy {
  /** Tries in all; after the last one the event is a dead letter of that handler. */
  readonly attempts: number = 12;
  readonly firstPauseMs: number = 500;
  readonly longestPauseMs: number = 300_000;

  /** The pause after so many attempts, in milliseconds. */
  pauseAfter(attempts: number): number {
    return pauseBetween(this.firstPauseMs, this.longestPauseMs, attempts);
  }
}

/**
 * A pause that doubles with every attempt, with jitter so that what failed together is not tried together.
 * @param first after the first attempt, in milliseconds, as is the result
 * @param longest bound of all pauses
 */
export function pauseBetween(first: number, longest: number, attempts: number): number {
  return Math.min(first * 2 ** (attempts - 1), longest) * (0.5 + Math.random() / 2);
}
