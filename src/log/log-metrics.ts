import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import { READS } from '../database/data-source';
import { Sql } from '../database/sql';
import { Metrics } from '../metrics/contracts';
import { COUNT_LIMIT, countOf, type ReaderKind } from './readers';

interface ReaderRow {
  readonly name: string;
  readonly kind: ReaderKind;
  readonly lag: number;
  readonly age: number;
  readonly failing: number;
}

/** The log and its readers, the same on each instance: what the database says. */
@Injectable()
export class LogMetrics {
  constructor(metrics: Metrics, @InjectDataSource(READS) reads: DataSource) {
    const sql = new Sql(reads);
    const gauge = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
      new Gauge({ name: `stock_allocation_${name}`, help, labelNames, registers: [metrics.registry] });

    const position = gauge('log_position', 'The position of the newest event in the log.');
    const waiting = gauge(
      'outbox_events',
      `Events that were committed and have no place in the log yet; ${COUNT_LIMIT} at most.`,
    );
    const oldest = gauge('outbox_age_seconds', 'How old the oldest of them is; 0 when there is none.');
    metrics.whenRead('the log', [position, waiting, oldest], async () => {
      const [head] = await sql.rows<{ position: number; waiting: number; age: number }>(
        `SELECT position::float8 AS position, waiting::float8 AS waiting, coalesce(age, 0)::float8 AS age
         FROM log_head CROSS JOIN LATERAL (
           SELECT count(*) AS waiting, extract(epoch FROM now() - min(occurred_at)) AS age
           FROM (SELECT occurred_at FROM outbox WHERE position > settled ORDER BY position LIMIT ${COUNT_LIMIT}) arrived
         ) outbox`,
      );
      position.set(head.position);
      waiting.set(head.waiting);
      oldest.set(Math.max(head.age, 0));
    });

    const ofReader = ['reader', 'kind'] as const;
    const lag = gauge('reader_lag_events', 'Events in the log that a reader has not read.', [...ofReader]);
    const age = gauge('reader_lag_seconds', 'How old the oldest of them is; 0 when there is none.', [
      ...ofReader,
    ]);
    const failing = gauge(
      'reader_failing_events',
      `Events that a reader failed on, which are tried again; ${COUNT_LIMIT} at most.`,
      [...ofReader],
    );
    metrics.whenRead('readers', [lag, age, failing], async () => {
      const rows = await sql.rows<ReaderRow>(
        `SELECT name, kind, greatest(h.position - r.position, 0)::float8 AS lag,
                coalesce((SELECT extract(epoch FROM now() - occurred_at) FROM log
                          WHERE log.position > r.position ORDER BY log.position LIMIT 1), 0)::float8 AS age,
                ${countOf('redeliveries WHERE reader = r.name')} AS failing
         FROM readers r CROSS JOIN log_head h`,
      );
      for (const { name: reader, kind, ...row } of rows) {
        lag.set({ reader, kind }, row.lag);
        age.set({ reader, kind }, Math.max(row.age, 0));
        failing.set({ reader, kind }, row.failing);
      }
    });

    const dead = gauge('dead_letters', `Events that a reader failed on for good; ${COUNT_LIMIT} at most.`, [
      'reader',
    ]);
    metrics.whenRead('dead letters', [dead], async () => {
      const rows = await sql.rows<{ reader: string; count: number }>(
        `SELECT reader, count(event_id)::float8 AS count
         FROM (SELECT handler AS reader, event_id FROM dead_letters ORDER BY died_at DESC LIMIT ${COUNT_LIMIT}) newest
         FULL JOIN (SELECT name AS reader FROM readers) known USING (reader) GROUP BY reader`,
      );
      for (const { reader, count } of rows) dead.set({ reader }, count);
    });
  }
}
