import { Global, Module } from '@nestjs/common';
import { LogSequencer } from './log-sequencer';
import { ReadersController } from './entrypoints/readers.controller';
import { OrderedDelivery } from './ordered/ordered-delivery';
import { Readers } from './readers';

/** The log: every event in one order, and who reads it how far. */
@Global()
@Module({
  controllers: [ReadersController],
  providers: [LogSequencer, Readers, OrderedDelivery],
  exports: [LogSequencer, Readers, OrderedDelivery],
})
export class LogModule {}
