import type { DataSource } from 'typeorm';
import type { Query } from '../../src/database/transaction';

/** Runs each statement by itself, on any connection of the data source. */
export function queryOn(dataSource: DataSource): Query {
  return (sql, parameters) => dataSource.query(sql, parameters);
}
