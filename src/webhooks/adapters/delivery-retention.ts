import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Sql } from '../../database/sql';
import { expireRows, Retention } from '../../retention/contracts';
import { WebhooksSettings } from '../webhooks-settings';

/** For how long is kept what became of each attempt. */
@Injectable()
export class DeliveryRetention {
  constructor(
    dataSource: DataSource,
    retention: Retention,
    { WEBHOOK_DELIVERY_RETENTION_DAYS: days }: WebhooksSettings,
  ) {
    const expire = expireRows(new Sql(dataSource), { table: 'webhook_deliveries', since: 'at' });
    retention.register({ name: 'webhook-deliveries', days, expire });
  }
}
