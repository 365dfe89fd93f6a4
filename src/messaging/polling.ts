/**
 * Does a round of work again and again, each after the one before it has ended. What is done by then is never cut off:
 * `stop` waits for the round under way.
 */
export class Polling {
  private timer?: NodeJS.Timeout;
  private round: Promise<void> = Promise.resolve();
  private stopped = false;

  /** @param work does a round, does not throw, and answers the pause until the next one, in milliseconds */
  constructor(private readonly work: () => Promise<number>) {}

  start(): void {
    this.after(0);
  }

  /** Resolves when the round under way, if any, has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.round;
  }

  private after(pause: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.round = this.work().then((next) => this.after(next));
    }, pause).unref();
  }
}
