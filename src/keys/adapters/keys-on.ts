import type { DataSource } from 'typeorm';
import { Sql } from '../../database/sql';
import { Keys } from '../keys';
import { KeyTable } from './key-table';

/** `Keys` on a database alone, for a process that lets nobody in: the service finds out what it changes. */
export function keysOn(dataSource: DataSource): Keys {
  return new Keys(new KeyTable(dataSource), { refresh: () => Promise.resolve() });
}

/** Whether there is any key, also one that was revoked or has expired. */
export async function anyKeyOn(dataSource: DataSource): Promise<boolean> {
  return (await new Sql(dataSource).row('SELECT FROM api_keys LIMIT 1')) !== undefined;
}
