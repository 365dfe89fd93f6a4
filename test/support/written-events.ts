import type { DataSource } from 'typeorm';
import { v7 as uuid } from 'uuid';

/** Commits events as a unit of work does, without one: each `OutOfStock`, which says which one it is. */
export async function writeEvents(
  dataSource: Pick<DataSource, 'query'>,
  events: readonly (readonly [sku: string, sequence: number])[],
): Promise<void> {
  await dataSource.query(
    `INSERT INTO outbox (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data)
     SELECT id, 'OutOfStock', 2, sku, sequence, now(), 'request-1', 'request-1',
            jsonb_build_object('sku', sku, 'orderId', 'order-' || sequence, 'qty', 10, 'available', 0)
     FROM unnest($1::uuid[], $2::text[], $3::bigint[]) WITH ORDINALITY AS written (id, sku, sequence, nth) ORDER BY nth`,
    [events.map(() => uuid()), events.map(([sku]) => sku), events.map(([, sequence]) => sequence)],
  );
}

/** So many events of a SKU. */
export function eventsOfSku(sku: string, from: number, to: number): [string, number][] {
  return Array.from({ length: to - from + 1 }, (_, n) => [sku, from + n]);
}
