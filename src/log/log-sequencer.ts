import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Subject } from 'rxjs';
import { DataSource } from 'typeorm';
import { isAnnounced } from '../database/errors';
import { Sql } from '../database/sql';
import { inTransaction, type Query } from '../database/transaction';
import { Polling } from '../polling';
import { continueEpoch } from './log-epochs';
import { sizeOfNextPart } from './log-parts';

/** Events that are moved at once: enough to share a commit, few enough that nobody waits long for the next one. */
const SLICE = 2_000;
/** How often it is looked for events of others, in milliseconds: of the command line, or of an older instance. */
const POLL_MS = 250;
/** How long events of this instance are gathered, in milliseconds. The feed is late by so much. */
const GATHER_MS = 15;
/** How long to wait for somebody who looks at the tables of the log, in milliseconds. */
const LOCK_TIMEOUT_MS = 1_000;
/** An instance that freezes while it numbers is followed by another one after this time, in milliseconds. */
const FROZEN_MS = 2_000;

const COLUMNS =
  'id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data, claimed_until';

interface Head {
  readonly first_position: string;
  readonly position: string;
  readonly end_position: string;
}

/**
 * Gives committed events their positions in the log: dense, in one order over all SKUs, in which nothing ever appears
 * behind a position that was read (promise 5).
 *
 * A position that is given out before the commit, by a sequence or by the id of the transaction, becomes visible in
 * another order than it was given out. So events are numbered afterwards: they are moved from the outbox into the log
 * in the order of their arrival, by one instance at a time, which holds the row of the head for as long. Of a SKU those
 * that are visible are the oldest of those that are not numbered, since its units of work commit one after the other.
 * A transaction that hangs holds up nobody: its events arrive when it commits.
 */
@Injectable()
export class LogSequencer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(LogSequencer.name);
  private readonly polling = new Polling(() => this.round());
  private isTroubled = false;
  private stopped = false;
  private readonly numbered = new Subject<void>();

  /** Emits whenever this instance has numbered events. Those that another one numbers are not told. */
  readonly advanced = this.numbered.asObservable();

  private readonly sql: Sql;

  constructor(private readonly dataSource: DataSource) {
    this.sql = new Sql(dataSource);
  }

  async onApplicationBootstrap(): Promise<void> {
    await continueEpoch(this.sql);
    this.polling.start();
  }

  /** What was committed until then is numbered; the last events of an instance do not wait for another one. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.polling.stop();
    this.stopped = true;
    await this.number().catch(() => {});
    this.numbered.complete();
  }

  /** To be called when events were committed; they are numbered a moment later. */
  wake(): void {
    if (!this.stopped) this.polling.wake(GATHER_MS);
  }

  /** @returns the pause until the next round, in milliseconds */
  private async round(): Promise<number> {
    try {
      const count = await this.number();
      this.isTroubled = false;
      return count === SLICE ? 0 : POLL_MS;
    } catch (error) {
      // Once, and not with every round until the database is back.
      if (!this.isTroubled && !isAnnounced(error))
        this.logger.warn({ err: error }, 'Could not number events; readers of the log wait for that');
      this.isTroubled = true;
      return 2 * POLL_MS;
    }
  }

  /**
   * Numbers what has arrived, `SLICE` events at most.
   * @returns how many; 0 also when another instance is at it
   */
  async number(): Promise<number> {
    const arrived = await this.sql.row('SELECT FROM outbox LIMIT 1');
    if (!arrived) return 0;
    const count = await inTransaction(this.dataSource, { lockTimeoutMs: LOCK_TIMEOUT_MS }, async (query) => {
      const [head] = await query<Head>(
        `SELECT first_position, position, end_position,
                set_config('idle_in_transaction_session_timeout', '${FROZEN_MS}', true)
         FROM log_head FOR NO KEY UPDATE SKIP LOCKED`,
        [],
      );
      return head ? moveArrived(query, head) : 0;
    });
    if (count > 0) this.numbered.next();
    return count;
  }
}

/** In a transaction that holds the row of the head. */
async function moveArrived(query: Query, { first_position, position, end_position }: Head): Promise<number> {
  const [last, end] = [Number(position), Number(end_position)];
  // A new part in good time, so that there is always one to number into.
  const size = sizeOfNextPart(Number(first_position), last, end);
  if (size !== undefined) await query('SELECT extend_log($1)', [size]);
  const [{ moved }] = await query<{ moved: number }>(
    `WITH arrived AS (
       DELETE FROM outbox WHERE position = ANY (ARRAY(SELECT position FROM outbox ORDER BY position LIMIT $2))
       RETURNING position, ${COLUMNS}
     ), numbered AS (
       INSERT INTO log (position, ${COLUMNS})
       SELECT $1 + row_number() OVER (ORDER BY position), ${COLUMNS} FROM arrived
       RETURNING 1
     )
     UPDATE log_head SET position = position + (SELECT count(*) FROM numbered)
     RETURNING (SELECT count(*)::int FROM numbered) AS moved`,
    [last, Math.min(SLICE, end - 1 - last)],
  );
  return moved;
}
