import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import { READS } from '../database/data-source';
import { Sql } from '../database/sql';
import { Metrics } from '../metrics/contracts';
import { Retention } from './retention';

/** What is removed when it has been kept for long enough (promise 6), the same on each instance. */
@Injectable()
export class RetentionMetrics {
  constructor(metrics: Metrics, retention: Retention, @InjectDataSource(READS) reads: DataSource) {
    const sql = new Sql(reads);
    const overdue = new Gauge({
      name: 'stock_allocation_retention_overdue_seconds',
      help: 'For how long nobody has looked for what is no longer kept, beyond the time at which it was due.',
      labelNames: ['rule'],
      registers: [metrics.registry],
    });
    metrics.whenRead('retention', [overdue], async () => {
      const rows = await sql.rows<{ rule: string; seconds: number }>(
        `SELECT name AS rule, greatest(extract(epoch FROM now() - due_at), 0)::float8 AS seconds FROM retention
         WHERE name = ANY ($1::text[])`,
        [retention.names],
      );
      for (const { rule, seconds } of rows) overdue.set({ rule }, seconds);
    });
  }
}
