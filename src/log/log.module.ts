import { Global, Module } from '@nestjs/common';
import { LogSequencer } from './log-sequencer';
import { ReadersController } from './entrypoints/readers.controller';
import { Readers } from './readers';

/** The log: every event in one order, and who reads it how far. */
@Global()
@Module({
  controllers: [ReadersController],
  providers: [LogSequencer, Readers],
  exports: [LogSequencer, Readers],
})
export class LogModule {}
