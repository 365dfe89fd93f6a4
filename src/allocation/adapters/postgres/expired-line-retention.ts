import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Sql } from '../../../database/sql';
import { expireRows, Retention } from '../../../retention/contracts';

/** For how long a reservation that ran out is told apart from a line that nobody asked for (rule 11), in days. */
const DAYS = 30;

/** Removes lines of the write model whose reservations ran out. */
@Injectable()
export class ExpiredLineRetention {
  constructor(dataSource: DataSource, retention: Retention) {
    const where = `state = 'expired'`;
    const expire = expireRows(new Sql(dataSource), { table: 'allocations', since: 'allocated_at', where });
    retention.register({ name: 'expired-lines', days: DAYS, expire });
  }
}
