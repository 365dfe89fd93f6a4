import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { ModuleApi } from '../http/module-api';
import { AsyncApiController } from './asyncapi.controller';
import { BrokerPublisher } from './broker-publisher';
import { messageBrokerProvider } from './broker/broker.providers';
import { DeadLetters } from './dead-letters';
import { DeadLettersController } from './dead-letters.controller';
import { Deliveries, PostgresDeliveries } from './deliveries';
import { DispatchTimes, EventDispatcher } from './event-dispatcher';
import { FailedDeliveries } from './failed-deliveries';
import { CommandConsumer } from './entrypoints/command-consumer';
import { Readers } from './readers';
import { Relay } from './relay';
import { RetryPolicy } from './retry-policy';

/** Brings events to those who want to know, whatever happens in between. */
@Module({
  imports: [DiscoveryModule],
  controllers: [AsyncApiController, DeadLettersController],
  providers: [
    EventDispatcher,
    FailedDeliveries,
    Relay,
    DeadLetters,
    Readers,
    messageBrokerProvider,
    BrokerPublisher,
    CommandConsumer,
    DispatchTimes,
    RetryPolicy,
    { provide: Deliveries, useClass: PostgresDeliveries },
  ],
})
export class MessagingModule {
  static readonly api: ModuleApi = {
    tags: [{ name: 'Operations', description: 'For those who run the service.' }],
  };
}
