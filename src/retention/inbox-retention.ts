import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Sql } from '../database/sql';
import { expireRows } from './expire-rows';
import { Retention } from './retention';
import { RetentionSettings } from './retention-settings';

/** For how long a message that comes again is known. Commands write the inbox, and they must not know who tidies it up. */
@Injectable()
export class InboxRetention {
  constructor(
    dataSource: DataSource,
    retention: Retention,
    { INBOX_RETENTION_DAYS: days }: RetentionSettings,
  ) {
    const expire = expireRows(new Sql(dataSource), { table: 'inbox', since: 'received_at' });
    retention.register({ name: 'inbox', days, expire });
  }
}
