import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { pauseBetween } from '../retry-policy';
import { within } from '../within';
import { type Guarantees, MessageBroker, type MessageHandler, type OutgoingEvent } from './broker';
import { HandlerQueue } from './handler-queue';
import { RedisConnections } from './redis-connections';

/** The channels of the book's service. */
export const CHANGE_BATCH_QUANTITY = 'change_batch_quantity';
export const LINE_ALLOCATED = 'line_allocated';

/** A handler that is not done by then does not hold up the next message any longer. */
const HANDLER_MS = 30_000;

/**
 * Redis pub/sub, as the book does it: whoever does not listen at the moment has missed it.
 *
 * In comes `change_batch_quantity` `{"batchref", "qty"}`; out goes `line_allocated`
 * `{"orderid", "sku", "qty", "batchref"}` for each `Allocated`, and nothing for other events.
 */
export class RedisPubSubBroker extends MessageBroker {
  override readonly guarantees: Guarantees = {
    outgoing: 'at most once',
    incoming: 'at most once',
    survivesRestart: false,
    deliversTo: 'every instance',
  };
  private readonly logger = new Logger('RedisPubSub');
  private readonly connections: RedisConnections;
  private readonly commands: Redis;
  private subscriber?: Redis;
  private queue?: HandlerQueue;
  private pings?: NodeJS.Timeout;

  /** @param pingMs how often to ask whether Redis is there: one that only listens would not notice */
  constructor(
    url: string,
    private readonly pingMs = 10_000,
  ) {
    super();
    this.connections = new RedisConnections(url);
    this.commands = this.connections.open();
  }

  override async publish(events: readonly OutgoingEvent[]): Promise<void> {
    const allocated = events.filter(({ type }) => type === 'Allocated');
    if (allocated.length === 0) return;
    await this.connections.transaction(this.commands, (transaction) => {
      for (const { data } of allocated) transaction.publish(LINE_ALLOCATED, lineAllocated(data));
    });
  }

  override async subscribe(handler: MessageHandler): Promise<void> {
    // What the handler throws, it has logged; the message cannot be had again.
    const queue = new HandlerQueue((message) => within(HANDLER_MS, handler(message)).catch(() => {}));
    const subscriber = this.connections.open();
    subscriber.on('ready', () => void this.listen(subscriber));
    subscriber.on('messageBuffer', (channel: Buffer, body: Buffer) => {
      const accepted = queue.add({ channel: String(channel), body });
      if (!accepted) this.logger.error(`Lost a message of ${String(channel)}: too many are waiting`);
    });
    this.pings = setInterval(() => {
      if (subscriber.status === 'ready') {
        subscriber.ping().catch((error) => this.connections.unavailable(error, subscriber));
      }
    }, this.pingMs);
    this.subscriber = subscriber;
    this.queue = queue;
  }

  private async listen(subscriber: Redis, failures = 0): Promise<void> {
    try {
      await subscriber.subscribe(CHANGE_BATCH_QUANTITY);
    } catch (error) {
      const { message } = this.connections.unavailable(error, subscriber);
      if (failures === 0 && this.connections.areUsable)
        this.logger.error(`Cannot listen to ${CHANGE_BATCH_QUANTITY} yet: ${message}`);
      await pause(pauseBetween(100, 10_000, failures + 1), undefined, { ref: false });
      if (subscriber.status === 'ready') await this.listen(subscriber, failures + 1);
    }
  }

  /** Messages that have arrived already are dealt with: nobody would send them again. */
  override async unsubscribe(): Promise<void> {
    clearInterval(this.pings);
    if (this.subscriber) this.connections.close(this.subscriber);
    await this.queue?.drain();
  }

  override async close(): Promise<void> {
    await this.unsubscribe();
    this.connections.closeAll();
  }
}

/** The keys and their order are the book's. */
function lineAllocated({ orderId, sku, qty, batchRef }: Record<string, unknown>): string {
  return JSON.stringify({ orderid: orderId, sku, qty, batchref: batchRef });
}
