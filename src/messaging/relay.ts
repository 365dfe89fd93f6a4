import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Recorded } from '../allocation/contracts';
import { Deliveries, messageOf } from './deliveries';
import { EventDispatcher } from './event-dispatcher';
import { RetryPolicy } from './retry-policy';
import { storedEvents, toRecorded } from './stored-events';

/** How many events one round takes on. */
const BATCH = 200;
const PAUSE_MS = 500;

/**
 * Delivers what was left behind: events whose instance died between the commit and the handlers, and
 * deliveries that failed. Any number of relays work side by side, each on what no other has claimed.
 */
@Injectable()
export class Relay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Relay.name);
  private timer?: NodeJS.Timeout;
  private round: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly dispatcher: EventDispatcher,
    private readonly deliveries: Deliveries,
    private readonly retryPolicy: RetryPolicy,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule(0);
  }

  /** Stops after the round under way. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.round;
  }

  private schedule(pause: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.round = this.work().then((full) => this.schedule(full ? 0 : PAUSE_MS));
    }, pause).unref();
  }

  /** @returns whether there may be more to do at once */
  private async work(): Promise<boolean> {
    try {
      const leftBehind = await this.deliverLeftBehind();
      const retried = await this.retryFailed();
      return Math.max(leftBehind, retried) === BATCH;
    } catch (error) {
      this.logger.warn({ err: error }, 'Could not look for undelivered events; trying again');
      return false;
    }
  }

  private async deliverLeftBehind(): Promise<number> {
    const [claimed] = await this.dataSource.query<[{ event_id: string }[], number]>(
      `UPDATE outbox_pending SET claimed_until = now() + interval '30 s'
       WHERE event_id IN (
         SELECT event_id FROM outbox_pending WHERE claimed_until < now()
         ORDER BY event_id LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING event_id`,
      [BATCH],
    );
    if (claimed.length === 0) return 0;
    this.logger.log(`Delivering ${claimed.length} events that were left behind`);
    const bySku = new Map<string, Recorded[]>();
    for (const stored of await storedEvents(
      this.dataSource,
      claimed.map((row) => row.event_id),
    )) {
      const recorded = toRecorded(stored);
      if (recorded) bySku.set(stored.sku, [...(bySku.get(stored.sku) ?? []), recorded]);
      else this.skipUnknown(stored.type, stored.id);
    }
    await Promise.all(
      [...bySku.values()].map(async (events) => {
        for (const event of events) await this.dispatcher.dispatch([event]);
      }),
    );
    return claimed.length;
  }

  private skipUnknown(type: string, eventId: string): void {
    this.logger.warn(
      `Event ${eventId} is of the unknown type ${type}; a newer version of the service wrote it. Skipped`,
    );
    this.deliveries.settle([eventId], []);
  }

  private async retryFailed(): Promise<number> {
    const [due] = await this.dataSource.query<
      [{ handler: string; event_id: string; attempts: number }[], number]
    >(
      `UPDATE failed_deliveries SET next_attempt_at = now() + interval '30 s'
       WHERE (handler, event_id) IN (
         SELECT handler, event_id FROM failed_deliveries WHERE next_attempt_at <= now()
         ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING handler, event_id, attempts`,
      [BATCH],
    );
    if (due.length === 0) return 0;
    const events = new Map(
      (
        await storedEvents(
          this.dataSource,
          due.map((row) => row.event_id),
        )
      ).map((stored) => [stored.id, toRecorded(stored)]),
    );
    await Promise.all(
      due.map(({ handler, event_id, attempts }) =>
        this.retry(handler, event_id, attempts, events.get(event_id)),
      ),
    );
    return due.length;
  }

  private async retry(
    handler: string,
    eventId: string,
    attempts: number,
    recorded?: Recorded,
  ): Promise<void> {
    try {
      if (recorded) await this.dispatcher.redeliver(handler, recorded);
      await this.dataSource.query('DELETE FROM failed_deliveries WHERE handler = $1 AND event_id = $2', [
        handler,
        eventId,
      ]);
      this.logger.log(`${handler} has handled event ${eventId} after ${attempts} failed attempts`);
    } catch (error) {
      await this.keepFailure(handler, eventId, attempts + 1, error);
    }
  }

  private async keepFailure(
    handler: string,
    eventId: string,
    attempts: number,
    error: unknown,
  ): Promise<void> {
    const details = { err: error, eventId };
    if (attempts < this.retryPolicy.attempts) {
      this.logger.warn(details, `${handler} failed on event ${eventId} for the ${attempts}th time`);
      await this.dataSource.query(
        `UPDATE failed_deliveries
         SET attempts = $3, error = $4, next_attempt_at = now() + $5::float8 * interval '1 ms'
         WHERE handler = $1 AND event_id = $2`,
        [handler, eventId, attempts, messageOf(error), this.retryPolicy.pauseAfter(attempts)],
      );
      return;
    }
    this.logger.error(
      details,
      `${handler} failed on event ${eventId} for the last time; it is a dead letter now`,
    );
    await this.dataSource.query(
      `WITH dead AS (DELETE FROM failed_deliveries WHERE handler = $1 AND event_id = $2)
       INSERT INTO dead_letters (handler, event_id, attempts, error) VALUES ($1, $2, $3, $4)
       ON CONFLICT (handler, event_id) DO UPDATE SET attempts = $3, error = $4, died_at = now()`,
      [handler, eventId, attempts, messageOf(error)],
    );
  }
}
