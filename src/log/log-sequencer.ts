import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Subject } from 'rxjs';
import { DataSource } from 'typeorm';
import { Sql } from '../database/sql';
import { inTransaction, type Query } from '../database/transaction';
import { Polling } from '../polling';
import { continueEpoch, continueEpochAfter, TIMELINE } from './log-epochs';
import { sizeOfNextPart } from './log-parts';
import { Trouble } from '../trouble';

/** Events that are moved at once: enough to share a commit, few enough that nobody waits long for the next one. */
const SLICE = 2_000;
/** How often it is looked for events of others, in milliseconds: of the command line, or of an older instance. */
const POLL_MS = 250;
/** How long events of this instance are gathered, in milliseconds. The feed is late by so much. */
const GATHER_MS = 15;
/**
 * A look at the outbox reads past all rows that are not committed yet: hundreds of thousands while a large batch is
 * cut. After a round that took longer than this, in milliseconds, without much to move, there is a pause of many times
 * that, even if other events are committed meanwhile. Else a processor would do nothing but look.
 */
const SLOW_ROUND_MS = 50;
const PAUSES_PER_SLOW_ROUND = 9;
/** How long to wait for somebody who looks at the tables of the log, in milliseconds. */
const LOCK_TIMEOUT_MS = 1_000;
/** An instance that freezes while it numbers is followed by another one after this time, in milliseconds. */
const FROZEN_MS = 2_000;

const COLUMNS =
  'id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, traceparent, key_id, data, claimed_until';

interface Head {
  readonly first_position: string;
  readonly position: string;
  readonly end_position: string;
  readonly settled: string;
  readonly timeline: number;
}

/** What came of a move. */
interface Moved {
  readonly moved: number;
  /** The place in the outbox of the last event that was moved; null when there was none. */
  readonly last: string | null;
  /** The id of the transaction that moved. */
  readonly xid: string;
  readonly settled: string;
}

/**
 * A place in the outbox that is about to be settled. Who writes there has a transaction id before it draws a place, since
 * it has locked or written its product; so once every transaction has ended that is older than `xid`, which was given out
 * after the place was read, nothing arrives there any more. Read-only transactions have no id, and are not waited for.
 */
interface Mark {
  readonly place: string;
  /** Undefined until the next move. */
  readonly xid?: string;
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
 *
 * Rows that were moved stay in the table for as long as any snapshot can see them, hours maybe. So it is looked behind the
 * place up to which the outbox is settled, which moves on a move or two after the events do.
 */
@Injectable()
export class LogSequencer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(LogSequencer.name);
  private readonly polling = new Polling(() => this.round());
  private readonly trouble = new Trouble(
    this.logger,
    'Could not number events; readers of the log wait for that',
  );
  private stopped = false;
  private mark?: Mark;
  /** The timeline of the server on which this instance has numbered last. */
  private timeline?: number;
  /** Whether this instance has looked: its first look ignores `settled` and reads the outbox from its beginning. */
  private hasLooked = false;
  /** Until when to leave the outbox alone, by `performance.now()`. */
  private restsUntil = 0;
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
    const rest = this.restsUntil - performance.now();
    if (rest > 0) return rest;
    try {
      // After a failure another server may have taken over, without the last events that were read from the one before.
      if (this.trouble.lasts) await continueEpoch(this.sql);
      const began = performance.now();
      const count = await this.number();
      this.trouble.end();
      if (count === SLICE) return 0;
      const ended = performance.now();
      if (ended - began > SLOW_ROUND_MS) this.restsUntil = ended + PAUSES_PER_SLOW_ROUND * (ended - began);
      return POLL_MS;
    } catch (error) {
      this.trouble.begin(error);
      return 2 * POLL_MS;
    }
  }

  /**
   * Numbers what has arrived, `SLICE` events at most.
   * @returns how many; 0 also when another instance is at it
   */
  async number(): Promise<number> {
    const arrived = await this.sql.row(
      `SELECT FROM outbox WHERE position > CASE WHEN $1 THEN (SELECT settled FROM log_head) ELSE 0 END
       ORDER BY position LIMIT 1`,
      [this.hasLooked],
    );
    const fromBeginning = !this.hasLooked;
    this.hasLooked = true;
    if (!arrived) return 0;
    const moved = await inTransaction(this.dataSource, { lockTimeoutMs: LOCK_TIMEOUT_MS }, async (query) => {
      const [head] = await query<Head>(
        `SELECT first_position, position, end_position, settled, ${TIMELINE} AS timeline,
                set_config('idle_in_transaction_session_timeout', '${FROZEN_MS}', true)
         FROM log_head FOR NO KEY UPDATE SKIP LOCKED`,
        [],
      );
      // Another server may have taken over without a round that failed, since other connections did.
      if (head && head.timeline !== this.timeline) {
        await continueEpochAfter(query, head.position);
        this.mark = undefined;
        this.timeline = head.timeline;
      }
      return head && moveArrived(query, fromBeginning ? { ...head, settled: '0' } : head, this.mark);
    }).catch((error: unknown) => {
      // After a failure nothing that is known of the server holds: the next answer may come from another one.
      this.mark = undefined;
      this.timeline = undefined;
      throw error;
    });
    if (!moved || moved.moved === 0) return 0;
    this.mark = nextMark(this.mark, moved);
    this.numbered.next();
    return moved.moved;
  }
}

/** In a transaction that holds the row of the head. Settles the mark when all that was before it has been moved. */
async function moveArrived(
  query: Query,
  { first_position, position, end_position, settled }: Head,
  mark?: Mark,
): Promise<Moved> {
  const [last, end] = [Number(position), Number(end_position)];
  // A new part in good time, so that there is always one to number into.
  const size = sizeOfNextPart(Number(first_position), last, end);
  if (size !== undefined) await query('SELECT extend_log($1)', [size]);
  const [moved] = await query<Moved>(
    `WITH arrived AS (
       DELETE FROM outbox
       WHERE position = ANY (ARRAY(SELECT position FROM outbox WHERE position > $3 ORDER BY position LIMIT $2))
       RETURNING position, ${COLUMNS}
     ), numbered AS (
       INSERT INTO log (position, ${COLUMNS})
       SELECT $1 + row_number() OVER (ORDER BY position), ${COLUMNS} FROM arrived
       RETURNING 1
     ), moved AS (
       SELECT (SELECT count(*)::int FROM numbered) AS moved, (SELECT max(position) FROM arrived) AS last
     )
     UPDATE log_head
     SET position = position + moved.moved,
         settled = CASE WHEN moved.last >= $4::bigint AND pg_snapshot_xmin(pg_current_snapshot()) >= $5::text::xid8
                   THEN greatest(settled, $4::bigint) ELSE settled END
     FROM moved
     RETURNING moved.moved, moved.last, settled, pg_current_xact_id()::text AS xid`,
    [last, Math.min(SLICE, end - 1 - last), settled, mark?.xid && mark.place, mark?.xid],
  );
  return moved;
}

/** The mark after a move: the same while older transactions are open, then the last event that was moved. */
function nextMark(mark: Mark | undefined, { last, xid, settled }: Moved): Mark {
  const isSettled = mark && Number(settled) >= Number(mark.place);
  // Only events from before the mark, which came late, were moved; or the database was set back to an earlier state.
  const isBehind = mark && Number(last) < Number(mark.place);
  if (!mark || isSettled || isBehind) return { place: last! };
  return { place: mark.place, xid: mark.xid ?? xid };
}
