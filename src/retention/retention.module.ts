import { Global, Module } from '@nestjs/common';
import { InboxRetention } from './inbox-retention';
import { Retention } from './retention';

/** What is kept for a time only; modules register what that is. */
@Global()
@Module({ providers: [Retention, InboxRetention], exports: [Retention] })
export class RetentionModule {}
