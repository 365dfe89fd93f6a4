import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Attention, type AttentionSource, type Notice } from '../../attention/contracts';
import { READS } from '../../database/data-source';
import { Sql } from '../../database/sql';

/** Endpoints that take nothing, or that were disabled for that; those that fail longest first. */
@Injectable()
@Attention({ name: 'webhooks', title: 'Failing webhooks', scope: 'admin', order: 40 })
export class WebhookAttention implements AttentionSource {
  private readonly sql: Sql;

  constructor(@InjectDataSource(READS) dataSource: DataSource) {
    this.sql = new Sql(dataSource);
  }

  async notices(limit: number): Promise<Notice[]> {
    const rows = await this.sql.rows<{ id: string; url: string; because: string | null; since: Date | null }>(
      `SELECT id, url, disabled_because AS because, failing_since AS since FROM webhooks
       WHERE failing_since IS NOT NULL OR disabled_because IS NOT NULL ORDER BY failing_since, id LIMIT $1`,
      [limit],
    );
    return rows.map(({ id, url, because, since }) => {
      const state =
        because === null ? 'takes nothing' : because === 'gone' ? 'disabled: gone' : 'disabled: failing';
      return { kind: 'webhook', id, text: `${url} ${state}`, when: since?.toISOString() };
    });
  }
}
