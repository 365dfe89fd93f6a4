import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { ModuleApi } from '../http/module-api';
import { AsyncApiController } from './asyncapi.controller';
import { BrokerPublisher } from './broker-publisher';
import { messageBrokerProvider } from './broker/broker.providers';
import { DeadLetters } from './dead-letters';
import { DeadLettersController } from './dead-letters.controller';
import { EventDispatcher } from './event-dispatcher';
import { CommandConsumer } from './entrypoints/command-consumer';
import { HandledEvents } from './handled-events';
import { DispatchTimes, HandlerCalls } from './handler-calls';
import { HandlerReader } from './handler-reader';
import { HandlerRegistry } from './handler-registry';
import { Redeliveries } from './redeliveries';
import { RetryPolicy } from './retry-policy';
import { SkippedEvents } from './skipped-events';

/** Brings events to those who want to know, whatever happens in between. */
@Module({
  imports: [DiscoveryModule],
  controllers: [AsyncApiController, DeadLettersController],
  providers: [
    HandlerRegistry,
    HandlerCalls,
    HandledEvents,
    EventDispatcher,
    HandlerReader,
    Redeliveries,
    SkippedEvents,
    DeadLetters,
    messageBrokerProvider,
    BrokerPublisher,
    CommandConsumer,
    DispatchTimes,
    RetryPolicy,
  ],
})
export class MessagingModule {
  static readonly api: ModuleApi = {
    tags: [{ name: 'Operations', description: 'For those who run the service.' }],
  };
}
