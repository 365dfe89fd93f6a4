import type { Client } from 'pg';
import { numberEvents } from './log';

/** Stock of some SKUs, all alike, as if it had come in and been sold over time. */
export interface Stock {
  readonly skus: readonly string[];
  readonly batchesPerSku: number;
  /** Allocated lines of one piece each in every batch. */
  readonly linesPerBatch?: number;
  /** Pieces that every batch has left. */
  readonly freePerBatch: number;
}

/** Names of SKUs, `<prefix>-1` onwards. */
export function skuNames(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
}

/**
 * Writes the stock, with the events that tell how it came to be and the views of them. The first quarter of
 * a SKU's batches lies in the warehouse, the others arrive one a day.
 */
export async function stockUp(client: Client, stock: Stock): Promise<void> {
  const { skus, batchesPerSku: batches, linesPerBatch: lines = 0, freePerBatch: free } = stock;
  await client.query('BEGIN');
  // The foreign keys hold by construction; checking each of a million lines takes its time.
  await client.query('SET LOCAL session_replication_role = replica');
  await client.query(
    `INSERT INTO products (sku, version_number, counted_version, available)
     SELECT sku, $2, $2, $3 FROM unnest($1::text[]) sku`,
    [skus, batches + batches * lines, batches * free],
  );
  const newBatches = `
    SELECT sku || '-batch-' || number AS reference, sku, number,
           CASE WHEN number > $2::int / 4 THEN current_date + number END AS eta
    FROM unnest($1::text[]) sku, generate_series(1, $2::int) number`;
  await client.query(
    `INSERT INTO batches (reference, sku, purchased_quantity, allocated_quantity, eta, position, sequence,
       created_quantity, created_eta)
     SELECT reference, sku, $3::int + $4::int, $3::int, eta, number,
            CASE WHEN $3::int = 0 THEN number ELSE $2::int + number * $3::int END, $3::int + $4::int, eta
     FROM (${newBatches}) batch`,
    [skus, batches, lines, free],
  );
  await record(
    client,
    'BatchCreated',
    1,
    `SELECT sku, number AS sequence,
            jsonb_build_object('sku', sku, 'batchRef', reference, 'qty', $3::int + $4::int, 'eta', eta) AS data
     FROM (${newBatches}) batch`,
    [skus, batches, lines, free],
  );
  const newLines = `
    SELECT *, $2::int + (number - 1) * $3::int + nth AS sequence, sku || '-order-' || number || '-' || nth AS order_id
    FROM (${newBatches}) batch, generate_series(1, $3::int) nth`;
  await client.query(
    `INSERT INTO allocations (sku, order_id, qty, batch_reference, position, asked_sequence)
     SELECT sku, order_id, 1, reference, sequence, sequence FROM (${newLines}) line`,
    [skus, batches, lines],
  );
  await record(
    client,
    'Allocated',
    2,
    `SELECT sku, sequence,
            jsonb_build_object('sku', sku, 'orderId', order_id, 'qty', 1, 'batchRef', reference, 'eta', eta,
                               'available', $4::int + $3::int - nth) AS data
     FROM (${newLines}) line`,
    [skus, batches, lines, free],
  );
  await client.query(
    `INSERT INTO view_batches (ref, sku, eta, position, purchased, purchased_sequence, available, sequence)
     SELECT reference, sku, eta, position, purchased_quantity, position, purchased_quantity - allocated_quantity, sequence
     FROM batches WHERE sku = ANY($1::text[])`,
    [skus],
  );
  await client.query(
    `INSERT INTO view_lines (order_id, sku, qty, state, batch_ref, eta, sequence, changed_at)
     SELECT order_id, line.sku, qty, 'allocated', reference, eta, line.position, now()
     FROM allocations line JOIN batches ON reference = batch_reference WHERE line.sku = ANY($1::text[])`,
    [skus],
  );
  await numberEvents(client);
  await client.query('COMMIT');
}

async function record(
  client: Client,
  type: string,
  version: number,
  events: string,
  parameters: unknown[],
): Promise<void> {
  await client.query(
    `INSERT INTO outbox (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data)
     SELECT uuidv7(), '${type}', ${version}, sku, sequence, now(), 'stock', 'stock', data FROM (${events}) event`,
    parameters,
  );
}
