import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Sql } from '../../database/sql';
import { textOf } from '../../error-text';
import { groupBy } from '../../group-by';
import { eventsOf, fromJson, type StoredEvent, type StoredEventJson, toRecorded } from '../../log/contracts';
import { HandlerCalls } from './handler-calls';
import { HandlerRegistry } from './handler-registry';
import { RetryPolicy } from './retry-policy';
import { NotListening, UnknownType } from './skipped-events';

interface DueRow {
  readonly reader: string;
  readonly sku: string;
  readonly sequence: string;
  readonly attempts: number;
  /** The event of a dead letter that is replayed; the log has any other. */
  readonly event: StoredEventJson | null;
}

/** A handler that failed on an event once more. */
interface Failure extends Omit<DueRow, 'event'> {
  readonly event: StoredEvent;
  readonly error: unknown;
}

/** What the join with the parameters says already, so that there is no other plan than one along the primary key. */
const ALONG_THE_KEY =
  'r.reader = ANY ($1::text[]) AND r.sku = ANY ($2::text[]) AND r.sequence = ANY ($3::bigint[])';
const SAME_KEY = 'r.reader = one.reader AND r.sku = one.sku AND r.sequence = one.sequence';

/** Deliveries that failed: tried again with growing pauses, each for its handler alone, until they are dead letters. */
@Injectable()
export class Redeliveries {
  private readonly logger = new Logger(Redeliveries.name);
  private readonly sql: Sql;

  constructor(
    dataSource: DataSource,
    private readonly handlers: HandlerRegistry,
    private readonly calls: HandlerCalls,
    private readonly retryPolicy: RetryPolicy,
  ) {
    this.sql = new Sql(dataSource);
  }

  /**
   * Tries those again that are due, of the handlers that this instance has.
   * @param limit so many of each handler at most
   * @returns whether there may be more
   */
  async retry(limit: number): Promise<boolean> {
    const due = await this.claim(limit);
    if (due.length === 0) return false;
    const keyOf = ({ sku, sequence }: { sku: string; sequence: string | number }) => `${sequence} ${sku}`;
    const stored = await eventsOf(
      this.sql,
      due.map(({ sku, sequence }) => ({ sku, sequence: Number(sequence) })),
    );
    const events = new Map(stored.map((event) => [keyOf(event), event]));
    const failures: Failure[] = [];
    const handled: DueRow[] = [];
    const gone: DueRow[] = [];
    await Promise.all(
      due.map(async (row) => {
        const event = row.event ? fromJson(row.event) : events.get(keyOf(row));
        if (!event) return void gone.push(row);
        try {
          const handler = this.handlers.get(row.reader)!;
          const recorded = toRecorded(event);
          if (!recorded) throw new UnknownType(event.type);
          // Another version may have failed on it, and may have it when it is due again.
          if (!handler.types.has(event.type)) throw new NotListening(handler.name, event.type);
          await this.calls.makeOne({ handler, events: [recorded] });
          handled.push(row);
        } catch (error) {
          failures.push({ ...row, attempts: row.attempts + 1, event, error });
        }
      }),
    );
    await this.remove([...handled, ...gone]);
    for (const [handler, rows] of groupBy(handled, ({ reader }) => reader))
      this.logger.log(`${handler} has handled ${rows.length} events that it had failed on`);
    for (const [handler, [{ sku, sequence }, ...others]] of groupBy(gone, ({ reader }) => reader))
      this.logger.warn(
        `${handler} had failed on event ${sequence} of ${sku}${andOthers(others)}, no longer retained: not tried again`,
      );
    await this.putOff(failures.filter(({ attempts }) => attempts < this.retryPolicy.attempts));
    await this.moveToDeadLetters(failures.filter(({ attempts }) => attempts >= this.retryPolicy.attempts));
    return [...groupBy(due, ({ reader }) => reader).values()].some((rows) => rows.length === limit);
  }

  /** Keeps other instances from trying the same, for as long as it may take. */
  private async claim(limit: number): Promise<DueRow[]> {
    // The rows are found first and for themselves. As a join, PostgreSQL may well look for them anew for each row. Those
    // of each handler come along the index, however many are due.
    return this.sql.rows<DueRow>(
      `UPDATE redeliveries SET next_attempt_at = now() + interval '30 s'
       WHERE ctid = ANY (ARRAY(
         SELECT due.ctid FROM unnest($1::text[]) AS handler (name)
         CROSS JOIN LATERAL (
           SELECT ctid FROM redeliveries WHERE reader = handler.name AND next_attempt_at <= now()
           ORDER BY next_attempt_at LIMIT $2 FOR UPDATE SKIP LOCKED
         ) due))
       RETURNING reader, sku, sequence, attempts, event`,
      [this.handlers.all.map(({ name }) => name), limit],
    );
  }

  private async remove(rows: readonly DueRow[]): Promise<void> {
    if (rows.length === 0) return;
    await this.sql.count(
      `DELETE FROM redeliveries r USING unnest($1::text[], $2::text[], $3::bigint[]) AS one (reader, sku, sequence)
       WHERE ${SAME_KEY} AND ${ALONG_THE_KEY}`,
      keysOf(rows),
    );
  }

  private async putOff(failures: readonly Failure[]): Promise<void> {
    if (failures.length === 0) return;
    await this.sql.count(
      `UPDATE redeliveries r
       SET attempts = one.attempts, error = one.error, next_attempt_at = now() + one.pause * interval '1 ms'
       FROM unnest($1::text[], $2::text[], $3::bigint[], $4::int[], $5::text[], $6::float8[])
         AS one (reader, sku, sequence, attempts, error, pause)
       WHERE ${SAME_KEY} AND ${ALONG_THE_KEY}`,
      [
        ...keysOf(failures),
        failures.map(({ attempts }) => attempts),
        failures.map(({ error }) => textOf(error)),
        failures.map(({ attempts }) => this.retryPolicy.pauseAfter(attempts)),
      ],
    );
    for (const [handler, [first, ...others]] of groupBy(failures, ({ reader }) => reader)) {
      this.logger.warn(
        { err: first.error, eventId: first.event.id },
        `${handler} failed for the ${first.attempts}th time on event ${first.event.id}${andOthers(others)}`,
      );
    }
  }

  private async moveToDeadLetters(failures: readonly Failure[]): Promise<void> {
    if (failures.length === 0) return;
    for (const [handler, [first, ...others]] of groupBy(failures, ({ reader }) => reader)) {
      this.logger.error(
        { err: first.error, eventId: first.event.id },
        `${handler} failed for the last time on event ${first.event.id}${andOthers(others)}: dead letters now`,
      );
    }
    await this.sql.count(
      `WITH dead AS (
         DELETE FROM redeliveries r USING unnest($1::text[], $2::text[], $3::bigint[]) AS one (reader, sku, sequence)
         WHERE ${SAME_KEY} AND ${ALONG_THE_KEY}
       )
       INSERT INTO dead_letters (handler, attempts, error, event_id, event)
       SELECT * FROM unnest($1::text[], $4::int[], $5::text[], $6::uuid[], $7::jsonb[])
       ON CONFLICT (handler, event_id)
       DO UPDATE SET attempts = excluded.attempts, error = excluded.error, died_at = now()`,
      [
        ...keysOf(failures),
        failures.map(({ attempts }) => attempts),
        failures.map(({ error }) => textOf(error)),
        failures.map(({ event }) => event.id),
        failures.map(({ event }) => JSON.stringify(event)),
      ],
    );
  }
}

function keysOf(rows: readonly Pick<DueRow, 'reader' | 'sku' | 'sequence'>[]): unknown[][] {
  return [rows.map(({ reader }) => reader), rows.map(({ sku }) => sku), rows.map(({ sequence }) => sequence)];
}

function andOthers(others: readonly unknown[]): string {
  return others.length > 0 ? ` and on ${others.length} others` : '';
}
