import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Recorded } from '../allocation/contracts';
import { Sql, type Statements } from '../database/sql';
import type { FailedDelivery } from './handler-calls';
import { HandlerRegistry, type RegisteredHandler } from './handler-registry';
import { keepFailures, type NewFailure } from './redelivery-rows';
import { RetryPolicy } from './retry-policy';
import { Trouble } from '../trouble';

/** How long to collect what was handled, in milliseconds. A crash meanwhile only has it handled again. */
const COLLECT_MS = 50;

/** What has been handled, as the reader of the log asks for it: which handler has had events of which type. */
export function subscription(handler: string, type: string): string {
  return `${handler}/${type}`;
}

/** Notes that the handlers have had the events, of those types to which they listen. */
export async function noteHandled(
  sql: Statements,
  ids: readonly string[],
  handlers: readonly RegisteredHandler[],
): Promise<void> {
  if (ids.length === 0) return;
  const sorted = [...ids].sort();
  await sql.count(
    'INSERT INTO handled (first_id, last_id, ids, handlers) VALUES ($1, $2, $3::uuid[], $4::text[])',
    [
      sorted[0],
      sorted[sorted.length - 1],
      sorted,
      handlers.flatMap(({ name, types }) => [...types].map((type) => subscription(name, type))),
    ],
  );
}

/**
 * Notes which events this instance has handed to its handlers, so that these do not get them once more from the log:
 * one row for all events of a moment, written a moment after; nobody waits for it. What failed is noted with it.
 */
@Injectable()
export class HandledEvents implements OnApplicationShutdown {
  private readonly logger = new Logger(HandledEvents.name);
  private readonly sql: Sql;
  private ids: string[] = [];
  private failures: NewFailure[] = [];
  private timer?: NodeJS.Timeout;
  private readonly trouble = new Trouble(
    this.logger,
    'Could not note that events were handled; trying again',
  );
  private writing: Promise<void> = Promise.resolve();

  constructor(
    dataSource: DataSource,
    private readonly handlers: HandlerRegistry,
    private readonly retryPolicy: RetryPolicy,
  ) {
    this.sql = new Sql(dataSource);
  }

  /** Every handler of these events has been called; those that failed are to be called again. */
  note(events: readonly Recorded[], failures: readonly FailedDelivery[]): void {
    for (const { id } of events) this.ids.push(id);
    for (const { handler, event, error } of failures)
      this.failures.push({ reader: handler, sku: event.event.sku, sequence: event.sequence, error });
    this.timer ??= setTimeout(() => void this.flush(), COLLECT_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  /** Writes what was noted so far. Resolves when that is done, or will be tried again. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    const { ids, failures } = this;
    if (ids.length === 0) return;
    this.ids = [];
    this.failures = [];
    try {
      await this.sql.transaction(async (sql) => {
        // Lost in a crash of the database, it is found again: the events are handled once more.
        if (failures.length === 0) await sql.count('SET LOCAL synchronous_commit = off');
        else await keepFailures(sql, failures, this.retryPolicy);
        await noteHandled(sql, ids, this.handlers.all);
      });
      this.trouble.end();
    } catch (error) {
      this.trouble.begin(error);
      this.ids = ids.concat(this.ids);
      this.failures = failures.concat(this.failures);
      this.timer ??= setTimeout(() => void this.flush(), 20 * COLLECT_MS).unref();
    }
  }
}
