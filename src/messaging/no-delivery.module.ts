import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { EventBus } from '@nestjs/cqrs';

/**
 * For a process that sends commands and has no handlers, such as the command line: events are committed and no more.
 * They wait in the database, where the relay and the broker of a service find them.
 */
@Module({})
export class NoDeliveryModule implements OnApplicationBootstrap {
  constructor(private readonly eventBus: EventBus) {}

  onApplicationBootstrap(): void {
    // Left alone, the EventBus would call whatever handler this process happens to have.
    this.eventBus.publisher = { publish: () => {}, publishAll: () => {} };
  }
}
