import { Global, Module } from '@nestjs/common';
import type { Migration } from '../database/data-source';
import { ExpiredLineRetention } from './expired-line-retention';
import { InboxRetention } from './inbox-retention';
import { Retention1790000008100 } from './migrations/1790000008100-retention';
import { PendingViewRetention } from './pending-view-retention';
import { Retention } from './retention';
import { RetentionMetrics } from './retention-metrics';
import { RetentionSettings } from './retention-settings';

/** What is kept for a time only; modules register what that is. */
@Global()
@Module({
  providers: [Retention, InboxRetention, ExpiredLineRetention, PendingViewRetention, RetentionMetrics],
  exports: [Retention],
})
export class RetentionModule {
  static readonly settings = RetentionSettings;
  static readonly migrations: readonly Migration[] = [Retention1790000008100];
}
