import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Recorded } from '../../allocation/contracts';
import { Sql, type Statements } from '../../database/sql';
import { addTo, groupBy } from '../../group-by';
import { timeOfId } from '../../ids';
import type { FailedDelivery } from './handler-calls';
import { HandlerRegistry, type RegisteredHandler } from './handler-registry';
import { keepFailures, type NewFailure } from './redelivery-rows';
import { RetryPolicy } from './retry-policy';
import { Trouble } from '../../trouble';

/** How long to collect what was handled, in milliseconds. A crash meanwhile only has it handled again. */
const COLLECT_MS = 50;

/**
 * Ids in one row at most. With the rows of a second each in an order of their own, a reader that goes through a change of
 * 100,000 lines reads few more than those that it asks for, where it once read all of them for each of its pages.
 */
const ROW = 1_000;

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
  const subscriptions = handlers.flatMap(({ name, types }) =>
    [...types].map((type) => subscription(name, type)),
  );
  for (const made of bySecond(ids).values())
    for (let from = 0; from < made.length; from += ROW) {
      const row = made.slice(from, from + ROW);
      await sql.count(
        'INSERT INTO handled (first_id, last_id, ids, handlers) VALUES ($1, $2, $3::uuid[], $4::text[])',
        [row[0], row[row.length - 1], row, subscriptions],
      );
    }
}

/** @returns for those of the ids that are noted, which subscriptions have had the event, by whichever instances */
export async function handledAmong(
  sql: Statements,
  ids: readonly string[],
): Promise<Map<string, ReadonlySet<string>[]>> {
  const ranges = [...bySecond(ids)];
  const rows = await sql.rows<{ ids: string[]; handlers: string[] }>(
    `SELECT ids, handlers
     FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS range (first, last, beyond)
     JOIN handled ON last_id >= range.first AND last_id < range.beyond AND first_id <= range.last`,
    [
      ranges.map(([, made]) => made[0]),
      ranges.map(([, made]) => made[made.length - 1]),
      // A version before this one let a row go on into the next second.
      ranges.map(([second]) => firstIdOf(second + 2)),
    ],
  );
  const handled = new Map<string, ReadonlySet<string>[]>();
  for (const { ids, handlers } of rows) {
    const subscriptions = new Set(handlers);
    for (const id of ids) addTo<string, ReadonlySet<string>>(handled, id, subscriptions);
  }
  return handled;
}

/** The ids in their order, by the second in which they were made. */
function bySecond(ids: readonly string[]): Map<number, string[]> {
  return groupBy([...ids].sort(), secondOf);
}

/** The second in which an id was made. */
function secondOf(id: string): number {
  return Math.floor(timeOfId(id) / 1_000);
}

/** The smallest UUID v7 of a second; of one beyond the 48 bits of milliseconds, that of the greatest time that fits. */
function firstIdOf(second: number): string {
  const milliseconds = Math.min(second * 1_000, 2 ** 48 - 1)
    .toString(16)
    .padStart(12, '0');
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-0000-0000-000000000000`;
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
