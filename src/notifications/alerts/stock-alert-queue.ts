import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CoalescedWrites } from '../../database/coalesced-writes';
import { Sql, type Statements } from '../../database/sql';
import { alerts } from './alert-diagnostics';
import { MailSender } from '../mail/mail-sender';
import type { Mail } from '../mail/mailer';
import { queueMails } from '../mail/mail-queue';
import { NotificationsSettings } from '../notifications-settings';
import { outOfStockMail, type Refusal, Refusals, StockAlert, type StockChange } from './stock-alert';

interface StockAlertRow {
  sku: string;
  arrived_sequence: string;
  refused_sequence: string;
  alerted_sequence: string;
  refusal: Refusal | null;
  sold_out_sequence: string;
  sold_out_alerted_sequence: string;
  sold_out_refusal: Refusal | null;
}

/**
 * Notes what happens to stock and queues a mail for each alert, both in one transaction. What happens while one is under
 * way shares the next: when a popular product is sold out, thousands of lines are refused each second.
 */
@Injectable()
export class StockAlertQueue {
  private readonly sql: Sql;
  private readonly changes = new CoalescedWrites<StockChange>((changes) => this.noteAll(changes));

  constructor(
    dataSource: DataSource,
    private readonly settings: NotificationsSettings,
    private readonly sender: MailSender,
  ) {
    this.sql = new Sql(dataSource);
  }

  /**
   * Resolves when it is noted, in whatever order changes come.
   * @throws Unavailable
   */
  note(change: StockChange): Promise<void> {
    return this.changes.add([change]);
  }

  private async noteAll(changes: readonly StockChange[]): Promise<void> {
    const queued = await this.sql.transaction(async (sql) => {
      const alerts = await this.lock(sql, [...new Set(changes.map(({ sku }) => sku))]);
      const mails: Mail[] = [];
      // Oldest first, so that the mail names the first order that was refused.
      for (const change of changes.toSorted((a, b) => a.sequence - b.sequence)) {
        const refusal = alerts.get(change.sku)?.note(change);
        if (refusal) mails.push(outOfStockMail(change.sku, refusal, this.settings.STOCK_ALERTS_TO));
      }
      await this.save(sql, [...alerts.values()]);
      // A mail that was queued already, before someone emptied stock_alerts, is not queued again.
      await queueMails(sql, mails);
      return mails.length;
    });
    if (queued === 0) return;
    alerts.publish({ kind: 'out of stock', mails: queued });
    this.sender.wake();
  }

  /** Other instances wait with these SKUs until the transaction ends. In their order, so that nobody waits in a circle. */
  private async lock(sql: Statements, skus: string[]): Promise<Map<string, StockAlert>> {
    await sql.count(
      'INSERT INTO stock_alerts (sku) SELECT sku FROM unnest($1::text[]) AS noted (sku) ORDER BY sku ON CONFLICT DO NOTHING',
      [skus],
    );
    const rows = await sql.rows<StockAlertRow>(
      'SELECT * FROM stock_alerts WHERE sku = ANY($1::text[]) ORDER BY sku FOR NO KEY UPDATE',
      [skus],
    );
    return new Map(
      rows.map((row) => [
        row.sku,
        new StockAlert(
          row.sku,
          Number(row.arrived_sequence),
          new Refusals(Number(row.refused_sequence), Number(row.alerted_sequence), row.refusal),
          new Refusals(
            Number(row.sold_out_sequence),
            Number(row.sold_out_alerted_sequence),
            row.sold_out_refusal,
          ),
        ),
      ]),
    );
  }

  private async save(sql: Statements, alerts: readonly StockAlert[]): Promise<void> {
    await sql.count(
      `UPDATE stock_alerts s
       SET arrived_sequence = noted.arrived, refused_sequence = noted.refused, alerted_sequence = noted.alerted,
           refusal = noted.refusal, sold_out_sequence = noted.sold_out,
           sold_out_alerted_sequence = noted.sold_out_alerted, sold_out_refusal = noted.sold_out_refusal
       FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::jsonb[], $6::bigint[], $7::bigint[], $8::jsonb[])
         AS noted (sku, arrived, refused, alerted, refusal, sold_out, sold_out_alerted, sold_out_refusal)
       WHERE s.sku = noted.sku`,
      [
        alerts.map(({ sku }) => sku),
        alerts.map(({ arrived }) => arrived),
        alerts.map(({ refusals }) => refusals.sequence),
        alerts.map(({ refusals }) => refusals.notifiedSequence),
        alerts.map(({ refusals }) => refusals.latest && JSON.stringify(refusals.latest)),
        alerts.map(({ soldOut }) => soldOut.sequence),
        alerts.map(({ soldOut }) => soldOut.notifiedSequence),
        alerts.map(({ soldOut }) => soldOut.latest && JSON.stringify(soldOut.latest)),
      ],
    );
  }
}
