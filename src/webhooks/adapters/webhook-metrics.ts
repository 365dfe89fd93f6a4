import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Gauge, Histogram } from 'prom-client';
import { DataSource } from 'typeorm';
import { READS } from '../../database/data-source';
import { Sql } from '../../database/sql';
import { Metrics } from '../../metrics/contracts';
import { posts } from '../webhook-diagnostics';

const STATES = ['taking', 'failing', 'disabled', 'disabled: gone', 'disabled: failing'] as const;

/** What is posted to endpoints, and how they are. */
@Injectable()
export class WebhookMetrics {
  constructor(metrics: Metrics, @InjectDataSource(READS) reads: DataSource) {
    const registers = [metrics.registry];
    const durations = new Histogram({
      name: 'stock_allocation_webhook_duration_seconds',
      help: 'How long an endpoint took to take an event, or until that failed.',
      labelNames: ['outcome'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
      registers,
    });
    const outcome = { taken: durations.labels('taken'), failed: durations.labels('failed') };
    metrics.listen(posts, ({ isTaken, seconds }) => outcome[isTaken ? 'taken' : 'failed'].observe(seconds));

    const endpoints = new Gauge({
      name: 'stock_allocation_webhooks',
      help: 'Endpoints, the same on each instance: that take events, fail, or are disabled, by hand or because of 410 or of days of failing.',
      labelNames: ['state'],
      registers,
    });
    const sql = new Sql(reads);
    metrics.whenRead('webhooks', [endpoints], async () => {
      const rows = await sql.rows<{ state: string; count: number }>(
        `SELECT CASE WHEN NOT enabled THEN concat_ws(': ', 'disabled', disabled_because)
                     WHEN failing_since IS NULL THEN 'taking' ELSE 'failing' END AS state, count(*)::float8 AS count
         FROM webhooks GROUP BY 1`,
      );
      for (const state of STATES) endpoints.set({ state }, 0);
      for (const { state, count } of rows) endpoints.set({ state }, count);
    });
  }
}
