import { Module } from '@nestjs/common';
import { Feed } from './feed';
import { FeedController } from './feed.controller';
import { LogPages } from './log-pages';
import { LogTail } from './log-tail';

/** The log as clients follow it over HTTP. */
@Module({ controllers: [FeedController], providers: [Feed, LogTail, LogPages] })
export class FeedModule {}
