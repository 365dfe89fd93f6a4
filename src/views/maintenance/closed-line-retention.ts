import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Sql } from '../../database/sql';
import { expireRows, Retention } from '../../retention/contracts';
import { ViewsSettings } from '../views-settings';

/** What the rule is called where it is noted from when on closed lines are kept. */
export const CLOSED_LINES = 'closed-lines';

/**
 * For how long a view shows a line that is not held any more, or never was. No longer than its events are kept, since
 * the view is made anew from them.
 */
@Injectable()
export class ClosedLineRetention {
  constructor(
    dataSource: DataSource,
    retention: Retention,
    { CLOSED_LINE_RETENTION_DAYS, EVENT_RETENTION_DAYS }: ViewsSettings,
  ) {
    const days = Math.min(CLOSED_LINE_RETENTION_DAYS || Infinity, EVENT_RETENTION_DAYS || Infinity);
    const expire = expireRows(new Sql(dataSource), {
      table: 'view_lines',
      since: 'changed_at',
      where: `state IN ('deallocated', 'out of stock', 'expired')`,
    });
    retention.register({ name: CLOSED_LINES, days: Number.isFinite(days) ? days : 0, expire });
  }
}
