import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Sql } from '../../database/sql';
import { expireRows, Retention } from '../../retention/contracts';
import { CustomersSettings } from '../customers-settings';

/**
 * For how long it is known by name which orders of a customer were counted. How many there were stays. An order that is
 * told of again after that would count twice; it is told of again within minutes, or never.
 */
@Injectable()
export class CustomerOrderRetention {
  constructor(
    dataSource: DataSource,
    retention: Retention,
    { CUSTOMER_ORDER_RETENTION_DAYS: days }: CustomersSettings,
  ) {
    const expire = expireRows(new Sql(dataSource), { table: 'customer_orders', since: 'recorded_at' });
    retention.register({ name: 'customer-orders', days, expire });
  }
}
