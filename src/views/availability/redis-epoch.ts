import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { DataSource } from 'typeorm';
import { pauseBetween } from '../../backoff';
import { Sql } from '../../database/sql';
import type { ScriptedRedis } from './redis-scripts';

const POLL_MS = 1_000;

/**
 * What all instances believe of the copy in Redis: a name, `<run of the server>/<its tables>/<any>`, kept in Redis itself.
 * Whatever was filled in another epoch is absent.
 *
 * A new one begins when the server was restarted (it may have come back with old data), when it was emptied or has
 * thrown the name away, when a view was rebuilt (which makes other tables of it), when an instance could not write a
 * change (`doubt`), and when one starts: what a command line has changed while no service ran is not in Redis.
 */
export class RedisEpoch {
  /** Undefined as long as this instance must not read from Redis. */
  current?: string;
  private tables?: string;
  private isLooking = false;
  /**
   * Counts the changes that could not be written to Redis. Begins with 1: whether any was missed before this instance
   * started is not known.
   */
  private doubts = 1;
  /** The value of `doubts` when an epoch was last agreed on: what was missed until then does no harm any more. */
  private settled = 0;
  private agreeing?: Promise<void>;
  private readonly poll: NodeJS.Timeout;
  private closed = false;
  private readonly sql: Sql;

  /** @param onAgreed called when the copy may be read again after it could not be */
  constructor(
    private readonly redis: ScriptedRedis,
    dataSource: DataSource,
    private readonly onAgreed: () => void,
  ) {
    this.sql = new Sql(dataSource);
    redis.on('close', () => (this.current = undefined));
    redis.on('ready', () => this.agree());
    this.poll = setInterval(() => void this.lookAtTables(), POLL_MS).unref();
  }

  /** Something could not be written: nobody is to believe the copy as it is. */
  doubt(): void {
    this.doubts += 1;
    this.agree();
  }

  /** Finds out which epoch holds, or begins one; until then this instance does not read. */
  agree(): void {
    this.current = undefined;
    if (this.closed) return;
    this.agreeing ??= this.agreeUntilSettled().finally(() => (this.agreeing = undefined));
  }

  close(): void {
    this.closed = true;
    clearInterval(this.poll);
  }

  private async agreeUntilSettled(): Promise<void> {
    // When the connection is made again, that begins anew.
    for (let failures = 0; this.redis.status === 'ready' && !this.closed; failures += 1) {
      const { doubts } = this;
      try {
        const epoch = await this.agreeOnce(doubts > this.settled);
        this.settled = doubts;
        if (doubts !== this.doubts || this.redis.status !== 'ready') continue;
        this.current = epoch;
        return this.onAgreed();
      } catch (error) {
        restartIfSilent(this.redis, error);
        await pause(pauseBetween(100, 5_000, failures + 1), undefined, { ref: false });
      }
    }
  }

  private async agreeOnce(isNewNeeded: boolean): Promise<string> {
    // An instance that cannot read the batches does not begin an epoch, which would keep the others from Redis.
    this.tables = await this.tablesOfViews();
    const run = /run_id:(\w+)/.exec(await this.redis.info('server'))?.[1];
    if (!run) throw new Error('Redis does not say which run of the server it is');
    const prefix = `${run}/${this.tables}/`;
    return this.redis.agreeOnEpoch(prefix, prefix + randomUUID(), isNewNeeded ? '1' : '0');
  }

  private async lookAtTables(): Promise<void> {
    // One look at a time: a database that hangs must not collect them.
    if (this.isLooking) return;
    this.isLooking = true;
    const tables = await this.tablesOfViews().catch(() => this.tables);
    this.isLooking = false;
    if (this.current !== undefined && tables !== this.tables) this.agree();
  }

  private async tablesOfViews(): Promise<string> {
    // The table of the lines comes last: an older instance, which only knows that of the batches, then accepts the
    // epochs of this version, since it compares the beginning of the name.
    const views = await this.sql.row<{ tables: string }>(
      `SELECT concat_ws('/', 'view_batches'::regclass::oid, 'view_line_sums'::regclass::oid) AS tables`,
    );
    return views!.tables;
  }
}

/** The other end may be gone without a word; until there is a new connection, nobody waits for it. */
export function restartIfSilent(redis: Redis, error: unknown): void {
  if ((error as Error).message === 'Command timed out' && redis.status === 'ready') redis.disconnect(true);
}
