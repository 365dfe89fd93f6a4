import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Attention, type AttentionSource, type Notice } from '../../attention/contracts';
import { READS } from '../../database/data-source';
import { Sql } from '../../database/sql';

/** Mails that could not be sent, whether they are tried again or not; those that wait longest first. */
@Injectable()
@Attention({ name: 'mails', title: 'Mails that fail', scope: 'admin', order: 60 })
export class MailAttention implements AttentionSource {
  private readonly sql: Sql;

  constructor(@InjectDataSource(READS) dataSource: DataSource) {
    this.sql = new Sql(dataSource);
  }

  async notices(limit: number): Promise<Notice[]> {
    const mails = await this.sql.rows<{ subject: string; error: string; queuedAt: Date; failed: boolean }>(
      `(SELECT subject, error, queued_at AS "queuedAt", true AS failed FROM mail_queue
        WHERE failed_at IS NOT NULL ORDER BY failed_at DESC LIMIT $1)
       UNION ALL
       (SELECT subject, error, queued_at, false FROM mail_queue
        WHERE sent_at IS NULL AND failed_at IS NULL AND error IS NOT NULL ORDER BY due_at LIMIT $1)
       LIMIT $1`,
      [limit],
    );
    return mails.map(({ subject, error, queuedAt, failed }) => {
      const text = `${failed ? 'given up' : 'tried again'}: ${error}`;
      return { kind: 'mail', id: subject, text, when: queuedAt.toISOString() };
    });
  }
}
