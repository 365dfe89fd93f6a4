import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { EventsHandler } from '@nestjs/cqrs';
import { DataSource } from 'typeorm';
import { eventTypes, type GroupHandler, type RecordedEventHandler } from '../allocation/contracts';
import { isAnnounced } from '../database/errors';
import { MessageBroker, type OutgoingEvent } from './broker/broker';
import { BROKER, Readers } from './readers';
import { pauseBetween } from '../backoff';
import { queuedEvents, type StoredEvent } from './stored-events';

const BATCH = 500;
const POLL_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** Any number, the same in all instances: who holds the advisory lock of this number publishes. */
const PUBLISHER_LOCK = 4_201_960_115;

/**
 * Hands every event to the broker, of each SKU in the order of its sequence. One instance at a time does
 * it for all: it takes events from the queue in the order in which they were committed, and removes them
 * once the broker has them. While the broker is away they stay there and nothing else waits for them.
 *
 * On the EventBus it merely listens for the moment when there is something to do.
 */
@EventsHandler(...Object.values(eventTypes))
@Injectable()
export class BrokerPublisher
  implements RecordedEventHandler, GroupHandler, OnApplicationBootstrap, BeforeApplicationShutdown
{
  private readonly logger = new Logger(BrokerPublisher.name);
  private timer?: NodeJS.Timeout;
  private round?: Promise<void>;
  private failures = 0;
  private awaited = false;
  private isRegistered = true;
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly readers: Readers,
    @Inject(MessageBroker) private readonly broker: MessageBroker | undefined,
  ) {}

  /** Before the first command: from then on, every process that writes events queues them for the broker. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.broker) await this.readers.registerBroker();
    else await this.warnOfQueue();
    this.startIn(0);
  }

  async handleAll(): Promise<void> {
    this.handle();
  }

  handle(): void {
    this.awaited = true;
    // During an outage the pause is kept: each command would knock at a closed door.
    if (!this.round && this.failures === 0) this.startIn(0);
  }

  /** Stops after the round under way. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.round;
  }

  private startIn(pause: number): void {
    clearTimeout(this.timer);
    const { broker } = this;
    if (this.stopped || !broker) return;
    this.timer = setTimeout(() => {
      this.round = this.publishQueued(broker).then((next) => {
        this.round = undefined;
        this.startIn(next);
      });
    }, pause).unref();
  }

  /** @returns the pause until the next round, in milliseconds */
  private async publishQueued(broker: MessageBroker): Promise<number> {
    this.awaited = false;
    try {
      const published = await this.publishBatch(broker);
      if (this.failures > 0) this.logger.log('The broker takes events again');
      this.failures = 0;
      if (published === 'elsewhere') return this.awaited ? 20 : POLL_MS;
      return published === BATCH || this.awaited ? 0 : POLL_MS;
    } catch (error) {
      // Not for the broker to answer for.
      if (isAnnounced(error)) return 2 * POLL_MS;
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

  /** Somebody else may publish what is queued; but if nobody does, it grows for ever. */
  private async warnOfQueue(): Promise<void> {
    if (!(await this.readers.isBrokerRegistered())) return;
    this.logger.warn(
      'Events are queued for a broker, which this service does not have (REDIS_URL is not set): ' +
        'if it is gone for good, run "stock-allocation readers remove broker"',
    );
  }

  private noteRegistration(isRegistered: boolean): void {
    if (this.isRegistered && !isRegistered) {
      this.logger.warn(
        'The broker was removed from the readers: it gets no more events until a service starts that has it',
      );
    }
    this.isRegistered = isRegistered;
  }

  /** @returns how many were published; 'elsewhere' when another instance is at it */
  private async publishBatch(broker: MessageBroker): Promise<number | 'elsewhere'> {
    return this.dataSource.transaction(async (manager) => {
      const [{ mine, registered }] = await manager.query<{ mine: boolean; registered: boolean }[]>(
        'SELECT pg_try_advisory_xact_lock($1) AS mine, EXISTS (SELECT FROM readers WHERE name = $2) AS registered',
        [PUBLISHER_LOCK, BROKER],
      );
      this.noteRegistration(registered);
      if (!mine) return 'elsewhere';
      const queued = await queuedEvents(manager, BATCH);
      if (queued.length === 0) return 0;
      await broker.publish(queued.map(({ event }) => toOutgoing(event)));
      await manager.query('DELETE FROM broker_queue WHERE position = ANY($1::bigint[])', [
        queued.map(({ position }) => position),
      ]);
      return queued.length;
    });
  }
}

function toOutgoing({ occurredAt, ...event }: StoredEvent): OutgoingEvent {
  return { ...event, occurredAt: occurredAt.toISOString() };
}
