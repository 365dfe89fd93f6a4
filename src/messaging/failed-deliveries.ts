import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { messageOf } from './deliveries';
import { EventDispatcher } from './event-dispatcher';
import { RetryPolicy } from './retry-policy';
import { storedEvents, toRecorded } from './stored-events';

interface DueRow {
  readonly handler: string;
  readonly event_id: string;
  readonly attempts: number;
}

/** A handler that failed on an event once more. */
interface Failure {
  readonly handler: string;
  readonly eventId: string;
  readonly error: unknown;
  /** How often it was tried, this time included. */
  readonly attempts: number;
}

/** What the join with the parameters says already, so that there is no other plan than one along the primary key. */
const ALONG_THE_KEY = 'f.handler = ANY ($1::text[]) AND f.event_id = ANY ($2::uuid[])';

/** Deliveries that failed: tried again with growing pauses, each for its handler alone, until they are dead letters. */
@Injectable()
export class FailedDeliveries {
  private readonly logger = new Logger(FailedDeliveries.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly dispatcher: EventDispatcher,
    private readonly retryPolicy: RetryPolicy,
  ) {}

  /**
   * Tries those again that are due.
   * @param limit so many at most
   * @returns how many
   */
  async retry(limit: number): Promise<number> {
    // The rows are found first and for themselves: see the relay.
    const [due] = await this.dataSource.query<[DueRow[], number]>(
      `UPDATE failed_deliveries SET next_attempt_at = now() + interval '30 s'
       WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM failed_deliveries WHERE next_attempt_at <= now()
         ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED))
       RETURNING handler, event_id, attempts`,
      [limit],
    );
    if (due.length === 0) return 0;
    const stored = await storedEvents(
      this.dataSource,
      due.map((row) => row.event_id),
    );
    const events = new Map(stored.map((event) => [event.id, toRecorded(event)]));
    const failures: Failure[] = [];
    const handled: DueRow[] = [];
    await Promise.all(
      due.map(async (row) => {
        const { handler, event_id: eventId, attempts } = row;
        try {
          const recorded = events.get(eventId);
          if (recorded) await this.dispatcher.redeliver(handler, recorded);
          handled.push(row);
        } catch (error) {
          failures.push({ handler, eventId, error, attempts: attempts + 1 });
        }
      }),
    );
    await this.remove(handled);
    await this.putOff(failures.filter(({ attempts }) => attempts < this.retryPolicy.attempts));
    await this.bury(failures.filter(({ attempts }) => attempts >= this.retryPolicy.attempts));
    return due.length;
  }

  private async remove(handled: readonly DueRow[]): Promise<void> {
    if (handled.length === 0) return;
    await this.dataSource.query(
      `DELETE FROM failed_deliveries f USING unnest($1::text[], $2::uuid[]) AS handled (handler, event_id)
       WHERE f.handler = handled.handler AND f.event_id = handled.event_id AND ${ALONG_THE_KEY}`,
      [handled.map(({ handler }) => handler), handled.map(({ event_id }) => event_id)],
    );
    for (const [handler, rows] of byHandler(handled))
      this.logger.log(`${handler} has handled ${rows.length} events that it had failed on`);
  }

  private async putOff(failures: readonly Failure[]): Promise<void> {
    if (failures.length === 0) return;
    await this.dataSource.query(
      `UPDATE failed_deliveries f
       SET attempts = failed.attempts, error = failed.error,
           next_attempt_at = now() + failed.pause * interval '1 ms'
       FROM unnest($1::text[], $2::uuid[], $3::int[], $4::text[], $5::float8[])
         AS failed (handler, event_id, attempts, error, pause)
       WHERE f.handler = failed.handler AND f.event_id = failed.event_id AND ${ALONG_THE_KEY}`,
      [...columnsOf(failures), failures.map(({ attempts }) => this.retryPolicy.pauseAfter(attempts))],
    );
    for (const [handler, [first, ...others]] of byHandler(failures)) {
      this.logger.warn(
        { err: first.error, eventId: first.eventId },
        `${handler} failed for the ${first.attempts}th time on event ${first.eventId}${andOthers(others)}`,
      );
    }
  }

  private async bury(failures: readonly Failure[]): Promise<void> {
    if (failures.length === 0) return;
    for (const [handler, [first, ...others]] of byHandler(failures)) {
      this.logger.error(
        { err: first.error, eventId: first.eventId },
        `${handler} failed for the last time on event ${first.eventId}${andOthers(others)}: dead letters now`,
      );
    }
    await this.dataSource.query(
      `WITH failed AS (
         SELECT * FROM unnest($1::text[], $2::uuid[], $3::int[], $4::text[])
           AS failed (handler, event_id, attempts, error)
       ), dead AS (
         DELETE FROM failed_deliveries f USING failed
         WHERE f.handler = failed.handler AND f.event_id = failed.event_id AND ${ALONG_THE_KEY}
       )
       INSERT INTO dead_letters (handler, event_id, attempts, error) SELECT * FROM failed
       ON CONFLICT (handler, event_id)
       DO UPDATE SET attempts = excluded.attempts, error = excluded.error, died_at = now()`,
      columnsOf(failures),
    );
  }
}

function columnsOf(failures: readonly Failure[]): unknown[][] {
  return [
    failures.map(({ handler }) => handler),
    failures.map(({ eventId }) => eventId),
    failures.map(({ attempts }) => attempts),
    failures.map(({ error }) => messageOf(error)),
  ];
}

function byHandler<T extends { readonly handler: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.handler);
    if (group) group.push(row);
    else groups.set(row.handler, [row]);
  }
  return groups;
}

function andOthers(others: readonly unknown[]): string {
  return others.length > 0 ? ` and on ${others.length} others` : '';
}
