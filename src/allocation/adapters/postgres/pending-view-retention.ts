import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Sql } from '../../../database/sql';
import { expireRows, Retention } from '../../../retention/contracts';

/** For how long it is told that an event is not in the views, in days. */
const DAYS = 30;

/** Removes notes of events that the views never got, or got from a version that does not know of the notes. */
@Injectable()
export class PendingViewRetention {
  constructor(dataSource: DataSource, retention: Retention) {
    const expire = expireRows(new Sql(dataSource), { table: 'pending_views', since: 'noted_at' });
    retention.register({ name: 'pending-views', days: DAYS, expire });
  }
}
