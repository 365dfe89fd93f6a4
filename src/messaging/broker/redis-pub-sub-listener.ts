import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { v7 as uuid } from 'uuid';
import { pauseBetween } from '../../backoff';
import { withTimeout } from '../../with-timeout';
import type { IncomingMessage, MessageHandler } from './broker';
import { HandlerQueue } from './handler-queue';
import type { RedisConnections } from './redis-connections';
import { RedisLease } from './redis-lease';

/** How listening goes; times in milliseconds. */
export class PubSubOptions {
  /** How often to ask whether Redis is there: one that only listens would not notice. */
  readonly pingMs: number = 10_000;
  /** After this time another instance listens for one that died. */
  readonly leaseMs: number = 5_000;
  /** How long an instance that stands by waits between two attempts to get the lease. */
  readonly standbyMs: number = 1_000;
  /** A handler that is not done by then does not hold up the next message any longer. */
  readonly handlerMs: number = 30_000;
}

/** A message, and in which term of the lease it came. */
type Received = IncomingMessage & { readonly term: number };

/**
 * Listens to a channel of Redis pub/sub and hands over one message after the other.
 *
 * One instance listens and the others stand by: if several listened, an older quantity could overwrite a newer one.
 * Messages that wait here when another instance has taken over are dropped: it may have carried out newer ones.
 */
export class RedisPubSubListener {
  private readonly logger = new Logger('RedisPubSub');
  private readonly stopping = new AbortController();
  private readonly subscriber: Redis;
  private readonly lease: RedisLease;
  private readonly queue = new HandlerQueue<Received>((message) => this.deal(message));
  private readonly pings: NodeJS.Timeout;
  private isListening = false;
  private failures = 0;
  /** The term of which it was told that its messages are dropped. */
  private droppedTerm?: number;
  private wake?: () => void;

  constructor(
    private readonly connections: RedisConnections,
    private readonly commands: Redis,
    private readonly channel: string,
    private readonly handler: MessageHandler,
    private readonly options: PubSubOptions,
  ) {
    const subscriber = connections.open();
    subscriber.on('close', () => {
      this.isListening = false;
      this.wake?.();
    });
    subscriber.on('messageBuffer', (channel: Buffer, body: Buffer) => {
      const accepted = this.queue.add({ channel: String(channel), body, term: this.lease.term });
      if (!accepted) this.logger.error(`Lost a message of ${String(channel)}: too many are waiting`);
    });
    this.pings = setInterval(() => {
      if (subscriber.status !== 'ready') return;
      subscriber.ping().catch((error) => this.connections.unavailable(error, subscriber));
    }, options.pingMs);
    this.subscriber = subscriber;
    this.lease = new RedisLease(commands, `stock-allocation:listener`, uuid(), options.leaseMs);
  }

  start(): void {
    void this.run();
  }

  /** Messages that have arrived already are dealt with: nobody would send them again. Then another instance listens. */
  async stop(): Promise<void> {
    clearInterval(this.pings);
    this.stopping.abort();
    this.wake?.();
    this.connections.close(this.subscriber);
    await this.queue.drain();
    await this.lease.release().catch(() => {});
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.step();
        this.failures = 0;
        await this.pause(this.options.standbyMs);
      } catch (error) {
        if (!this.stopped) await this.recover(error);
      }
    }
  }

  private async step(): Promise<void> {
    // An instance whose connections are broken gives the lease back, so that another one can listen meanwhile.
    if (this.subscriber.status !== 'ready' && this.lease.isHeld) await this.lease.release();
    for (const redis of [this.subscriber, this.commands])
      await this.connections.untilReady(redis, this.stopping.signal);
    if (this.stopped) return;
    if (this.lease.isHeld || (await this.lease.take())) {
      if (!this.isListening) await this.subscriber.subscribe(this.channel);
      this.isListening = true;
    } else {
      if (this.isListening) await this.subscriber.unsubscribe(this.channel);
      this.isListening = false;
    }
  }

  private async recover(error: unknown): Promise<void> {
    const { message } = this.connections.unavailable(error, this.subscriber, this.commands);
    if (this.failures === 0 && this.connections.areUsable)
      this.logger.error(`Cannot listen to ${this.channel} yet: ${message}`);
    await this.lease.release().catch(() => {});
    this.failures += 1;
    await this.pause(pauseBetween(100, 10_000, this.failures));
  }

  /** What the handler throws, it has logged; the message cannot be had again. */
  private async deal(message: Received): Promise<void> {
    // The lease may only seem lost, while Redis is away: as long as nobody else has it, nobody else is ahead.
    while (!this.lease.isHeld && message.term === this.lease.term && !this.stopped) await pause(20);
    if (this.lease.isHeld && message.term === this.lease.term)
      await withTimeout(this.options.handlerMs, this.handler(message)).catch(() => {});
    else this.drop(message);
  }

  private drop({ term, channel }: Received): void {
    if (this.droppedTerm === term) return;
    this.droppedTerm = term;
    this.logger.warn(`Dropped messages of ${channel} that waited here: another instance has taken over`);
  }

  private async pause(ms: number): Promise<void> {
    if (this.stopped) return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, ms).unref();
    });
    this.wake = undefined;
  }
}
