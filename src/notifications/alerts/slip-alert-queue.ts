import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { BatchEtaChanged, Recorded } from '../../allocation/contracts';
import { Sql } from '../../database/sql';
import { alerts } from './alert-diagnostics';
import { MailSender } from '../mail/mail-sender';
import { queueMails } from '../mail/mail-queue';
import { NotificationsSettings } from '../notifications-settings';
import { type LateLine, LINES_NAMED, slipMail } from './slip-alert';

interface LateRow extends LateLine {
  /** How many lines are late in all. */
  readonly lines: number;
  readonly pieces: number;
}

/**
 * Queues one mail for each slip, whatever number of lines it made late: what became of them are the events that follow
 * it in its unit of work, so they are added up where they lie.
 */
@Injectable()
export class SlipAlertQueue {
  private readonly sql: Sql;

  constructor(
    dataSource: DataSource,
    private readonly settings: NotificationsSettings,
    private readonly sender: MailSender,
  ) {
    this.sql = new Sql(dataSource);
  }

  /**
   * Resolves when the mail is queued, or when no line is later than before. A slip that comes again makes no other mail.
   * @throws Unavailable
   */
  async note(slip: Recorded<BatchEtaChanged>): Promise<void> {
    const late = await this.lateLines(slip);
    if (late.length === 0) return;
    const { sku, batchRef, eta, previousEta } = slip.event;
    const [{ lines, pieces: qty }] = late;
    const content = { eventId: slip.id, sku, batchRef, eta, previousEta, lines, qty, first: late };
    await queueMails(this.sql, [slipMail(content, this.settings.STOCK_ALERTS_TO)]);
    alerts.publish({ kind: 'late', mails: 1 });
    this.sender.wake();
  }

  /**
   * The first lines that were promised from the batch for its old day, and are promised for a later one since. The unit
   * of work ends with the last event in a row that has the same cause.
   */
  private lateLines({ sequence, causationId, event }: Recorded<BatchEtaChanged>): Promise<LateRow[]> {
    return this.sql.rows(
      `SELECT data->>'orderId' AS "orderId", (data->>'qty')::int AS qty, data->>'batchRef' AS "batchRef",
         data->>'eta' AS eta, count(*) OVER ()::int AS lines, sum((data->>'qty')::int) OVER ()::float8 AS pieces
       FROM events
       WHERE sku = $1 AND sequence > $2 AND sequence < coalesce(
           (SELECT sequence FROM events WHERE sku = $1 AND sequence > $2 AND causation_id <> $3
            ORDER BY sequence LIMIT 1), 9223372036854775807)
         AND type = 'PromiseChanged' AND data->>'previousBatchRef' = $4 AND data->>'previousEta' = $5
         AND data->>'eta' > $5
       ORDER BY sequence LIMIT ${LINES_NAMED}`,
      [event.sku, sequence, causationId, event.batchRef, event.previousEta],
    );
  }
}
