import { Module, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { EventBus } from '@nestjs/cqrs';
import type { Recorded } from '../allocation/contracts';
import { checkRecorded, refuseBusesOfTheirOwn, refuseStreams } from './delivery/event-bus-checks';

/**
 * For a process that sends commands and has no handlers, such as the command line: events are committed and no more.
 * They wait in the database, where whoever reads the log for handlers and broker finds them.
 */
@Module({})
export class NoDeliveryModule implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly eventBus: EventBus<Recorded>,
    private readonly modules: ModulesContainer,
  ) {}

  onModuleInit(): void {
    refuseBusesOfTheirOwn(this.modules);
    refuseStreams(this.eventBus);
  }

  onApplicationBootstrap(): void {
    // Left alone, the EventBus would call whatever handler this process happens to have.
    this.eventBus.publisher = { publish: (event) => checkRecorded([event]), publishAll: checkRecorded };
  }
}
