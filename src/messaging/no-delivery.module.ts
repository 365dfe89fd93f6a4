import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { EventBus } from '@nestjs/cqrs';
import type { Recorded } from '../allocation/contracts';
import { BusChecks, checkRecorded } from './delivery/bus-checks';

/**
 * For a process that sends commands and has no handlers, such as the command line: events are committed and no more.
 * They wait in the database, where whoever reads the log for handlers and broker finds them.
 */
@Module({ providers: [BusChecks] })
export class NoDeliveryModule implements OnApplicationBootstrap {
  constructor(private readonly eventBus: EventBus<Recorded>) {}

  onApplicationBootstrap(): void {
    // Left alone, the EventBus would call whatever handler this process happens to have.
    this.eventBus.publisher = { publish: (event) => checkRecorded([event]), publishAll: checkRecorded };
  }
}
