import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import { READS } from '../../database/data-source';
import { Sql } from '../../database/sql';
import { Metrics } from '../../metrics/contracts';

/** Orders that are counted at most, so that many of them cost no more. */
const COUNT_LIMIT = 10_000;

/** Orders that somebody has to go on with. */
@Injectable()
export class OrderMetrics {
  constructor(metrics: Metrics, @InjectDataSource(READS) reads: DataSource) {
    const registers = [metrics.registry];
    const unfinished = new Gauge({
      name: 'stock_allocation_orders_unfinished',
      help: `Orders for which something is under way, or is to be gone on with; ${COUNT_LIMIT} at most.`,
      registers,
    });
    const age = new Gauge({
      name: 'stock_allocation_orders_unfinished_age_seconds',
      help: 'For how long something has been under way for the order for which it has been for longest. An order that is well takes a second.',
      registers,
    });
    const sql = new Sql(reads);
    metrics.whenRead('orders', [unfinished, age], async () => {
      const [{ count, seconds }] = await sql.rows<{ count: number; seconds: number }>(
        `SELECT count(*)::float8 AS count, coalesce(extract(epoch FROM now() - min(changed_at)), 0)::float8 AS seconds
         FROM (SELECT changed_at FROM orders WHERE due_at IS NOT NULL ORDER BY due_at LIMIT ${COUNT_LIMIT}) unfinished`,
      );
      unfinished.set(count);
      age.set(Math.max(0, seconds));
    });
  }
}
