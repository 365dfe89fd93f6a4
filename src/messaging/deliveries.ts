import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { isAnnounced } from '../database/errors';
import { RetryPolicy } from './retry-policy';

/** A handler that failed on an event. */
export interface FailedDelivery {
  readonly handler: string;
  readonly eventId: string;
  readonly error: unknown;
}

/** Keeps which events have reached their handlers. */
export abstract class Deliveries {
  /** Every handler of these events has been tried; those that failed are to be tried again. */
  abstract settle(eventIds: readonly string[], failures: readonly FailedDelivery[]): void;
}

/** For a service that keeps nothing: what failed stays failed. */
export class ForgottenDeliveries extends Deliveries {
  override settle(): void {}
}

/** How long to collect what has settled, in milliseconds. A crash meanwhile only delivers it again. */
const COLLECT_MS = 50;

/** Deliveries in PostgreSQL, written in bulk a moment after they settled: nobody waits for it. */
@Injectable()
export class PostgresDeliveries extends Deliveries implements OnApplicationShutdown {
  private readonly logger = new Logger(PostgresDeliveries.name);
  private settled: string[] = [];
  private failures: FailedDelivery[] = [];
  private timer?: NodeJS.Timeout;
  private isTroubled = false;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly retryPolicy: RetryPolicy,
  ) {
    super();
  }

  override settle(eventIds: readonly string[], failures: readonly FailedDelivery[]): void {
    for (const id of eventIds) this.settled.push(id);
    for (const failure of failures) this.failures.push(failure);
    this.timer ??= setTimeout(() => void this.flush(), COLLECT_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  /** Writes what has settled so far. Resolves when that is done, or will be tried again. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    const { settled, failures } = this;
    if (settled.length === 0) return;
    this.settled = [];
    this.failures = [];
    try {
      await this.dataSource.transaction(async (manager) => {
        // Lost in a crash of the database, it is found again: the events are delivered once more.
        if (failures.length === 0) await manager.query('SET LOCAL synchronous_commit = off');
        if (failures.length > 0) await this.keep(manager, failures);
        await manager.query(`DELETE FROM outbox_pending WHERE event_id = ANY($1::uuid[])`, [settled]);
      });
      this.isTroubled = false;
    } catch (error) {
      // Once, and not with every attempt until the database is back.
      if (!this.isTroubled && !isAnnounced(error)) {
        this.logger.warn(
          { err: error },
          `Could not note that ${settled.length} events were delivered; trying again`,
        );
      }
      this.isTroubled = true;
      this.settled = settled.concat(this.settled);
      this.failures = failures.concat(this.failures);
      this.timer ??= setTimeout(() => void this.flush(), 20 * COLLECT_MS).unref();
    }
  }

  private async keep(manager: EntityManager, failures: readonly FailedDelivery[]): Promise<void> {
    await manager.query(
      `INSERT INTO failed_deliveries (handler, event_id, attempts, error, next_attempt_at)
       SELECT handler, event_id, 1, error, now() + pause * interval '1 ms'
       FROM unnest($1::text[], $2::uuid[], $3::text[], $4::float8[]) AS failed (handler, event_id, error, pause)
       ON CONFLICT DO NOTHING`,
      [
        failures.map(({ handler }) => handler),
        failures.map(({ eventId }) => eventId),
        failures.map(({ error }) => messageOf(error)),
        failures.map(() => this.retryPolicy.pauseAfter(1)),
      ],
    );
  }
}

/** What is kept of an error: its message, within bounds. */
export function messageOf(error: unknown): string {
  // PostgreSQL takes any text but NUL.
  return (error instanceof Error ? error.message : String(error)).replaceAll('\0', '').slice(0, 2_000);
}
