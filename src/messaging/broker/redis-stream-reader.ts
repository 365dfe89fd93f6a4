import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { v7 as uuid } from 'uuid';
import { Unavailable } from '../../unavailable';
import { pauseBetween } from '../../backoff';
import { textOf } from '../../error-text';
import { withTimeout } from '../../with-timeout';
import { type MessageHandler, Unprocessable } from './broker';
import { earliest, type Entry, GROUP, RedisConsumerGroup } from './redis-consumer-group';
import { COMMAND_TIMEOUT_MS, type RedisConnections } from './redis-connections';
import { RedisLease } from './redis-lease';
import { messageOf } from './redis-stream-message';

/** How reading goes; times in milliseconds. */
export class StreamReaderOptions {
  /** How often a message is handed over that keeps failing, before it is moved aside. */
  readonly deliveries: number = 5;
  /** A handler that is not done by then has failed. */
  readonly handlerMs: number = 30_000;
  /** How long the pause between two attempts at a message is at most. */
  readonly longestPauseMs: number = 10_000;
  /** After this time another instance reads on for one that died. */
  readonly leaseMs: number = 10_000;
  /** How long an instance that stands by waits between two attempts to get the lease. */
  readonly standbyMs: number = 1_000;
  /** Messages of a reader that was not ours, or not quite dead, are claimed after this time: well above `handlerMs`. */
  readonly claimMs: number = 120_000;
  /** How long Redis waits for a message before it answers that there is none. */
  readonly blockMs: number = 5_000;
  /** How long the message under way may take when reading stops. */
  readonly stopMs: number = 7_000;
}

/**
 * Reads streams together, one message after the other, in the order in which they were added. Of what was
 * added to several streams within one millisecond, that of the first stream comes first.
 *
 * One instance reads and the others stand by: if several read, an older quantity could overwrite a newer one. A message
 * is acknowledged when its handler has resolved. One that failed holds up those after it until it succeeds or is moved
 * aside.
 */
export class RedisStreamReader {
  private readonly logger = new Logger('RedisStreams');
  private readonly stopping = new AbortController();
  private readonly reader: Redis;
  private readonly group: RedisConsumerGroup;
  private readonly lease: RedisLease;
  /** The streams that have entries which were delivered and not acknowledged. */
  private readonly pending = new Set<string>();
  /** The next entry of each stream that has one. */
  private readonly heads = new Map<string, Entry>();
  private failures = 0;
  private complaint?: string;
  private claimedAt = 0;
  private loop?: Promise<void>;

  constructor(
    private readonly connections: RedisConnections,
    private readonly commands: Redis,
    private readonly streams: readonly string[],
    private readonly handler: MessageHandler,
    private readonly options: StreamReaderOptions,
  ) {
    const consumer = uuid();
    this.reader = connections.open(options.blockMs + COMMAND_TIMEOUT_MS);
    this.group = new RedisConsumerGroup(this.reader, commands, consumer);
    this.lease = new RedisLease(commands, `${GROUP}:reader`, consumer, options.leaseMs);
  }

  start(): void {
    this.loop ??= this.run();
  }

  /** Resolves when the message under way is dealt with, or after `stopMs`. */
  async stop(): Promise<void> {
    this.stopping.abort();
    // Ends a read that waits. What it gets all the same stays pending, for whoever reads next.
    this.connections.close(this.reader);
    await withTimeout(this.options.stopMs, this.loop ?? Promise.resolve()).catch(() =>
      this.logger.warn('The message under way took too long to wait for; it will come again'),
    );
    await this.lease.release().catch(() => {});
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      for (const redis of [this.reader, this.commands]) {
        await this.connections.untilReady(redis, this.stopping.signal);
      }
      try {
        await this.step();
      } catch (error) {
        if (!this.stopped) await this.recover(error);
      }
    }
  }

  private async step(): Promise<void> {
    if (!this.lease.isHeld) {
      if (!(await this.lease.take())) return this.pause(this.options.standbyMs);
      await this.takeOver();
    }
    if (performance.now() - this.claimedAt > this.options.claimMs) await this.claim(this.options.claimMs);
    await this.fill();
    this.complaint = undefined;
    const next = earliest(this.streams.flatMap((stream) => this.heads.get(stream) ?? []));
    if (next && this.lease.isHeld && !this.stopped) await this.deal(next);
  }

  /** Begins with what was delivered, to whomever, and not acknowledged: nobody else reads now. */
  private async takeOver(): Promise<void> {
    await this.group.create(this.streams);
    await this.claim(0);
    await this.group.forgetConsumers(this.streams, this.options.claimMs);
  }

  private async claim(idleMs: number): Promise<void> {
    await this.group.claim(this.streams, idleMs);
    this.claimedAt = performance.now();
    this.heads.clear();
    for (const stream of this.streams) this.pending.add(stream);
  }

  /** Gives each stream a head that has a next entry, and waits for one when none has. */
  private async fill(): Promise<void> {
    for (const stream of this.pending) {
      if (this.heads.has(stream)) continue;
      const entry = await this.group.firstPending(stream);
      if (entry) this.heads.set(stream, entry);
      else this.pending.delete(stream);
    }
    const lacking = this.streams.filter((stream) => !this.heads.has(stream));
    if (lacking.length === 0) return;
    const blockMs = this.heads.size > 0 ? undefined : this.options.blockMs;
    for (const entry of await this.group.readNew(lacking, blockMs)) this.heads.set(entry.stream, entry);
  }

  private async deal(head: Entry): Promise<void> {
    const entry = head.fields ? head : await this.group.redeliver(head);
    if (!entry) this.logger.warn(`${head.stream} ${head.id} was deleted before it was dealt with`);
    const settled = !entry || (await this.handle(entry));
    this.heads.delete(head.stream);
    if (settled) {
      await this.group.acknowledge(head);
      this.failures = 0;
    } else {
      this.pending.add(head.stream);
      this.failures += 1;
      await this.pause(pauseBetween(100, this.options.longestPauseMs, this.failures));
    }
  }

  /** @returns whether the entry is dealt with; otherwise it must come again */
  private async handle(entry: Entry): Promise<boolean> {
    try {
      if (entry.deliveries > this.options.deliveries) {
        throw new Unprocessable('No attempt at it came to an end');
      }
      await withTimeout(this.options.handlerMs, this.handler(messageOf(entry)));
      return true;
    } catch (error) {
      if (error instanceof Unavailable) {
        // What went wrong is not the message's fault, so it does not count against it.
        await this.group.setDeliveries(entry, entry.deliveries - 1);
        return false;
      }
      if (!(error instanceof Unprocessable) && entry.deliveries < this.options.deliveries) return false;
      await this.group.copyAside(entry, textOf(error, 1_000));
      this.logger.warn(
        `Moved ${entry.stream} ${entry.id} aside to ${entry.stream}:dead: ${textOf(error, 200)}`,
      );
      return true;
    }
  }

  /** After an error of Redis the reader begins anew, as if another one had died. */
  private async recover(error: unknown): Promise<void> {
    this.lease.giveUp();
    const { message } = this.connections.unavailable(error, this.reader, this.commands);
    if (this.connections.areUsable && message !== this.complaint) {
      this.logger.warn(`Reading streams failed and begins anew: ${message}`);
    }
    this.complaint = message;
    this.failures += 1;
    await this.pause(pauseBetween(100, this.options.longestPauseMs, this.failures));
  }

  private async pause(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.stopping.signal }).catch(() => {});
  }
}
