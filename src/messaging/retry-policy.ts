/** When a failed delivery is tried again. */
export class RetryPolicy {
  /** Tries in all; after the last one the event is a dead letter of that handler. */
  readonly attempts: number = 12;
  readonly firstPauseMs: number = 500;
  readonly longestPauseMs: number = 300_000;

  /**
   * The pause after so many attempts, in milliseconds: doubling each time, with jitter, so that what
   * failed together is not tried together.
   */
  pauseAfter(attempts: number): number {
    const pause = Math.min(this.firstPauseMs * 2 ** (attempts - 1), this.longestPauseMs);
    return pause * (0.5 + Math.random() / 2);
  }
}
