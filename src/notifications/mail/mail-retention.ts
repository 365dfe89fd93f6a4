import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Sql } from '../../database/sql';
import { expireRows, Retention } from '../../retention/contracts';
import { NotificationsSettings } from '../notifications-settings';

/** For how long mails are kept that were sent, or failed for good. */
@Injectable()
export class MailRetention {
  constructor(
    dataSource: DataSource,
    retention: Retention,
    { SENT_MAIL_RETENTION_DAYS: days }: NotificationsSettings,
  ) {
    const expire = expireRows(new Sql(dataSource), {
      table: 'mail_queue',
      since: 'coalesce(sent_at, failed_at)',
      where: '(sent_at IS NOT NULL OR failed_at IS NOT NULL)',
    });
    retention.register({ name: 'sent-mails', days, expire });
  }
}
