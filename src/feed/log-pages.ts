import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { READS } from '../database/data-source';
import { Sql } from '../database/sql';
import {
  type CloudEvent,
  cloudEventOf,
  CursorExpired,
  findEvent,
  headOfLog,
  type LogHead,
  readLog,
} from '../log/contracts';
import { FeedEvent, FeedPage } from './feed-event';
import type { FeedFilter } from './feed-filter';

/** Pages that are read at a time for followers that catch up, who thus leave connections to other questions. */
const READINGS = 2;

/** The log in the database, read as the feed needs it. */
@Injectable()
export class LogPages {
  private readonly sql: Sql;
  private readings = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(@InjectDataSource(READS) dataSource: DataSource) {
    this.sql = new Sql(dataSource);
  }

  /**
   * How far the log goes now.
   * @throws Unavailable
   */
  head(): Promise<LogHead> {
    return headOfLog(this.sql);
  }

  /**
   * The events that follow a position, without waiting for those who catch up.
   * @param limit so many at most
   * @throws Unavailable
   */
  async newest(after: number, limit: number): Promise<FeedEvent[]> {
    const { events } = await readLog(this.sql, after, limit);
    return events.map((event) => new FeedEvent(event));
  }

  /**
   * The event of an id; undefined when there is none, or it is no longer retained.
   * @throws Unavailable
   */
  async byId(id: string): Promise<CloudEvent | undefined> {
    const event = await findEvent(this.sql, id);
    return event && cloudEventOf(event);
  }

  /**
   * A page for a follower that catches up.
   * @param end the position at which the page ends at the latest; larger than `after`
   * @throws CursorExpired when what follows `after` is no longer retained; Unavailable
   */
  async older(after: number, end: number, limit: number, filter: FeedFilter): Promise<FeedPage> {
    while (this.readings >= READINGS) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.readings += 1;
    try {
      const { events, position } = await readLog(this.sql, after, limit, filter.wanted);
      // Asked after the page was read: what has been dropped by now may be missing in it.
      const { first, epochs } = await headOfLog(this.sql);
      if (after < first - 1) throw new CursorExpired();
      const upToEnd = events.filter((event) => event.position <= end);
      return new FeedPage(
        upToEnd.map((event) => new FeedEvent(event)),
        Math.min(position, end),
        epochs,
      );
    } finally {
      this.readings -= 1;
      this.waiting.shift()?.();
    }
  }
}
