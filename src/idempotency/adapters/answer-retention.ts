import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Sql } from '../../database/sql';
import { expireRows, Retention } from '../../retention/contracts';
import { IdempotencySettings } from '../idempotency-settings';

/** For how long answers are given again. */
@Injectable()
export class AnswerRetention {
  constructor(
    dataSource: DataSource,
    retention: Retention,
    { IDEMPOTENCY_RETENTION_DAYS: days }: IdempotencySettings,
  ) {
    const expire = expireRows(new Sql(dataSource), { table: 'idempotency_keys', since: 'stored_at' });
    retention.register({ name: 'idempotency-keys', days, expire });
  }
}
