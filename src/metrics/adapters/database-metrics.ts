import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import { Gauge, Histogram } from 'prom-client';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { READS } from '../../database/data-source';
import { statements } from '../../database/statements';
import { Metrics } from '../metrics';

/** Connections and statements, by the names of OpenTelemetry. */
@Injectable()
export class DatabaseMetrics {
  constructor(metrics: Metrics, writes: DataSource, @InjectDataSource(READS) reads: DataSource) {
    const registers = [metrics.registry];
    const durations = new Histogram({
      name: 'db_client_operation_duration_seconds',
      help: 'From the moment in which a statement was sent, maybe behind others, to that in which it was answered.',
      labelNames: ['db_operation_name', 'error_type'],
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    metrics.listen(statements, ({ operation, seconds, error }) =>
      durations.labels(operation, error ?? '').observe(seconds),
    );

    const pool = 'db_client_connection_pool_name';
    const count = new Gauge({
      name: 'db_client_connection_count',
      help: 'Connections to the database, by what they are doing.',
      labelNames: [pool, 'db_client_connection_state'],
      registers,
    });
    const most = new Gauge({
      name: 'db_client_connection_max',
      help: 'Connections to the database that there may be.',
      labelNames: [pool],
      registers,
    });
    const pending = new Gauge({
      name: 'db_client_connection_pending_requests',
      help: 'Who waits for a connection to the database. After five seconds they are answered 503.',
      labelNames: [pool],
      registers,
    });
    const pools = { writes: poolOf(writes), reads: poolOf(reads) };
    metrics.whenRead('connections', [count, most, pending], async () => {
      for (const [name, { totalCount, idleCount, waitingCount, options }] of Object.entries(pools)) {
        count.set({ [pool]: name, db_client_connection_state: 'idle' }, idleCount);
        count.set({ [pool]: name, db_client_connection_state: 'used' }, totalCount - idleCount);
        most.set({ [pool]: name }, options.max);
        pending.set({ [pool]: name }, waitingCount);
      }
    });
  }
}

function poolOf({ driver }: DataSource): Pool {
  return (driver as PostgresDriver).master as Pool;
}
