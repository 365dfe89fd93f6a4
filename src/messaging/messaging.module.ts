import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { EventDispatcher } from './event-dispatcher';

/** Brings events to those who want to know. */
@Module({
  imports: [DiscoveryModule],
  providers: [EventDispatcher],
})
export class MessagingModule {}
