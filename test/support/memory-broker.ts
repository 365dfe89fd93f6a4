import { setImmediate } from 'node:timers/promises';
import { Unavailable } from '../../src/unavailable';
import {
  BrokerUnavailable,
  Fenced,
  type Guarantees,
  type IncomingMessage,
  MessageBroker,
  type MessageHandler,
  type OutgoingEvent,
  Unprocessable,
} from '../../src/messaging/broker/broker';
import { HandlerQueue } from '../../src/messaging/broker/handler-queue';

/** How often a message is handed over that keeps failing. */
const DELIVERIES = 5;

/** A broker within the process. */
export class MemoryBroker extends MessageBroker {
  override readonly guarantees: Guarantees = {
    outgoing: 'at least once',
    incoming: 'at least once',
    survivesRestart: false,
  };
  /** What was sent out. */
  readonly published: OutgoingEvent[] = [];
  /** Messages that were given up, each with its error. */
  readonly dead: { message: IncomingMessage; error: unknown }[] = [];
  private readonly early: IncomingMessage[] = [];
  private queue?: HandlerQueue;
  private fence = 0;
  private subscribed = true;
  private closed = false;

  override async publish(events: readonly OutgoingEvent[], fence: number): Promise<void> {
    if (this.closed) throw new BrokerUnavailable('The broker was closed');
    if (fence < this.fence) throw new Fenced();
    this.fence = fence;
    this.published.push(...events);
  }

  /** Sends a message in, as another system would. */
  send(message: IncomingMessage): void {
    if (this.queue) this.queue.add(message);
    else this.early.push(message);
  }

  override async subscribe(handler: MessageHandler): Promise<void> {
    this.queue = new HandlerQueue((message) => this.deliver(message, handler));
    for (const message of this.early.splice(0)) this.queue.add(message);
  }

  override async unsubscribe(): Promise<void> {
    this.subscribed = false;
    await this.queue?.drain();
  }

  override async close(): Promise<void> {
    await this.unsubscribe();
    this.closed = true;
  }

  private async deliver(message: IncomingMessage, handler: MessageHandler): Promise<void> {
    for (let deliveries = 1; this.subscribed;) {
      try {
        return await handler(message);
      } catch (error) {
        if (!(error instanceof Unavailable)) deliveries += 1;
        if (error instanceof Unprocessable || deliveries > DELIVERIES) {
          this.dead.push({ message, error });
          return;
        }
        await setImmediate();
      }
    }
  }
}
