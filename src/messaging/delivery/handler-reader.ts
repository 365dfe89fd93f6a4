import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Recorded } from '../../allocation/contracts';
import { Sql } from '../../database/sql';
import { eventsAt, type Lease, LeaseLost, Readers, toRecorded } from '../../log/contracts';
import { addTo, groupBy } from '../../group-by';
import { Polling } from '../../polling';
import { handledAmong, noteHandled, subscription } from './handled-events';
import { callsOf, type FailedDelivery, HandlerCalls } from './handler-calls';
import { HandlerRegistry } from './handler-registry';
import { keepFailures } from './redelivery-rows';
import { Redeliveries } from './redeliveries';
import { RetryPolicy } from './retry-policy';
import { SkippedEvents } from './skipped-events';
import { Trouble } from '../../trouble';

/** Events that are looked at together. */
const WINDOW = 2_000;
/** Events that are handed over together, of those that were left behind: few enough that nobody waits for the loop. */
const SLICE = 500;
const PAUSE_MS = 500;
/** How often it is looked for what an older version passed that was reading for the handlers meanwhile. */
const SKIPPED_MS = 5_000;
/** How often a long run tells how far it is. */
const REPORT_MS = 10_000;
/**
 * For how long it is kept who has handled what, in seconds: an event is numbered a moment after its commit, so a handler
 * that is not behind has passed it by then. One that is behind, or waits for the claim of a large change, may be given again
 * what is older.
 */
const HANDLED_SECONDS = { keepingUp: 60, behind: 600 };

/** An event in the log, as far as it matters whether it has reached the handlers. */
interface LogEntry {
  readonly position: string;
  readonly id: string;
  readonly type: string;
  /** Whether the process that wrote it may still be about to hand it to its handlers. */
  readonly claimed: boolean;
}

/** How a window was left. */
interface WindowOutcome {
  /** There is more to read at once. */
  readonly isMore: boolean;
  /** The position waits for an event that its writer may be about to hand over. */
  readonly isHeld: boolean;
}

/**
 * Reads the log for the handlers of events, and makes good for what they missed: events of instances that died between
 * the commit and the handlers, of the command line, which has no handlers, of instances of another version, which has
 * others; and all there is for a handler that is new, or replays. What an instance has handed over right after the
 * commit, as it does as a rule, is passed by.
 *
 * Each handler has a position of its own. One instance at a time reads for it.
 */
@Injectable()
export class HandlerReader implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(HandlerReader.name);
  private readonly sql: Sql;
  // Two of them, so that a handler that fails slowly does not hold up the events of the others.
  private readonly polls = [
    this.poll('events', () => this.readLog()),
    this.poll('events to deliver again', () => this.deliverAgain()),
  ];
  private skippedAt = 0;
  /** Events delivered in this run of rounds, and when that was last told. */
  private run = { delivered: 0, reportedAt: 0 };

  constructor(
    dataSource: DataSource,
    private readonly readers: Readers,
    private readonly handlers: HandlerRegistry,
    private readonly calls: HandlerCalls,
    private readonly redeliveries: Redeliveries,
    private readonly skippedEvents: SkippedEvents,
    private readonly retryPolicy: RetryPolicy,
  ) {
    this.sql = new Sql(dataSource);
  }

  /** Before the first command: a handler that is new and begins now misses nothing from then on. */
  async onApplicationBootstrap(): Promise<void> {
    for (const { name, beginsWith } of this.handlers.all)
      await this.readers.register(name, 'handler', beginsWith);
    for (const poll of this.polls) poll.start();
  }

  /** Stops after the rounds under way, and leaves the handlers to other instances. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.polls.map((poll) => poll.stop()));
    await this.readers.release(this.names).catch(() => {});
  }

  private get names(): string[] {
    return this.handlers.all.map(({ name }) => name);
  }

  /** @param work does a round, and answers whether there is more to do */
  private poll(what: string, work: () => Promise<boolean>): Polling {
    const trouble = new Trouble(this.logger, `Could not look for ${what}; trying again`);
    return new Polling(async () => {
      try {
        const isMore = await work();
        trouble.end();
        return isMore ? 0 : PAUSE_MS;
      } catch (error) {
        trouble.begin(error);
        return PAUSE_MS;
      }
    });
  }

  /** @returns whether there is more to deliver again */
  private async deliverAgain(): Promise<boolean> {
    if (performance.now() >= this.skippedAt) {
      await this.skippedEvents.deliverKnown(this.handlers.all);
      this.skippedAt = performance.now() + SKIPPED_MS;
    }
    return this.redeliveries.retry(SLICE);
  }

  /** Brings each handler a window further that this instance reads for. @returns whether there is more to read */
  private async readLog(): Promise<boolean> {
    const leases = await this.readers.lease(this.names);
    let [isMore, isHeld] = [false, false];
    for (const together of groupBy(leases, ({ position }) => position).values()) {
      const window = await this.readWindow(together);
      isMore ||= window.isMore;
      isHeld ||= window.isHeld;
    }
    this.report(!isMore);
    const isKeepingUp = !isMore && !isHeld && leases.length === this.names.length;
    await this.forgetHandled(HANDLED_SECONDS[isKeepingUp ? 'keepingUp' : 'behind']);
    return isMore;
  }

  /** @param leases of handlers that have come equally far */
  private async readWindow(leases: readonly Lease[]): Promise<WindowOutcome> {
    const [{ position }] = leases;
    const window = await this.sql.rows<LogEntry>(
      `SELECT position, id, type, claimed_until > clock_timestamp() AS claimed
       FROM log WHERE position > $1 ORDER BY position LIMIT ${WINDOW}`,
      [position],
    );
    if (window.length === 0) return { isMore: false, isHeld: false };
    const { end, missed, isHeld } = await this.whatWasMissed(window, leases);
    const failures = await this.deliver(missed);
    const ahead = window.filter((entry) => Number(entry.position) > end && missed.has(entry));
    if (end > position || ahead.length > 0) await this.moveOn(leases, end, failures, ahead);
    const isMore = !isHeld && (end < Number(window.at(-1)!.position) || window.length === WINDOW);
    return { isMore, isHeld };
  }

  /**
   * The events that handlers have not had, with those handlers; and the position before the first event that somebody
   * may still be about to hand over. Those behind it do not wait.
   */
  private async whatWasMissed(
    window: readonly LogEntry[],
    leases: readonly Lease[],
  ): Promise<{ end: number; missed: Map<LogEntry, Lease[]>; isHeld: boolean }> {
    const handled = await handledAmong(
      this.sql,
      window.map(({ id }) => id),
    );
    const missed = new Map<LogEntry, Lease[]>();
    const unknown: LogEntry[] = [];
    let end = leases[0].position;
    let isHeld = false;
    for (const entry of window) {
      const position = Number(entry.position);
      const by = handled.get(entry.id);
      const isKnown = this.handlers.knows(entry.type);
      const missing = leases.filter(({ name, replayedTo }) => {
        if (isKnown && !this.handlers.get(name)!.types.has(entry.type)) return false;
        return position <= replayedTo || !by?.some((names) => names.has(subscription(name, entry.type)));
      });
      if (missing.length > 0 && entry.claimed && missing.some(({ replayedTo }) => position > replayedTo)) {
        isHeld = true;
        continue;
      }
      if (missing.length > 0 && isKnown) missed.set(entry, missing);
      if (!isHeld) {
        if (missing.length > 0 && !isKnown) unknown.push(entry);
        end = position;
      }
      if (missed.size >= SLICE) break;
    }
    await this.skippedEvents.note(leases, unknown);
    return { end, missed, isHeld };
  }

  private async deliver(missed: ReadonlyMap<LogEntry, readonly Lease[]>): Promise<FailedDelivery[]> {
    if (missed.size === 0) return [];
    const positions = [...missed.keys()].map(({ position }) => Number(position));
    const eventsOf = new Map<string, Recorded[]>();
    const stored = new Map((await eventsAt(this.sql, positions)).map((event) => [event.id, event]));
    for (const [{ id }, leases] of missed) {
      const event = stored.get(id);
      const recorded = event && toRecorded(event);
      if (!recorded) continue;
      for (const { name } of leases) addTo(eventsOf, name, recorded);
    }
    this.run.delivered += missed.size;
    return this.calls.make(
      [...eventsOf].flatMap(([name, events]) =>
        [...groupBy(events, ({ event }) => event.sku).values()].flatMap((group) =>
          callsOf(this.handlers.get(name)!, group),
        ),
      ),
      'later',
    );
  }

  /** @param ahead events that were handed over ahead of the position */
  private async moveOn(
    leases: readonly Lease[],
    position: number,
    failures: readonly FailedDelivery[],
    ahead: readonly LogEntry[],
  ): Promise<void> {
    try {
      await this.sql.transaction(async (sql) => {
        await keepFailures(
          sql,
          failures.map(({ handler, event, error }) => ({
            reader: handler,
            sku: event.event.sku,
            sequence: event.sequence,
            error,
          })),
          this.retryPolicy,
        );
        await noteHandled(
          sql,
          ahead.map(({ id }) => id),
          leases.map(({ name }) => this.handlers.get(name)!),
        );
        for (const lease of leases) await this.readers.advance(lease, position, sql);
      });
    } catch (error) {
      // What was handed over is handed over once more by whoever reads now.
      if (!(error instanceof LeaseLost)) throw error;
    }
  }

  private async forgetHandled(seconds: number): Promise<void> {
    await this.sql.count(`DELETE FROM handled WHERE noted_at < now() - $1 * interval '1 s'`, [seconds]);
  }

  /** Tells of a run as a whole: a line for each round would be hundreds. */
  private report(isOver: boolean): void {
    const { run } = this;
    if (run.delivered === 0) {
      run.reportedAt = Date.now();
      return;
    }
    if (!isOver && Date.now() - run.reportedAt < REPORT_MS) return;
    this.logger.log(`Delivered ${run.delivered} events from the log${isOver ? '' : ' so far'}`);
    run.reportedAt = Date.now();
    if (isOver) run.delivered = 0;
  }
}
