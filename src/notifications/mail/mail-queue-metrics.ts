import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Counter, Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import { READS } from '../../database/data-source';
import { Sql } from '../../database/sql';
import { Metrics } from '../../metrics/contracts';
import { alerts } from '../alerts/alert-diagnostics';
import { mailAttempts } from './mail-diagnostics';

/** Mails that are counted at most, so that many of them cost no more. */
const COUNT_LIMIT = 10_000;

/** Alerts, and the mails by which people are told. */
@Injectable()
export class MailMetrics {
  constructor(metrics: Metrics, @InjectDataSource(READS) reads: DataSource) {
    const registers = [metrics.registry];
    const queued = new Counter({
      name: 'stock_allocation_alerts_total',
      help: 'Mails that this instance queued: something is out of stock, late or overdue.',
      labelNames: ['kind'],
      registers,
    });
    for (const kind of ['out of stock', 'late', 'overdue']) queued.inc({ kind }, 0);
    metrics.listen(alerts, ({ kind, mails }) => queued.inc({ kind }, mails));

    const attempts = new Counter({
      name: 'stock_allocation_mail_attempts_total',
      help: 'Attempts of this instance to send a mail, by what came of them.',
      labelNames: ['outcome'],
      registers,
    });
    for (const outcome of ['sent', 'put off', 'given up']) attempts.inc({ outcome }, 0);
    metrics.listen(mailAttempts, (outcome) => attempts.inc({ outcome }));

    const waiting = new Gauge({
      name: 'stock_allocation_mails_waiting',
      help: `Mails that are to be sent, the same on each instance; ${COUNT_LIMIT} at most.`,
      registers,
    });
    const oldest = new Gauge({
      name: 'stock_allocation_mails_age_seconds',
      help: 'How long ago the oldest of them was queued; 0 when there is none.',
      registers,
    });
    const sql = new Sql(reads);
    metrics.whenRead('mails', [waiting, oldest], async () => {
      const [queue] = await sql.rows<{ waiting: number; age: number }>(
        `SELECT count(*)::float8 AS waiting, coalesce(extract(epoch FROM now() - min(queued_at)), 0)::float8 AS age
         FROM (SELECT queued_at FROM mail_queue WHERE sent_at IS NULL AND failed_at IS NULL
               ORDER BY due_at LIMIT ${COUNT_LIMIT}) due`,
      );
      waiting.set(queue.waiting);
      oldest.set(Math.max(queue.age, 0));
    });
  }
}
