import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CoalescedWrites } from '../database/coalesced-writes';
import { Sql } from '../database/sql';
import { Polling } from '../polling';
import { alerts } from './mail-diagnostics';
import { MailSender } from './mail-sender';
import { queueMails } from './mail-queue';
import { NotificationsSettings } from './notifications-settings';
import { type ExpectedBatch, type OverdueBatch, overdueMail } from './overdue-alert';
import { Trouble } from '../trouble';

/** How often it is looked for batches whose day is over, in milliseconds. */
const POLL_MS = 60_000;

/** Batches that are in one mail at most: a ship has some dozens, and all of them are overdue at the same time. */
const BATCHES_TOLD = 100;

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
    if (batch.eta !== null && batch.eta < new Date().toISOString()) this.polling.wake();
  }

  private async noteAll(batches: readonly ExpectedBatch[]): Promise<void> {
    const newest = new Map<string, ExpectedBatch>();
    for (const batch of batches)
      if (batch.sequence > (newest.get(batch.ref)?.sequence ?? 0)) newest.set(batch.ref, batch);
    const rows = [...newest.values()];
    // In the order of the keys, so that two instances never wait for each other.
    await this.sql.count(
      `INSERT INTO expected_batches AS known (ref, sku, eta, sequence)
       SELECT * FROM unnest($1::text[], $2::text[], $3::date[], $4::bigint[]) AS noted (ref, sku, eta, sequence)
       ORDER BY ref COLLATE "C"
       ON CONFLICT (ref) DO UPDATE SET eta = excluded.eta, sequence = excluded.sequence
       WHERE known.sequence < excluded.sequence`,
      [
        rows.map(({ ref }) => ref),
        rows.map(({ sku }) => sku),
        rows.map(({ eta }) => eta),
        rows.map(({ sequence }) => sequence),
      ],
    );
  }

  /** @returns the pause until the next round, in milliseconds */
  private async round(): Promise<number> {
    try {
      const told = await this.tell();
      this.trouble.end();
      return told === BATCHES_TOLD ? 0 : POLL_MS;
    } catch (error) {
      this.trouble.begin(error);
      return POLL_MS;
    }
  }

  /**
   * Queues one mail about the batches that are overdue and of which nobody was told, those first that are so for longest.
   * @returns how many they are
   */
  async tell(): Promise<number> {
    const batches = await this.sql.transaction(async (sql) => {
      const overdue = await sql.rows<OverdueBatch>(
        `WITH overdue AS (
           SELECT ref FROM expected_batches
           WHERE (told IS NULL OR told < eta) AND eta < (now() AT TIME ZONE 'UTC')::date
           ORDER BY eta, ref LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
         ), told AS (
           UPDATE expected_batches b SET told = eta FROM overdue WHERE b.ref = overdue.ref
           RETURNING b.ref, sku, eta
         )
         SELECT ref, sku, eta::text FROM told ORDER BY told.eta, ref`,
        [BATCHES_TOLD],
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
