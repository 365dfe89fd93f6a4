import { type DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { Migration } from '../database/data-source';
import type { ModuleApi } from '../http/module-api';
import type { MessageApi } from './asyncapi';
import { AsyncApiController, MESSAGE_APIS } from './entrypoints/asyncapi.controller';
import { BrokerPublisher } from './broker/broker-publisher';
import { messageBrokerProvider } from './broker/broker.providers';
import { DoneEventsRetention } from './delivery/done-events-retention';
import { BusChecks } from './delivery/bus-checks';
import { DeadLetterAttention } from './delivery/dead-letter-attention';
import { DeadLetters } from './delivery/dead-letters';
import { DeadLettersController } from './entrypoints/dead-letters.controller';
import { EventDispatcher } from './delivery/event-dispatcher';
import { CommandConsumer } from './entrypoints/command-consumer';
import { HandledEvents } from './delivery/handled-events';
import { DispatchTimes, HandlerCalls } from './delivery/handler-calls';
import { HandlerReader } from './delivery/handler-reader';
import { HandlerRegistry } from './delivery/handler-registry';
import { OrderedHandlers } from './delivery/ordered-handlers';
import { Redeliveries } from './delivery/redeliveries';
import { NoDelivery } from './delivery/no-delivery';
import { MessagingSettings } from './messaging-settings';
import { DoneEvents1790000016000 } from './migrations/1790000016000-done-events';
import { MessagingMetrics } from './messaging-metrics';
import { redisMessages } from './entrypoints/redis-messages';
import { RetryPolicy } from './delivery/retry-policy';
import { SkippedEvents } from './delivery/skipped-events';

/** Brings events to those who want to know, whatever happens in between. */
@Module({
  imports: [DiscoveryModule],
  controllers: [AsyncApiController, DeadLettersController],
  providers: [
    BusChecks,
    NoDelivery,
    HandlerRegistry,
    HandlerCalls,
    HandledEvents,
    EventDispatcher,
    HandlerReader,
    OrderedHandlers,
    Redeliveries,
    SkippedEvents,
    DeadLetters,
    DeadLetterAttention,
    DoneEventsRetention,
    messageBrokerProvider,
    BrokerPublisher,
    CommandConsumer,
    MessagingMetrics,
    DispatchTimes,
    RetryPolicy,
  ],
})
export class MessagingModule {
  static readonly settings = MessagingSettings;
  static readonly migrations: readonly Migration[] = [DoneEvents1790000016000];
  static readonly api: ModuleApi = {
    tags: [{ name: 'Operations', description: 'For those who run the service.' }],
  };
  static readonly messages = redisMessages;

  /** @param modules those of the service, each with what it says of its messages */
  static forService(modules: readonly { readonly messages?: MessageApi }[]): DynamicModule {
    return MessagingModule.forRoot(modules.flatMap(({ messages = [] }) => messages));
  }

  /** @param messages what all modules say of theirs */
  static forRoot(messages: readonly MessageApi[]): DynamicModule {
    return { module: MessagingModule, providers: [{ provide: MESSAGE_APIS, useValue: messages }] };
  }
}
