import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CoalescedWrites } from '../../database/coalesced-writes';
import { Sql } from '../../database/sql';
import { Polling } from '../../polling';
import { alerts } from './alert-diagnostics';
import { MailSender } from '../mail/mail-sender';
import { queueMails } from '../mail/mail-queue';
import { NotificationsSettings } from '../notifications-settings';
import { type ExpectedBatch, type OverdueBatch, overdueMail } from './overdue-alert';
import { Trouble } from '../../trouble';

/** How often it is looked for batches whose day is over, in milliseconds. */
const POLL_MS = 60_000;

/** Batches that are in one mail at most: a ship has some dozens, and all of them are overdue at the same time. */
const BATCHES_PER_MAIL = 100;

/**
 * Notes which batches are expected and when, and queues a mail about those that are overdue: each once for the day that
 * it was expected on, by whichever instance finds it first. A day is over at midnight UTC, by the clock of the database.
 */
@Injectable()
export class OverdueAlertQueue implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(OverdueAlertQueue.name);
  private readonly sql: Sql;
  private readonly expected = new CoalescedWrites<ExpectedBatch>((batches) => this.noteAll(batches));
  private readonly polling = new Polling(() => this.round());
  private readonly trouble = new Trouble(
    this.logger,
    'Could not look for batches that are overdue; trying again',
  );

  constructor(
    dataSource: DataSource,
    private readonly settings: NotificationsSettings,
    private readonly sender: MailSender,
  ) {
    this.sql = new Sql(dataSource);
  }

  onApplicationBootstrap(): void {
    this.polling.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.polling.stop();
  }

  /**
   * Resolves when it is noted, in whatever order events come and however often.
   * @throws Unavailable
   */
  async note(batch: ExpectedBatch): Promise<void> {
    await this.expected.add([batch]);
    // Some are written down when they are late already.
    if (batch.eta && batch.eta < new Date().toISOString()) this.polling.wake();
  }

  private async noteAll(batches: readonly ExpectedBatch[]): Promise<void> {
    const days = newestOf(batches.filter(({ eta }) => eta !== undefined));
    const quantities = newestOf(batches.filter(({ qty }) => qty !== undefined));
    const rows = [...newestOf(batches).values()];
    // In the order of the keys, so that two instances never wait for each other. Days and quantities are told by
    // different events, so each has a sequence number of its own.
    await this.sql.count(
      `INSERT INTO expected_batches AS known (ref, sku, eta, sequence, is_lost, qty_sequence)
       SELECT * FROM unnest($1::text[], $2::text[], $3::date[], $4::bigint[], $5::boolean[], $6::bigint[])
         AS noted (ref, sku, eta, sequence, is_lost, qty_sequence)
       ORDER BY ref COLLATE "C"
       ON CONFLICT (ref) DO UPDATE
       SET eta = CASE WHEN known.sequence < excluded.sequence THEN excluded.eta ELSE known.eta END,
           sequence = greatest(known.sequence, excluded.sequence),
           is_lost = CASE WHEN known.qty_sequence < excluded.qty_sequence THEN excluded.is_lost ELSE known.is_lost END,
           qty_sequence = greatest(known.qty_sequence, excluded.qty_sequence)
       WHERE known.sequence < excluded.sequence OR known.qty_sequence < excluded.qty_sequence`,
      [
        rows.map((batch) => batch.ref),
        rows.map(({ sku }) => sku),
        rows.map(({ ref: batchRef }) => days.get(batchRef)?.eta ?? null),
        rows.map(({ ref: batchRef }) => days.get(batchRef)?.sequence ?? 0),
        rows.map(({ ref: batchRef }) => quantities.get(batchRef)?.qty === 0),
        rows.map(({ ref: batchRef }) => quantities.get(batchRef)?.sequence ?? 0),
      ],
    );
  }

  /** @returns the pause until the next round, in milliseconds */
  private async round(): Promise<number> {
    try {
      const notified = await this.notify();
      this.trouble.end();
      return notified === BATCHES_PER_MAIL ? 0 : POLL_MS;
    } catch (error) {
      this.trouble.begin(error);
      return POLL_MS;
    }
  }

  /**
   * Queues one mail about the batches that are overdue and of which nobody was told, those first that are so for longest.
   * @returns how many they are
   */
  async notify(): Promise<number> {
    const batches = await this.sql.transaction(async (sql) => {
      const overdue = await sql.rows<OverdueBatch>(
        `WITH overdue AS (
           SELECT ref FROM expected_batches
           WHERE (told IS NULL OR told < eta) AND NOT is_lost AND eta < (now() AT TIME ZONE 'UTC')::date
           ORDER BY eta, ref LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
         ), told AS (
           UPDATE expected_batches b SET told = eta FROM overdue WHERE b.ref = overdue.ref
           RETURNING b.ref, sku, eta
         )
         SELECT ref, sku, eta::text FROM told ORDER BY told.eta, ref`,
        [BATCHES_PER_MAIL],
      );
      if (overdue.length > 0) await queueMails(sql, [overdueMail(overdue, this.settings.STOCK_ALERTS_TO)]);
      return overdue;
    });
    if (batches.length > 0) {
      alerts.publish({ kind: 'overdue', mails: 1 });
      this.sender.wake();
    }
    return batches.length;
  }
}

/** What the newest event says of each batch. */
function newestOf(batches: readonly ExpectedBatch[]): Map<string, ExpectedBatch> {
  const newest = new Map<string, ExpectedBatch>();
  for (const batch of batches)
    if (batch.sequence > (newest.get(batch.ref)?.sequence ?? 0)) newest.set(batch.ref, batch);
  return newest;
}
