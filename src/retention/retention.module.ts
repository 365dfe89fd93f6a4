import { Global, Module } from '@nestjs/common';
import type { Migration } from '../database/data-source';
import { Retention1790000008100 } from './migrations/1790000008100-retention';
import { Retention } from './retention';
import { RetentionMetrics } from './retention-metrics';

/** What is kept for a time only; modules register what that is. */
@Global()
@Module({
  providers: [Retention, RetentionMetrics],
  exports: [Retention],
})
export class RetentionModule {
  static readonly migrations: readonly Migration[] = [Retention1790000008100];
}
