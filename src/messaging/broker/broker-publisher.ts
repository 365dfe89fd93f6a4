import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { DataSource } from 'typeorm';
import { isAnnounced } from '../../unavailable';
import { Sql } from '../../database/sql';
import { type LoggedEvent, LeaseLost, LogSequencer, readLog, Readers } from '../../log/contracts';
import { Polling } from '../../polling';
import { SpanKind, traced } from '../../tracing';
import { MessageBroker, type OutgoingEvent } from './broker';
import { pauseBetween } from '../../backoff';

/** The name of the reader. */
const BROKER = 'broker';

const BATCH = 500;
const POLL_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/**
 * The reader of the log that hands every event to the broker, in the order of the log. One instance at a time does it
 * for all. While the broker is away the position stays, and nothing else waits for it.
 *
 * An instance that was frozen, and goes on after another has taken over, publishes nothing old: the number of its lease
 * goes along, and the broker takes nothing under a number that is smaller than one it has seen.
 */
@Injectable()
export class BrokerPublisher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(BrokerPublisher.name);
  private readonly polling = new Polling(() => this.round());
  private readonly sql: Sql;
  private failures = 0;
  private advances?: Subscription;

  constructor(
    dataSource: DataSource,
    private readonly readers: Readers,
    private readonly sequencer: LogSequencer,
    @Inject(MessageBroker) private readonly broker: MessageBroker | undefined,
  ) {
    this.sql = new Sql(dataSource);
  }

  /** Before the first command: the broker gets what is committed from then on, whichever process does it. */
  async onApplicationBootstrap(): Promise<void> {
    if (!this.broker) return this.warnOfLag();
    await this.readers.register(BROKER, 'broker', 'now');
    // During an outage the pause is kept: each command would knock at a closed door.
    this.advances = this.sequencer.advanced.subscribe(() => {
      if (this.failures === 0) this.polling.wake();
    });
    this.polling.start();
  }

  /** Stops after the round under way. */
  async beforeApplicationShutdown(): Promise<void> {
    this.advances?.unsubscribe();
    await this.polling.stop();
    if (this.broker) await this.readers.release([BROKER]).catch(() => {});
  }

  /** @returns the pause until the next round, in milliseconds */
  private async round(): Promise<number> {
    try {
      const published = await this.publishNext(this.broker!);
      if (this.failures > 0) this.logger.log('The broker takes events again');
      this.failures = 0;
      return published === BATCH ? 0 : POLL_MS;
    } catch (error) {
      // An error of ours is nothing that the broker answers for.
      if (isAnnounced(error) || error instanceof LeaseLost) return 2 * POLL_MS;
      this.failures += 1;
      if (this.failures === 1) {
        this.logger.warn(
          { err: error },
          'The broker takes no events; they are kept and sent when it does again',
        );
      }
      return pauseBetween(POLL_MS, LONGEST_PAUSE_MS, this.failures);
    }
  }

  /** @returns how many events were published; 0 also when another instance does it */
  private async publishNext(broker: MessageBroker): Promise<number> {
    const [lease] = await this.readers.lease([BROKER]);
    if (!lease) return 0;
    const { events, position } = await readLog(this.sql, lease.position, BATCH);
    if (events.length === 0) return 0;
    const settings = {
      kind: SpanKind.PRODUCER,
      attributes: { 'messaging.batch.message_count': events.length },
      parent: {},
      links: events.map(({ traceparent }) => traceparent),
    };
    await traced('publish events', settings, () => broker.publish(events.map(toOutgoing), lease.fence));
    await this.readers.advance(lease, position);
    return events.length;
  }

  /** Another instance may publish; but if none does, the broker falls behind for ever, and holds back what is retained. */
  private async warnOfLag(): Promise<void> {
    if (!(await this.readers.isRegistered(BROKER))) return;
    this.logger.warn(
      'A broker reads the log, which this service does not have (REDIS_URL is not set): ' +
        'if it is gone for good, run "stock-allocation readers remove broker"',
    );
  }
}

function toOutgoing({ position: _position, occurredAt, ...event }: LoggedEvent): OutgoingEvent {
  return { ...event, occurredAt: occurredAt.toISOString() };
}
