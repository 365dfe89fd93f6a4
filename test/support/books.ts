import { query } from './sql';

/**
 * Audits the books of a database: that the counters of the batches agree with their lines, that no batch
 * is oversold, and that the events tell the same story without gaps.
 * @returns what is wrong, one sentence each; nothing when all is in order
 */
export async function auditBooks(databaseUrl: string): Promise<string[]> {
  const audits = [
    `SELECT 'batch ' || reference || ' counts ' || allocated_quantity || ' allocated, its lines add up to ' || lines AS wrong
     FROM (SELECT b.*, coalesce((SELECT sum(qty) FROM allocations WHERE batch_reference = reference), 0) AS lines
           FROM batches b) counted
     WHERE allocated_quantity <> lines`,
    `SELECT 'batch ' || reference || ' is oversold' AS wrong
     FROM batches b JOIN allocations a ON a.batch_reference = b.reference
     GROUP BY reference, purchased_quantity HAVING sum(a.qty) > purchased_quantity`,
    `SELECT 'product ' || sku || ' has version ' || version_number || ' but ' || count(*) || ' events up to ' || max(sequence) AS wrong
     FROM products JOIN outbox USING (sku) GROUP BY sku, version_number
     HAVING count(*) <> version_number OR max(sequence) <> version_number`,
    `SELECT 'line ' || coalesce(a.order_id, e.order_id) || ' is in ' || coalesce(a.batch_reference, 'no batch')
       || ', by the events in ' || coalesce(e.batch, 'none') AS wrong
     FROM allocations a FULL JOIN (
       SELECT sku, order_id, batch FROM (
         SELECT DISTINCT ON (sku, data->>'orderId') sku, data->>'orderId' AS order_id, type, data->>'batchRef' AS batch
         FROM outbox WHERE type IN ('Allocated', 'Deallocated') ORDER BY sku, data->>'orderId', sequence DESC
       ) newest WHERE type = 'Allocated'
     ) e ON e.sku = a.sku AND e.order_id = a.order_id
     WHERE a.batch_reference IS DISTINCT FROM e.batch`,
  ];
  const findings = await Promise.all(audits.map((audit) => query(databaseUrl, audit)));
  return findings.flat().map(({ wrong }) => String(wrong));
}
