import { randomUUID } from 'node:crypto';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { pauseBetween } from '../../backoff';
import { CoalescedWrites } from '../../database/coalesced-writes';
import { Sql } from '../../database/sql';
import { type Availability, AvailabilityView, type BatchState, type Changes } from './availability';
import { AvailabilityTexts } from './availability-texts';
import { RedisEpoch, restartIfSilent } from './redis-epoch';
import { scripted, type ScriptedRedis } from './redis-scripts';
import { FIRST_EXPIRY, LINES, MS } from './stored';

/** How long Redis may take to answer; commands wait for it. */
const COMMAND_TIMEOUT_MS = 500;

/** For how long a SKU stays in Redis, in milliseconds: what nobody asks for takes no memory for ever. */
const KEPT_MS = 3_600_000;
/** How long an instance may take to fill a SKU, in milliseconds; after that it is taken to have died, and another one fills it. */
const FILL_MS = 10_000;
/** SKUs that are filled together, SKUs that wait for it at most, and batches that are read and written together. */
const CHUNK = 50;
const MAX_WANTED = 10_000;
const PAGE = 1_000;

/** In the warehouse; sorts before all days. */
const HERE = '00000000';

// Each number grows when what it stands for changes.
const BATCH_STATES = `SELECT ref, sku, to_char(eta, 'YYYY-MM-DD') AS eta, position AS "createdSequence", available, sequence,
  greatest(0, purchased - dispatched) AS stock, sequence + purchased_sequence + eta_sequence + dispatched AS version
  FROM view_batches`;
const LINES_OF_SKUS = `SELECT asked.sku, ${LINES} || ',' || ${MS('first.expires_at')} AS text,
    (SELECT coalesce(sum(changes), 0) FROM view_line_sums WHERE sku = asked.sku)::text AS version
  FROM unnest($1::text[]) AS asked (sku) LEFT JOIN LATERAL ${FIRST_EXPIRY} first ON true`;

/** The lines of a SKU that are reserved or wait, as a text for AvailabilityTexts. */
interface LinesState {
  readonly sku: string;
  readonly text: string;
  readonly version: string;
}

/**
 * Availability in Redis: a copy of what the views of batches and lines say, SKU by SKU. A SKU that is asked for and not
 * there is answered from PostgreSQL and filled from there. From then on it is kept up to date: batches and lines are shown
 * here after they were written there. While a reservation has run out and was not given back yet, PostgreSQL is asked,
 * whose clock decides.
 *
 * A SKU in Redis is complete or absent, whatever Redis throws away to get memory (see redis-scripts.ts). Whatever makes
 * the whole copy doubtful (Redis is away, was emptied, was restarted and may have lost something, or did not take a
 * batch) makes all reads go to PostgreSQL until a new epoch has begun, in which all SKUs are absent.
 */
export class RedisAvailability extends AvailabilityView implements OnApplicationShutdown {
  private readonly logger = new Logger(RedisAvailability.name);
  private readonly redis: ScriptedRedis;
  private readonly epoch: RedisEpoch;
  private readonly sql: Sql;
  private readonly texts = new AvailabilityTexts();
  private readonly changedBatches = new CoalescedWrites<string>((batchRefs) => this.copyBatches(batchRefs));
  private readonly changedLines = new CoalescedWrites<string>((skus) => this.copyLines(skus));
  /** SKUs that are to be filled. */
  private readonly wanted = new Set<string>();
  private filling?: Promise<void>;
  private isOutage = false;

  /**
   * @param views answers what the copy cannot
   * @param now in milliseconds
   */
  constructor(
    url: string,
    dataSource: DataSource,
    private readonly views: AvailabilityView,
    private readonly now: () => number = Date.now,
  ) {
    super();
    const redis = new Redis(url, {
      connectionName: 'stock-allocation-availability',
      connectTimeout: 2_000,
      commandTimeout: COMMAND_TIMEOUT_MS,
      disconnectTimeout: 500,
      retryStrategy: (failures) => pauseBetween(100, 2_000, failures),
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      enableOfflineQueue: false,
    });
    redis.on('error', () => {}); // What it keeps from being done says so.
    this.redis = scripted(redis);
    this.sql = new Sql(dataSource, { isPrepared: true });
    this.epoch = new RedisEpoch(this.redis, dataSource, () => this.recovered());
  }

  /** Whether Redis is asked, as far as this instance knows. */
  get isUsed(): boolean {
    return this.epoch.current !== undefined;
  }

  override async of(skus: readonly string[]): Promise<(Availability | undefined)[]> {
    const found = await this.ask(skus);
    const isCurrent = (one?: Availability) =>
      one && (one.firstExpiry === null || one.firstExpiry > this.now());
    const missing = skus.filter((_, index) => !isCurrent(found?.[index]));
    if (missing.length === 0) return found!;
    const others = await this.views.of(missing);
    const isThere = new Set(skus.filter((_, index) => found?.[index]));
    this.fill(missing.filter((sku, index) => others[index] && !isThere.has(sku)));
    return skus.map((_, index) => (isCurrent(found?.[index]) ? found?.[index] : others.shift()));
  }

  override async changed({ batches, linesOf }: Changes): Promise<void> {
    await Promise.all([
      batches.length > 0 && this.changedBatches.add(batches),
      linesOf.length > 0 && this.changedLines.add(linesOf),
    ]);
  }

  /** Shows batches as they were at some time; what is shown already of a later time stays. Never throws. */
  async show(batches: readonly BatchState[]): Promise<void> {
    try {
      await this.write(batches);
    } catch (error) {
      this.miss(error);
    }
  }

  onApplicationShutdown(): void {
    this.epoch.close();
    this.redis.disconnect();
  }

  /** @returns undefined when Redis is away, or not to be believed */
  private async ask(skus: readonly string[]): Promise<(Availability | undefined)[] | undefined> {
    const { current } = this.epoch;
    if (current === undefined) return undefined;
    try {
      const answers = await this.redis.askAvailability(current, ...skus);
      if (!answers) this.epoch.agree();
      return answers?.map((text, index) => (text === null ? undefined : this.texts.read(skus[index], text)));
    } catch (error) {
      restartIfSilent(this.redis, error);
      return undefined;
    }
  }

  private async copyBatches(batchRefs: readonly string[]): Promise<void> {
    let batches: BatchState[];
    try {
      batches = await this.sql.rows(`${BATCH_STATES} WHERE ref = ANY($1::text[])`, [[...new Set(batchRefs)]]);
    } catch (error) {
      return this.miss(error);
    }
    await this.show(batches);
  }

  private async copyLines(skus: readonly string[]): Promise<void> {
    try {
      await this.writeLines(skus);
    } catch (error) {
      this.miss(error);
    }
  }

  private async writeLines(skus: readonly string[]): Promise<void> {
    const lines = await this.sql.rows<LinesState>(LINES_OF_SKUS, [[...new Set(skus)]]);
    await this.redis.showLines(...lines.flatMap(({ sku, version, text }) => [sku, version, text]));
  }

  private async write(batches: readonly BatchState[]): Promise<void> {
    const known = batches.filter(({ createdSequence }) => createdSequence !== null);
    if (known.length === 0) return;
    await this.redis.showBatches(
      ...known.flatMap(
        ({ ref: batchRef, sku, eta, createdSequence, available, sequence, stock, version }) => [
          sku,
          batchRef,
          (eta?.replaceAll('-', '') ?? HERE) + String(createdSequence).padStart(16, '0'),
          available,
          sequence,
          stock,
          version,
        ],
      ),
    );
  }

  private miss(error: unknown): void {
    if (!this.isOutage) {
      this.isOutage = true;
      this.logger.warn(
        { err: new Error((error as Error).message) },
        'Redis lacks a change; availability is read from PostgreSQL until Redis can be trusted again',
      );
    }
    restartIfSilent(this.redis, error);
    this.epoch.doubt();
  }

  private recovered(): void {
    if (this.isOutage) this.logger.log('Availability is read from Redis again');
    this.isOutage = false;
  }

  /** Fills these SKUs in the background, unless too many wait: they will be asked for again. */
  private fill(skus: readonly string[]): void {
    if (!this.isUsed) return;
    for (const sku of skus) if (this.wanted.size < MAX_WANTED) this.wanted.add(sku);
    this.filling ??= this.fillWanted().finally(() => (this.filling = undefined));
  }

  private async fillWanted(): Promise<void> {
    while (this.wanted.size > 0 && this.epoch.current !== undefined) {
      const chunk = [...this.wanted].slice(0, CHUNK);
      for (const sku of chunk) this.wanted.delete(sku);
      try {
        await this.fillChunk(chunk, this.epoch.current);
      } catch (error) {
        // Redis may be full, or PostgreSQL away.
        restartIfSilent(this.redis, error);
        await pause(COMMAND_TIMEOUT_MS, undefined, { ref: false });
      }
    }
    this.wanted.clear();
  }

  private async fillChunk(skus: readonly string[], epoch: string): Promise<void> {
    const id = randomUUID();
    const begun = await this.redis.beginToFill(epoch, id, FILL_MS, ...skus);
    let page: BatchState[] = [];
    for (const sku of begun) {
      for await (const batches of this.batchesOf(sku)) {
        page = page.concat(batches);
        if (page.length < PAGE) continue;
        await this.write(page);
        page = [];
      }
    }
    await this.write(page);
    if (begun.length === 0) return;
    await this.writeLines(begun);
    await this.redis.completeFilling(epoch, id, KEPT_MS, ...begun);
  }

  /** All batches of a SKU, also those that have nothing left: a change of theirs that comes late is recognised by them. */
  private async *batchesOf(sku: string): AsyncGenerator<BatchState[]> {
    let after: Pick<BatchState, 'eta' | 'createdSequence'> = { eta: null, createdSequence: -1 };
    for (;;) {
      const rows = await this.sql.rows<BatchState>(
        `${BATCH_STATES}
         WHERE sku = $1 AND position IS NOT NULL AND (arrives, position) > (coalesce($2::date, '-infinity'), $3::bigint)
         ORDER BY arrives, position LIMIT ${PAGE}`,
        [sku, after.eta, after.createdSequence],
      );
      if (rows.length > 0) yield rows;
      if (rows.length < PAGE) return;
      after = rows.at(-1)!;
    }
  }
}
