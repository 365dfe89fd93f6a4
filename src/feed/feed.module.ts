import { Module } from '@nestjs/common';
import type { ModuleApi } from '../http/module-api';
import { Feed } from './feed';
import { FeedMetrics } from './feed-metrics';
import { FeedController } from './entrypoints/feed.controller';
import { feedProblems } from './entrypoints/problems';
import { LogPages } from './log-pages';
import { LogTail } from './log-tail';

/** The log as clients follow it over HTTP. */
@Module({ controllers: [FeedController], providers: [Feed, LogTail, LogPages, FeedMetrics] })
export class FeedModule {
  static readonly api: ModuleApi = { problems: feedProblems };
}
