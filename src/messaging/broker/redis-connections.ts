import { once } from 'node:events';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { pauseBetween } from '../../backoff';
import { messageOf } from '../../error-text';
import { withTimeout } from '../../with-timeout';
import { BrokerUnavailable, Fenced } from './broker';

/** How long Redis may take to accept a connection or to answer a command. */
export const COMMAND_TIMEOUT_MS = 2_000;

/** Runs the commands, unless somebody has been here with a larger fence: then it answers 0. */
const RUN_FENCED = `
  if tonumber(ARGV[1]) < tonumber(redis.call('GET', KEYS[1]) or '0') then return 0 end
  redis.call('SET', KEYS[1], ARGV[1])
  for n = 2, #ARGV do redis.call(unpack(cjson.decode(ARGV[n]))) end
  return 1`;

/**
 * Connections to one Redis. Each is made anew for ever when it breaks, but nothing waits for that: what
 * is asked meanwhile fails at once. An outage is logged once, however often it makes something fail.
 */
export class RedisConnections {
  private readonly logger = new Logger('Redis');
  private readonly connections = new Set<Redis>();
  private readonly address: string;
  private outage?: string;
  private closed = false;

  /** @param url `redis://` or `rediss://`; its password is kept out of logs and errors */
  constructor(private readonly url: string) {
    this.address = new URL(url).host;
  }

  /** False from the moment when a connection breaks, until one is made again. */
  get areUsable(): boolean {
    return this.outage === undefined;
  }

  /** @param timeoutMs how long an answer may take: longer where commands wait for something to come */
  open(timeoutMs = COMMAND_TIMEOUT_MS): Redis {
    const redis = new Redis(this.url, {
      connectionName: 'stock-allocation',
      connectTimeout: COMMAND_TIMEOUT_MS,
      commandTimeout: timeoutMs,
      disconnectTimeout: 500,
      retryStrategy: (failures) => pauseBetween(100, 10_000, failures),
      // A command that was on its way when the connection broke fails, instead of being sent again later,
      // after others.
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      enableOfflineQueue: false,
      autoResubscribe: false,
      disableClientInfo: true,
      // The address belongs to another server now, since this one was demoted.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    });
    this.connections.add(redis);
    redis.on('error', (error) => this.lost(redis, messageOf(error)));
    redis.on('close', () => this.lost(redis, 'the connection was lost'));
    redis.on('ready', () => this.found());
    return redis;
  }

  /**
   * Waits until the connection can be used, as long as there is hope.
   * @throws BrokerUnavailable at once during an outage; otherwise after 2 s
   */
  private async ready(redis: Redis): Promise<void> {
    const isReady = () => redis.status === 'ready';
    // Whatever keeps a connection from becoming ready begins an outage, which says why.
    if (!isReady() && !this.closed && this.areUsable) {
      await withTimeout(COMMAND_TIMEOUT_MS, once(redis, 'ready')).catch(() => {});
    }
    if (isReady()) return;
    throw new BrokerUnavailable(this.closed ? 'The broker was closed' : this.describe());
  }

  /** Waits until the connection can be used, however long that takes, or until `signal` is aborted. */
  async untilReady(redis: Redis, signal: AbortSignal): Promise<void> {
    // `once` also ends when an attempt to connect has failed.
    while (redis.status !== 'ready' && !signal.aborted) {
      await once(redis, 'ready', { signal }).catch(() => {});
    }
  }

  /**
   * Sends commands that Redis runs in one go: it gets all of them or none.
   * @param commands each a name with its arguments
   * @param fenceKey where the largest fence is kept that was seen
   * @throws Fenced when `fence` is smaller than that; BrokerUnavailable, after a few seconds at most
   */
  async runFenced(
    redis: Redis,
    fenceKey: string,
    fence: number,
    commands: readonly (readonly string[])[],
  ): Promise<void> {
    await this.ready(redis);
    let isRun: unknown;
    try {
      isRun = await redis.eval(
        RUN_FENCED,
        1,
        fenceKey,
        fence,
        ...commands.map((each) => JSON.stringify(each)),
      );
    } catch (error) {
      throw this.unavailable(error, redis);
    }
    if (isRun !== 1) throw new Fenced();
  }

  /**
   * What an error of a command means. The error itself is not handed on: it holds the command's arguments.
   * @param asked where the command was sent: made anew when it has not answered, since the other end
   *   may be gone without a word
   */
  unavailable(error: unknown, ...asked: Redis[]): BrokerUnavailable {
    if (messageOf(error) === 'Command timed out') for (const redis of asked) this.restart(redis);
    return new BrokerUnavailable(
      this.outage ? this.describe() : `Redis at ${this.address}: ${messageOf(error)}`,
    );
  }

  private restart(redis: Redis): void {
    // One that is being made already must be left alone: this would end it for good.
    if (redis.status !== 'ready') return;
    this.lost(redis, 'no answer');
    redis.disconnect(true);
  }

  close(redis: Redis): void {
    if (this.connections.delete(redis)) redis.disconnect();
  }

  closeAll(): void {
    this.closed = true;
    for (const redis of this.connections) this.close(redis);
  }

  private describe(): string {
    return `Redis at ${this.address} cannot be reached: ${this.outage ?? 'no answer'}`;
  }

  private lost(redis: Redis, reason: string): void {
    if (this.outage !== undefined || !this.connections.has(redis)) return;
    this.outage = reason;
    this.logger.warn(`${this.describe()}; trying again until it can`);
  }

  private found(): void {
    if (this.outage === undefined) return;
    this.outage = undefined;
    this.logger.log(`Redis at ${this.address} can be reached again`);
  }
}
