import { AsyncResource } from 'node:async_hooks';

/**
 * Does a round of work again and again, each after the one before it has ended. What is done by then is never cut off:
 * `stop` waits for the round under way.
 */
export class Polling {
  /** Rounds belong to no request, whoever has woken them. */
  private readonly asyncContext = new AsyncResource('Polling');
  private timer?: NodeJS.Timeout;
  private dueAt = Infinity;
  private round?: Promise<void>;
  /** The pause that was asked for while a round was under way. */
  private asked?: number;
  private stopped = false;

  /** @param work does a round, does not throw, and answers the pause until the next one, in milliseconds */
  constructor(private readonly work: () => Promise<number>) {}

  /** @param afterMs until the first round */
  start(afterMs = 0): void {
    this.after(afterMs);
  }

  /** Has the next round begin within so many milliseconds; one that is under way does not count. */
  wake(withinMs = 0): void {
    if (this.round) this.asked = Math.min(this.asked ?? Infinity, withinMs);
    else if (this.timer && performance.now() + withinMs < this.dueAt) this.after(withinMs);
  }

  /** Resolves when the round under way, if any, has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.round;
  }

  private after(pause: number): void {
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.dueAt = performance.now() + pause;
    this.timer = setTimeout(() => {
      this.asked = undefined;
      this.round = this.asyncContext
        .runInAsyncScope(() => this.work())
        .then((next) => {
          this.round = undefined;
          this.after(Math.min(next, this.asked ?? Infinity));
        });
    }, pause).unref();
  }
}
