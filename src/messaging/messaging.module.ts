import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DeadLetters } from './dead-letters';
import { Deliveries, PostgresDeliveries } from './deliveries';
import { DispatchTimes, EventDispatcher } from './event-dispatcher';
import { Relay } from './relay';
import { RetryPolicy } from './retry-policy';

/** Brings events to those who want to know, whatever happens in between. */
@Module({
  imports: [DiscoveryModule],
  providers: [
    EventDispatcher,
    Relay,
    DeadLetters,
    DispatchTimes,
    RetryPolicy,
    { provide: Deliveries, useClass: PostgresDeliveries },
  ],
})
export class MessagingModule {}
