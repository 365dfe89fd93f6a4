import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AsyncApiController } from './asyncapi.controller';
import { BrokerPublisher } from './broker-publisher';
import { messageBrokerProvider } from './broker/broker.providers';
import { DeadLetters } from './dead-letters';
import { DeadLettersController } from './dead-letters.controller';
import { Deliveries, PostgresDeliveries } from './deliveries';
import { DispatchTimes, EventDispatcher } from './event-dispatcher';
import { CommandConsumer } from './entrypoints/command-consumer';
import { Relay } from './relay';
import { RetryPolicy } from './retry-policy';

/** Brings events to those who want to know, whatever happens in between. */
@Module({
  imports: [DiscoveryModule],
  controllers: [AsyncApiController, DeadLettersController],
  providers: [
    EventDispatcher,
    Relay,
    DeadLetters,
    messageBrokerProvider,
    BrokerPublisher,
    CommandConsumer,
    DispatchTimes,
    RetryPolicy,
    { provide: Deliveries, useClass: PostgresDeliveries },
  ],
})
export class MessagingModule {}
