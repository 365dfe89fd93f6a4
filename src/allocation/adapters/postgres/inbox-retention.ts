import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Sql } from '../../../database/sql';
import { expireRows, Retention } from '../../../retention/contracts';
import { AllocationSettings } from '../../allocation-settings';

/** For how long a message that comes again is known. */
@Injectable()
export class InboxRetention {
  constructor(
    dataSource: DataSource,
    retention: Retention,
    { INBOX_RETENTION_DAYS: days }: AllocationSettings,
  ) {
    const expire = expireRows(new Sql(dataSource), { table: 'inbox', since: 'received_at' });
    retention.register({ name: 'inbox', days, expire });
  }
}
