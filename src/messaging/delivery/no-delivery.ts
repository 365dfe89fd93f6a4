import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventBus, type IEventPublisher } from '@nestjs/cqrs';
import type { CommitPublisher, Recorded } from '../../allocation/contracts';
import { checkRecorded } from './bus-checks';

const NONE: ReadonlySet<string> = new Set();

/**
 * Hands events to nobody: they are committed and no more, and wait in the database, where whoever reads the log for handlers
 * and broker finds them. So it is in a process without handlers, such as the command line, and in one that starts until
 * its handlers are known.
 */
@Injectable()
export class NoDelivery implements IEventPublisher<Recorded>, CommitPublisher, OnModuleInit {
  constructor(private readonly eventBus: EventBus<Recorded>) {}

  /** Left alone, the EventBus would call whatever handler this process happens to have, and answer nothing. */
  onModuleInit(): void {
    this.eventBus.publisher = this;
  }

  /** Publishes one event, as `publishAll` does several. */
  publish(recorded: Recorded): Promise<ReadonlySet<string>> {
    return this.publishAll([recorded]);
  }

  /**
   * @returns no SKU, since no handler is waited for
   * @throws Error that says what to do, at once, when one is no event of a commit
   */
  publishAll(events: readonly Recorded[]): Promise<ReadonlySet<string>> {
    checkRecorded(events);
    return Promise.resolve(NONE);
  }
}
