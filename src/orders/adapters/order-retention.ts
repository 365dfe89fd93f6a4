import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Sql } from '../../database/sql';
import { expireRows, Retention } from '../../retention/contracts';
import { OrdersSettings } from '../orders-settings';

/** For how long orders are kept that were refused, cancelled or dispatched, or ran out. */
@Injectable()
export class OrderRetention {
  constructor(dataSource: DataSource, retention: Retention, { ORDER_RETENTION_DAYS: days }: OrdersSettings) {
    const expire = expireRows(new Sql(dataSource), {
      table: 'orders',
      since: 'closed_at',
      where: 'closed_at IS NOT NULL',
    });
    retention.register({ name: 'closed-orders', days, expire });
  }
}
