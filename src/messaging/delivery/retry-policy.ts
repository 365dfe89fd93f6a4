import { pauseBetween } from '../../backoff';

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
