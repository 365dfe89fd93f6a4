import { randomUUID } from 'node:crypto';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { AvailabilityView, type BatchState, type OpenBatches } from './availability';
import { OpenBatchesTexts } from './open-batches-texts';
import { PreparedStatements } from '../database/prepared';
import { KEYS, scripted, type ScriptedRedis, STATE } from './redis-scripts';
import { WriteQueue } from './write-queue';

/** How long Redis may take to answer; commands wait for it. */
const PATIENCE_MS = 500;

/** A build that has shown no sign of life for so long has died with its instance. */
const BUILD_MS = 10_000;
const CHUNK = 1_000;

const BATCH_STATES = `SELECT ref, sku, to_char(eta, 'YYYY-MM-DD') AS eta, position, available, sequence FROM view_batches`;

/** In the warehouse; sorts before all days. */
const HERE = '00000000';

/**
 * Availability in Redis: a copy of what the view of batches says. Batches are shown here after they were
 * written there, so the copy can be built from there at any time.
 *
 * Whatever keeps it from being complete (Redis is away, was emptied, was restarted and may have lost
 * something, or did not take a batch) makes all reads go to PostgreSQL until it has been built anew.
 */
export class RedisAvailability extends AvailabilityView implements OnApplicationShutdown {
  private readonly logger = new Logger(RedisAvailability.name);
  private readonly redis: ScriptedRedis;
  private readonly texts = new OpenBatchesTexts();
  private readonly statements: PreparedStatements;
  private readonly changed = new WriteQueue<string>((refs) => this.copy(refs));
  /** Names the server that we are connected to. One that was restarted has another. */
  private runId?: string;
  /** How often something that should be shown was not. */
  private misses = 0;
  /** Which of them a build has made good. */
  private healed = 0;
  private building?: Promise<void>;
  /** A build of ours has begun and was cut off. */
  private unfinished = false;
  private closed = false;

  /** @param batches answers as long as the copy cannot */
  constructor(
    url: string,
    private readonly dataSource: DataSource,
    private readonly batches: AvailabilityView,
  ) {
    super();
    this.statements = new PreparedStatements(dataSource);
    const redis = new Redis(url, {
      connectionName: 'stock-allocation-availability',
      connectTimeout: 2_000,
      commandTimeout: PATIENCE_MS,
      disconnectTimeout: 500,
      retryStrategy: (failures) => Math.min(50 * 2 ** failures, 2_000) * (0.5 + Math.random() / 2),
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      enableOfflineQueue: false,
    });
    redis.on('error', () => {}); // What it keeps from being done says so.
    redis.on('close', () => (this.runId = undefined));
    redis.on('ready', () => void this.meet());
    this.redis = scripted(redis);
  }

  /** Whether reads are answered from Redis, as far as this instance knows. */
  get isComplete(): boolean {
    return this.runId !== undefined && this.misses === this.healed;
  }

  override async of(skus: readonly string[]): Promise<(OpenBatches | undefined)[]> {
    const found = await this.ask(skus);
    // A SKU that the copy does not know may be one whose keys Redis has thrown away to get memory.
    const unknown = skus.filter((_, index) => !found?.[index]);
    if (unknown.length === 0) return found!;
    const others = await this.batches.of(unknown);
    return skus.map((_, index) => found?.[index] ?? others.shift());
  }

  override batchesChanged(refs: readonly string[]): Promise<void> {
    return this.changed.add(refs);
  }

  /** Shows batches as they were at some time; what is shown already of a later time stays. Never throws. */
  async show(batches: readonly BatchState[]): Promise<void> {
    try {
      await this.write(batches);
    } catch (error) {
      this.miss(error);
    }
  }

  private async copy(refs: readonly string[]): Promise<void> {
    let batches: BatchState[];
    try {
      batches = await this.statements.query(`${BATCH_STATES} WHERE ref = ANY($1::text[])`, [
        [...new Set(refs)],
      ]);
    } catch (error) {
      this.miss(error);
      return;
    }
    await this.show(batches);
  }

  onApplicationShutdown(): void {
    this.closed = true;
    this.redis.disconnect();
  }

  /** @returns undefined when the copy is not complete, or Redis is away */
  private async ask(skus: readonly string[]): Promise<(OpenBatches | undefined)[] | undefined> {
    if (!this.isComplete) return undefined;
    try {
      const answers = await this.redis.askAvailability(`complete:${this.runId}`, ...skus);
      if (!answers) this.build();
      return answers?.map((text, index) => (text === null ? undefined : this.texts.read(skus[index], text)));
    } catch (error) {
      this.restartIfSilent(error);
      return undefined;
    }
  }

  private async write(batches: readonly BatchState[]): Promise<void> {
    const known = batches.filter(({ position }) => position !== null);
    if (known.length === 0) return;
    await this.redis.showBatches(
      ...known.flatMap(({ ref, sku, eta, position, available, sequence }) => [
        sku,
        ref,
        (eta?.replaceAll('-', '') ?? HERE) + String(position).padStart(16, '0'),
        available,
        sequence,
      ]),
    );
  }

  private miss(error: unknown): void {
    if (this.misses === this.healed && !this.closed) {
      this.logger.warn(
        { err: new Error((error as Error).message) },
        'Redis lacks a change of a batch; availability is read from PostgreSQL until it has been copied anew',
      );
    }
    this.misses += 1;
    this.restartIfSilent(error);
    this.build();
  }

  /** The other end may be gone without a word; until there is a new connection, nobody waits for it. */
  private restartIfSilent(error: unknown): void {
    if ((error as Error).message === 'Command timed out' && this.redis.status === 'ready') {
      this.redis.disconnect(true);
    }
  }

  /** Finds out which server this is, and whether it has the whole copy. */
  private async meet(): Promise<void> {
    try {
      const info = await this.redis.info('server');
      this.runId = /run_id:(\w+)/.exec(info)?.[1] ?? randomUUID();
      this.build();
    } catch (error) {
      this.restartIfSilent(error);
    }
  }

  /** Builds what is missing; this goes on until nothing is. */
  private build(): void {
    if (this.closed) return;
    this.building ??= this.buildUntilComplete().finally(() => (this.building = undefined));
  }

  private async buildUntilComplete(): Promise<void> {
    // When the connection is made again, `meet` looks again.
    for (let failures = 0; this.runId !== undefined && !this.closed; failures += 1) {
      const { misses } = this;
      try {
        const copied = await this.buildOnce(misses > this.healed || this.unfinished);
        this.unfinished = false;
        this.healed = misses;
        if (copied > 0) this.logger.log(`Copied ${copied} batches to Redis; availability is read from there`);
        if (misses === this.misses) return;
      } catch (error) {
        this.restartIfSilent(error);
        await pause(Math.min(50 * 2 ** failures, 5_000), undefined, { ref: false });
      }
    }
  }

  /**
   * @param again even if the copy is said to be complete, or someone is building it: they may have read a
   *   batch before it was changed
   * @returns how many batches were copied; none when there was nothing to do, or others do it
   */
  private async buildOnce(again: boolean): Promise<number> {
    const complete = `complete:${this.runId}`;
    const mine = `building:${randomUUID()}`;
    const state = await this.redis.get(STATE);
    if (!again && (state === complete || state?.startsWith('building:'))) return 0;
    // Who cannot read the batches must not keep those from it who can.
    await this.dataSource.query('SELECT 1');
    if (again || state !== null) await this.redis.set(STATE, mine, 'PX', BUILD_MS);
    else if (!(await this.redis.set(STATE, mine, 'PX', BUILD_MS, 'NX'))) return 0;

    this.unfinished = true;
    // Others may have taken over: theirs would be undone by going on.
    for await (const keys of this.allKeys()) if (!(await this.redis.clearKeys(mine, ...keys))) return 0;
    let copied = 0;
    for await (const batches of this.allBatches()) {
      await this.write(batches);
      if (!(await this.redis.proceed(mine, mine, BUILD_MS))) return 0;
      copied += batches.length;
    }
    return (await this.redis.proceed(mine, complete, 0)) ? copied : 0;
  }

  private async *allKeys(): AsyncGenerator<string[]> {
    for (let cursor = ''; cursor !== '0';) {
      const [next, keys] = await this.redis.scan(cursor || '0', 'MATCH', KEYS, 'COUNT', CHUNK);
      yield keys.filter((key) => key !== STATE);
      cursor = next;
    }
  }

  private async *allBatches(): AsyncGenerator<BatchState[]> {
    let after = '';
    for (;;) {
      const rows = await this.dataSource.query<(BatchState & { sequence: string })[]>(
        `${BATCH_STATES} WHERE ref > $1 AND position IS NOT NULL ORDER BY ref LIMIT ${CHUNK}`,
        [after],
      );
      if (rows.length > 0) yield rows;
      if (rows.length < CHUNK) return;
      after = rows.at(-1)!.ref;
    }
  }
}

/** Makes every instance build the copy anew, in its own time. For whoever has rebuilt the batches. */
export async function forgetCopy(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: null });
  redis.on('error', () => {});
  try {
    await redis.connect();
    await redis.del(STATE);
  } finally {
    redis.disconnect();
  }
}
