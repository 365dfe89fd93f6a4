import { Global, Module } from '@nestjs/common';
import { EventRetention } from './event-retention';
import { LogSequencer } from './log-sequencer';
import { Readers } from './readers';

/** The log: every event in one order, and who reads it how far. */
@Global()
@Module({ providers: [LogSequencer, Readers, EventRetention], exports: [LogSequencer, Readers] })
export class LogModule {}
