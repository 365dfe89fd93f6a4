import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { isAnnounced } from '../database/errors';
import { Deliveries } from './deliveries';
import { EventDispatcher } from './event-dispatcher';
import { FailedDeliveries } from './failed-deliveries';
import { Polling } from '../polling';
import { storedEvents, type StoredEvent, toRecorded } from './stored-events';

/** Events of one round: enough that their statements are shared, few enough that nobody waits for the event loop. */
const SLICE = 500;
const PAUSE_MS = 500;
/** How often a long run tells how far it is. */
const REPORT_MS = 10_000;

/**
 * Delivers what was left behind: events of instances that died between the commit and the handlers, and of the command
 * line, which has no handlers; and deliveries that failed. Any number of relays work side by side, each on what no
 * other has claimed.
 */
@Injectable()
export class Relay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Relay.name);
  // Two of them, so that a handler that fails slowly does not hold up the events of the others.
  private readonly polls = [
    new Polling(() => this.next('events', () => this.deliverLeftBehind())),
    new Polling(() => this.next('failed deliveries', () => this.failedDeliveries.retry(SLICE))),
  ];
  /** What could not be looked for the last time. */
  private readonly troubled = new Set<string>();
  /** Events delivered in this run of full rounds, and when that was last told. */
  private run = { delivered: 0, reportedAt: 0 };

  constructor(
    private readonly dataSource: DataSource,
    private readonly dispatcher: EventDispatcher,
    private readonly deliveries: Deliveries,
    private readonly failedDeliveries: FailedDeliveries,
  ) {}

  onApplicationBootstrap(): void {
    for (const poll of this.polls) poll.start();
  }

  /** Stops after the rounds under way. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.polls.map((poll) => poll.stop()));
  }

  /** @returns the pause until the next round, in milliseconds */
  private async next(of: string, work: () => Promise<number>): Promise<number> {
    try {
      const count = await work();
      this.troubled.delete(of);
      // There may be more to do at once.
      return count === SLICE ? 0 : PAUSE_MS;
    } catch (error) {
      // Once, and not with every round until the database is back.
      if (!this.troubled.has(of) && !isAnnounced(error))
        this.logger.warn({ err: error }, `Could not look for ${of} to deliver; trying again`);
      this.troubled.add(of);
      return PAUSE_MS;
    }
  }

  /** @returns how many events it took on */
  private async deliverLeftBehind(): Promise<number> {
    // The keys are found first and for themselves. As a join, PostgreSQL may well look for them anew for each row of the
    // table, which it does where it last saw the table empty.
    const [claimed] = await this.dataSource.query<[{ event_id: string }[], number]>(
      `UPDATE outbox_pending SET claimed_until = now() + interval '30 s'
       WHERE event_id = ANY (ARRAY(
         SELECT event_id FROM outbox_pending WHERE claimed_until <= now()
         ORDER BY event_id LIMIT $1 FOR UPDATE SKIP LOCKED))
       RETURNING event_id`,
      [SLICE],
    );
    if (claimed.length > 0) {
      const stored = await storedEvents(
        this.dataSource,
        claimed.map((row) => row.event_id),
      );
      const known = stored.map(toRecorded);
      this.skip(stored.filter((_, index) => !known[index]));
      // All at once and in order, as after a commit.
      await this.dispatcher.dispatch(known.filter((recorded) => recorded !== undefined));
    }
    this.report(claimed.length);
    return claimed.length;
  }

  /** Events of types that this version does not know. */
  private skip(unknown: readonly StoredEvent[]): void {
    if (unknown.length === 0) return;
    const types = [...new Set(unknown.map(({ type }) => type))].join(', ');
    this.logger.warn(
      `Skipped ${unknown.length} events of types that a newer version of the service wrote: ${types}`,
    );
    this.deliveries.settle(
      unknown.map(({ id }) => id),
      [],
    );
  }

  /** Tells of a run as a whole: a line for each round would be hundreds. */
  private report(claimed: number): void {
    const { run } = this;
    run.delivered += claimed;
    if (run.delivered === claimed) run.reportedAt = Date.now();
    const isOver = claimed < SLICE;
    if (run.delivered === 0 || !(isOver || Date.now() - run.reportedAt > REPORT_MS)) return;
    this.logger.log(`Delivered ${run.delivered} events that were left behind${isOver ? '' : ' so far'}`);
    run.reportedAt = Date.now();
    if (isOver) run.delivered = 0;
  }
}
