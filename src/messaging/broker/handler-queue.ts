import { withTimeout } from '../../with-timeout';
import type { IncomingMessage } from './broker';

/** How many messages may wait. */
const CAPACITY = 10_000;
/** How long the messages that wait may take in the end. */
const DRAIN_MS = 7_000;

/** Hands messages to a handler one at a time, in the order in which they came. */
export class HandlerQueue<Message extends IncomingMessage = IncomingMessage> {
  private last: Promise<void> = Promise.resolve();
  private waiting = 0;

  /** @param handle does not throw */
  constructor(private readonly handle: (message: Message) => Promise<void>) {}

  /** @returns whether there was room for it */
  add(message: Message): boolean {
    if (this.waiting >= CAPACITY) return false;
    this.waiting += 1;
    this.last = this.last.then(() => this.handle(message)).finally(() => (this.waiting -= 1));
    return true;
  }

  /** Resolves when all messages are dealt with, or after 7 s. */
  async drain(): Promise<void> {
    await withTimeout(DRAIN_MS, this.last).catch(() => {});
  }
}
