import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Mail } from './mailer';
import { queueMails } from './mail-queue';
import { NotificationsSettings } from './notifications-settings';
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

/** Notes what happens to stock and queues a mail for each alert, both in one transaction. */
@Injectable()
export class StockAlertQueue {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: NotificationsSettings,
  ) {}

  /**
   * @param changes in any order
   * @returns how many mails were queued
   */
  async note(changes: readonly StockChange[]): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      const alerts = await this.lock(manager, [...new Set(changes.map(({ sku }) => sku))]);
      const mails: Mail[] = [];
      // Oldest first, so that the mail names the first order that was refused.
      for (const change of changes.toSorted((a, b) => a.sequence - b.sequence)) {
        const refusal = alerts.get(change.sku)?.note(change);
        if (refusal) mails.push(outOfStockMail(change.sku, refusal, this.settings.STOCK_ALERTS_TO));
      }
      await this.save(manager, [...alerts.values()]);
      // A mail that was queued already, before someone emptied stock_alerts, is not queued again.
      await queueMails(manager, mails);
      return mails.length;
    });
  }

  /** Other instances wait with these SKUs until the transaction ends. In their order, so that nobody waits in a circle. */
  private async lock(manager: EntityManager, skus: string[]): Promise<Map<string, StockAlert>> {
    await manager.query(
      'INSERT INTO stock_alerts (sku) SELECT sku FROM unnest($1::text[]) AS noted (sku) ORDER BY sku ON CONFLICT DO NOTHING',
      [skus],
    );
    const rows = await manager.query<StockAlertRow[]>(
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

  private async save(manager: EntityManager, alerts: readonly StockAlert[]): Promise<void> {
    await manager.query(
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
        alerts.map(({ refusals }) => refusals.toldSequence),
        alerts.map(({ refusals }) => refusals.latest && JSON.stringify(refusals.latest)),
        alerts.map(({ soldOut }) => soldOut.sequence),
        alerts.map(({ soldOut }) => soldOut.toldSequence),
        alerts.map(({ soldOut }) => soldOut.latest && JSON.stringify(soldOut.latest)),
      ],
    );
  }
}
