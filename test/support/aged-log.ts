import { v7 as uuid } from 'uuid';
import type { DataSource } from 'typeorm';
import { number } from './numbered';
import { rewriteLog } from './parts-of-log';

const SECONDS_OF_DAY = 86_400;

/**
 * Records events of one SKU, the newest so many days old and each a second older than the next, as a service did that
 * runs no more; the first part of the log ends with them, and every reader has passed them.
 */
export async function recordOld(dataSource: DataSource, events: number, days: number): Promise<void> {
  for (let sequence = 1; sequence <= events; sequence += 1)
    await record(dataSource, sequence, days + (events - sequence) / SECONDS_OF_DAY);
  await number(dataSource);
  await rewriteLog(dataSource, events);
  await dataSource.query('UPDATE readers SET position = (SELECT position FROM log_head)');
}

/** Records one event of it, so many days old. */
export async function record(dataSource: DataSource, sequence: number, days = 0): Promise<void> {
  await dataSource.query(
    `INSERT INTO outbox (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data)
     VALUES ($1, 'OutOfStock', 2, 'LAMP', $2::bigint, now() - $3::float8 * interval '1 day', 'c', 'c',
             jsonb_build_object('sku', 'LAMP', 'orderId', 'o' || $2::bigint, 'qty', 1, 'available', 0))`,
    [uuid(), sequence, days],
  );
}
