import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Counter, Gauge, Histogram } from 'prom-client';
import { DataSource } from 'typeorm';
import { READS } from '../../database/data-source';
import { Sql } from '../../database/sql';
import { Metrics } from '../../metrics/contracts';
import { Unavailable } from '../../unavailable';
import { DuplicateMessage, UnitOfWork } from '../application/unit-of-work';
import { DomainError } from '../domain/errors';
import { answeredUnits, commits } from './group-commit/commit-diagnostics';
import type { GroupCommit } from './group-commit/group-commit';
import type { Answer } from '../application/run-units';

/** Events that are counted at most, so that many of them cost no more. */
const COUNT_LIMIT = 10_000;

/** Units of work, and the transactions that they share. */
@Injectable()
export class AllocationMetrics {
  constructor(
    metrics: Metrics,
    @Inject(UnitOfWork) groupCommit: GroupCommit,
    @InjectDataSource(READS) reads: DataSource,
  ) {
    const registers = [metrics.registry];
    const unitDurations = new Histogram({
      name: 'stock_allocation_unit_of_work_duration_seconds',
      help: 'From the moment in which a command came in to that in which it was answered, and its events handled.',
      labelNames: ['outcome'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    const outcome = {
      done: unitDurations.labels('done'),
      refused: unitDurations.labels('refused'),
      unavailable: unitDurations.labels('unavailable'),
      error: unitDurations.labels('error'),
    };
    metrics.listen(answeredUnits, ({ answer, seconds }) => outcome[outcomeOf(answer)].observe(seconds));

    const commitDurations = new Histogram({
      name: 'stock_allocation_commit_duration_seconds',
      help: 'How long a transaction took that units of work shared.',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    const sizes = new Histogram({
      name: 'stock_allocation_commit_units',
      help: 'How many units of work shared a transaction.',
      buckets: [1, 2, 4, 8, 16, 32, 64],
      registers,
    });
    const retries = new Counter({
      name: 'stock_allocation_unit_of_work_retries_total',
      help: 'Units of work that were run again: another writer was faster (conflict), or held the product (locked) or a row (blocked).',
      labelNames: ['reason'],
      registers,
    });
    for (const reason of ['conflict', 'locked', 'blocked']) retries.inc({ reason }, 0);
    metrics.listen(commits, ({ outcomes, seconds }) => {
      commitDurations.observe(seconds);
      sizes.observe(outcomes.length);
      for (const is of outcomes) if (is !== 'done' && is !== 'failed') retries.inc({ reason: is });
    });

    new Gauge({
      name: 'stock_allocation_unit_of_work_pending',
      help: 'Units of work that are not answered yet. Above 10,000 new ones are refused.',
      registers,
      collect() {
        this.set(groupCommit.pending);
      },
    });
    const pendingViews = new Gauge({
      name: 'stock_allocation_views_pending_events',
      help: `Events that the views are yet to show, since they could not be written with them; ${COUNT_LIMIT} at most.`,
      registers,
    });
    const sql = new Sql(reads);
    metrics.whenRead('views', [pendingViews], async () => {
      const [{ count }] = await sql.rows<{ count: number }>(
        `SELECT count(*)::float8 AS count FROM (SELECT FROM pending_views ORDER BY noted_at LIMIT ${COUNT_LIMIT}) pending`,
      );
      pendingViews.set(count);
    });
  }
}

function outcomeOf(answer: Answer): 'done' | 'refused' | 'unavailable' | 'error' {
  if (answer.is === 'done') return 'done';
  if (answer.reason instanceof DomainError || answer.reason instanceof DuplicateMessage) return 'refused';
  return answer.reason instanceof Unavailable ? 'unavailable' : 'error';
}
