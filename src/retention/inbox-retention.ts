import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../config';
import { expireRows } from './expire-rows';
import { Retention } from './retention';

/** For how long a message that comes again is known. Commands write the inbox, and they must not know who tidies it up. */
@Injectable()
export class InboxRetention {
  constructor(dataSource: DataSource, retention: Retention, { INBOX_RETENTION_DAYS: days }: Config) {
    const expire = expireRows(dataSource, { table: 'inbox', since: 'received_at' });
    retention.register({ name: 'inbox', days, expire });
  }
}
