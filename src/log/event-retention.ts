import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { databaseErrorCode, LOCK_NOT_AVAILABLE } from '../database/errors';
import { Sql } from '../database/sql';
import { type Outcome, Retention } from '../retention/contracts';
import { Archive } from './archive/archive';
import { LogSettings } from './log-settings';
import { dropPart, type FullPart, oldestPart } from './log-parts';
import { Readers } from './readers';
import { waitsForEvents } from './redelivered-events';

interface Laggard {
  readonly name: string;
  readonly kind: string;
  readonly is_gone: boolean;
}

/**
 * For how long events are kept: until they are old enough and every reader has passed them. They go by whole parts of the
 * log, and if that is wanted, into an archive first. Dead letters have what they need of their events, and stay.
 */
@Injectable()
export class EventRetention {
  private readonly logger = new Logger(EventRetention.name);
  private readonly sql: Sql;
  private readonly archiveFolder?: string;
  /** Who holds events back, as the log was told last. */
  private announced = '';

  constructor(
    private readonly dataSource: DataSource,
    private readonly readers: Readers,
    retention: Retention,
    { EVENT_RETENTION_DAYS: days, EVENT_ARCHIVE_DIR }: LogSettings,
  ) {
    this.sql = new Sql(dataSource);
    this.archiveFolder = EVENT_ARCHIVE_DIR;
    retention.register({ name: 'events', days, expire: (before) => this.expire(before) });
  }

  /** Drops the oldest part of the log if nothing in it is needed, or archives a piece of it. */
  private async expire(before: Date): Promise<Outcome> {
    const part = await oldestPart(this.sql);
    if (!part || part.newest >= before) return 'done';
    if (await this.isHeldBack(part, before)) return 'done';
    if (this.archiveFolder) {
      const archive = await Archive.open(this.sql, this.archiveFolder);
      if (await archive.writeNext(part.end - 1)) return 'more';
    }
    return this.drop(part);
  }

  private async isHeldBack({ end }: FullPart, before: Date): Promise<boolean> {
    const laggards = await this.sql.rows<Laggard>(
      'SELECT name, kind, seen_at < $2 AS is_gone FROM readers WHERE position < $1 ORDER BY name',
      [end - 1, before],
    );
    const waiting: string[] = [];
    for (const { name, kind, is_gone } of laggards) {
      if (!is_gone) waiting.push(name);
      else if (kind !== 'webhook' && !(await this.remove(name, before))) waiting.push(name);
    }
    const redelivers = waiting.length === 0 && (await waitsForEvents(this.sql, end, before));
    const holding = redelivers ? 'events that are to be delivered again' : waiting.join(', ');
    if (holding !== this.announced && holding !== '')
      this.logger.warn(`Events are kept for longer than EVENT_RETENTION_DAYS for ${holding}`);
    this.announced = holding;
    return holding !== '';
  }

  /** A reader that no instance has read for in all that time is gone for good; one that comes back begins anew. */
  private async remove(name: string, before: Date): Promise<boolean> {
    const missed = await this.readers.remove(name, undefined, before);
    // It has come back just now.
    if (missed === undefined) return false;
    this.logger.warn(
      `Removed the reader ${name}, which no instance has had for longer than events are kept; it had not had ${missed} events`,
    );
    return true;
  }

  private async drop(part: FullPart): Promise<Outcome> {
    try {
      await dropPart(this.dataSource, part);
    } catch (error) {
      if (databaseErrorCode(error) === LOCK_NOT_AVAILABLE) return 'locked';
      throw error;
    }
    this.logger.log(
      `Dropped the events up to position ${part.end - 1}, the newest of ${part.newest.toISOString()}`,
    );
    return 'more';
  }
}
