import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Sql } from '../../database/sql';
import { LogSettings } from '../../log/contracts';
import { expireRows, Retention } from '../../retention/contracts';

/** Events are numbered soon after they occurred, and clocks of instances are not far apart: nothing older comes later. */
const MARGIN = '1 hour';

/**
 * Dead letters have their events with them, and can be replayed when these have gone from the log. `OFFSET 0` has
 * PostgreSQL look each of them up; without it, it may read all of them for a join.
 */
const IS_LETTER = `
  EXISTS (SELECT FROM dead_letters WHERE dead_letters.event_id = done_events.event_id OFFSET 0)
  OR EXISTS (SELECT FROM redeliveries WHERE (event->>'id')::uuid = done_events.event_id OFFSET 0)`;

/** For how long it is known which events were taken: as long as they may come again, from the log or as dead letters. */
@Injectable()
export class DoneEventsRetention {
  private readonly sql: Sql;

  constructor(dataSource: DataSource, retention: Retention, { EVENT_RETENTION_DAYS: days }: LogSettings) {
    this.sql = new Sql(dataSource);
    const remove = expireRows(this.sql, {
      table: 'done_events',
      since: 'occurred_at',
      where: `NOT (${IS_LETTER})`,
    });
    const expire = async (before: Date) => remove(await this.noLongerRetained(before));
    retention.register({ name: 'done-events', days, expire });
  }

  /** Events are kept for longer than their days while a reader has not had them, and go a part of the log at a time. */
  private async noLongerRetained(before: Date): Promise<Date> {
    const oldest = await this.sql.row<{ moment: Date }>(
      `SELECT occurred_at - interval '${MARGIN}' AS moment FROM log ORDER BY position LIMIT 1`,
    );
    return oldest && oldest.moment < before ? oldest.moment : before;
  }
}
