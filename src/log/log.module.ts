import { Global, Module } from '@nestjs/common';
import type { ModuleApi } from '../http/module-api';
import type { Migration } from '../database/data-source';
import { EventRetention } from './event-retention';
import { LogMetrics } from './log-metrics';
import { LogSettings } from './log-settings';
import { LogSequencer } from './log-sequencer';
import { logProblems } from './entrypoints/problems';
import { ReadersController } from './entrypoints/readers.controller';
import { OrderedDelivery } from './ordered/ordered-delivery';
import { OutboxDelivery1790000001000 } from './migrations/1790000001000-outbox-delivery';
import { Readers1790000007000 } from './migrations/1790000007000-readers';
import { Log1790000008000 } from './migrations/1790000008000-log';
import { SettledOutbox1790000014100 } from './migrations/1790000014100-settled-outbox';
import { Traceparent1790000014200 } from './migrations/1790000014200-traceparent';
import { KeyOfEvent1790000018100 } from './migrations/1790000018100-key-of-event';
import { LettersByEvent1790000022000 } from './migrations/1790000022000-letters-by-event';
import { ReaderAttention } from './reader-attention';
import { Readers } from './readers';

/** The log: every event in one order, and who reads it how far. */
@Global()
@Module({
  controllers: [ReadersController],
  providers: [LogSequencer, Readers, OrderedDelivery, EventRetention, LogMetrics, ReaderAttention],
  exports: [LogSequencer, Readers, OrderedDelivery],
})
export class LogModule {
  static readonly settings = LogSettings;
  static readonly api: ModuleApi = { problems: logProblems };
  static readonly migrations: readonly Migration[] = [
    OutboxDelivery1790000001000,
    Readers1790000007000,
    Log1790000008000,
    SettledOutbox1790000014100,
    Traceparent1790000014200,
    KeyOfEvent1790000018100,
    LettersByEvent1790000022000,
  ];
}
