import { query } from './sql';

/** Events may be gone that were kept for long enough: of each SKU the oldest. */
const NONE_DROPPED = '(SELECT first_position = 1 FROM log_head)';
/** The views show lines that are not held for a time only. */
const CLOSED_KEPT_SINCE = `coalesce((SELECT kept_since FROM retention WHERE name = 'closed-lines'), '-infinity')`;
const FIRST_KEPT = `CASE WHEN ${NONE_DROPPED} THEN 1 ELSE min(sequence) END`;

/**
 * Audits the write model of a database: that the counters of the batches agree with their lines and those of the products
 * with their batches, that no batch is oversold, and that the events tell the same story without gaps.
 * @returns what is wrong, one sentence each; nothing when all is in order
 */
export async function auditWriteModel(databaseUrl: string): Promise<string[]> {
  const audits = [
    `SELECT 'batch ' || reference || ' counts ' || allocated_quantity || ' allocated, its lines add up to ' || lines AS wrong
     FROM (SELECT b.*, coalesce(held.lines, 0) AS lines FROM batches b
           LEFT JOIN (SELECT batch_reference, sum(qty) AS lines FROM allocations GROUP BY 1) held
             ON held.batch_reference = b.reference) counted
     WHERE allocated_quantity <> lines`,
    `SELECT 'product ' || sku || ' counts ' || available || ' pieces left, its batches have ' || left_over AS wrong
     FROM (SELECT p.*, coalesce((SELECT sum(purchased_quantity - allocated_quantity) FROM batches b WHERE b.sku = p.sku), 0) AS left_over
           FROM products p) counted
     WHERE available <> left_over`,
    `SELECT 'line ' || order_id || ' of ' || a.sku || ' waits, and batch ' || reference || ' could take it' AS wrong
     FROM allocations a JOIN batches b ON b.sku = a.sku AND purchased_quantity - allocated_quantity >= qty
     WHERE state = 'waiting'`,
    `SELECT 'batch ' || reference || ' is oversold' AS wrong
     FROM batches b JOIN allocations a ON a.batch_reference = b.reference
     GROUP BY reference, purchased_quantity HAVING sum(a.qty) > purchased_quantity`,
    `SELECT 'product ' || sku || ' has version ' || version_number || ' but ' || count(*) || ' events up to ' || max(sequence) AS wrong
     FROM products JOIN events USING (sku) GROUP BY sku, version_number
     HAVING count(*) <> max(sequence) - ${FIRST_KEPT} + 1 OR max(sequence) <> version_number`,
    `SELECT 'line ' || coalesce(a.order_id, e.order_id) || ' is in ' || coalesce(a.batch_reference, 'no batch')
       || ', by the events in ' || coalesce(e.batch, 'none') AS wrong
     FROM allocations a FULL JOIN (
       SELECT sku, order_id, batch FROM (
         SELECT DISTINCT ON (sku, data->>'orderId') sku, data->>'orderId' AS order_id, type, data->>'batchRef' AS batch
         FROM events WHERE type IN ('Allocated', 'Reserved', 'Deallocated', 'ReservationExpired')
         ORDER BY sku, data->>'orderId', sequence DESC
       ) newest WHERE type IN ('Allocated', 'Reserved')
     ) e ON e.sku = a.sku AND e.order_id = a.order_id
     WHERE a.batch_reference IS DISTINCT FROM e.batch AND (e.sku IS NOT NULL OR ${NONE_DROPPED})`,
  ];
  return findings(databaseUrl, audits);
}

/**
 * Audits the ledger of each batch: that its movements add up to what it has (rule 18).
 * @returns what is wrong, one sentence each
 */
export async function auditMovements(databaseUrl: string): Promise<string[]> {
  return findings(databaseUrl, [
    `SELECT 'batch ' || reference || ' has ' || purchased_quantity - dispatched_quantity || ' pieces, its movements add up to '
       || moved AS wrong
     FROM (SELECT b.*, (
             SELECT sum(CASE type WHEN 'Dispatched' THEN -(data->>'qty')::int
                        ELSE (data->>'qty')::int - coalesce((data->>'previousQty')::int, 0) END)
             FROM events e
             WHERE e.sku = b.sku AND data->>'batchRef' = reference AND type IN
               ('BatchCreated', 'BatchQuantityChanged', 'StockAdjusted', 'BatchArrived', 'Dispatched')) AS moved
           FROM batches b) counted
     WHERE moved <> purchased_quantity - dispatched_quantity AND ${NONE_DROPPED}`,
  ]);
}

/**
 * Audits the views of a database: that every event has reached them.
 * @returns where they differ from the write model, one sentence each
 */
export async function auditViews(databaseUrl: string): Promise<string[]> {
  return findings(databaseUrl, [
    `SELECT 'line ' || coalesce(a.order_id, v.order_id) || ' of ' || coalesce(a.sku, v.sku) || ' is in '
       || coalesce(a.batch_reference, 'no batch') || ', by the view in ' || coalesce(v.batch_ref, 'none') AS wrong
     FROM allocations a FULL JOIN (
       SELECT * FROM view_lines WHERE state NOT IN ('deallocated', 'out of stock')) v USING (order_id, sku)
     WHERE a.batch_reference IS DISTINCT FROM v.batch_ref OR a.qty <> v.qty OR a.state <> v.state`,
    `SELECT 'batch ' || coalesce(b.reference, v.ref) || ' has ' || b.purchased_quantity - b.allocated_quantity
       || ' left, by the view ' || v.available AS wrong
     FROM batches b FULL JOIN view_batches v ON v.ref = b.reference
     WHERE v.available IS DISTINCT FROM b.purchased_quantity - b.allocated_quantity
        OR v.purchased IS DISTINCT FROM b.purchased_quantity OR v.sequence IS DISTINCT FROM b.sequence
        OR v.eta IS DISTINCT FROM b.eta OR v.dispatched IS DISTINCT FROM b.dispatched_quantity`,
    `SELECT 'the sums of ' || sku || ' are ' || coalesce(s.sums, 'none') || ', its lines come to ' || coalesce(a.sums, 'none') AS wrong
     FROM (
       SELECT sku, string_agg(concat_ws(' ', state, arrives, lines, pieces), ', ' ORDER BY state, arrives) AS sums
       FROM (
         SELECT l.sku, l.state, coalesce(b.eta, '-infinity') AS arrives, count(*) AS lines, sum(qty) AS pieces
         FROM allocations l LEFT JOIN batches b ON b.reference = l.batch_reference
         WHERE l.state IN ('reserved', 'waiting') GROUP BY 1, 2, 3) sums
       GROUP BY sku) a
     FULL JOIN (
       SELECT sku, string_agg(concat_ws(' ', state, arrives, lines, pieces), ', ' ORDER BY state, arrives) AS sums
       FROM view_line_sums WHERE lines <> 0 OR pieces <> 0 GROUP BY sku) s USING (sku)
     WHERE a.sums IS DISTINCT FROM s.sums`,
    `SELECT 'the refusal of order ' || (o.data->>'orderId') || ' is not in the view' AS wrong
     FROM events o LEFT JOIN view_lines v ON v.order_id = o.data->>'orderId' AND v.sku = o.sku
     WHERE o.type = 'OutOfStock' AND v.sequence IS NULL AND o.occurred_at >= ${CLOSED_KEPT_SINCE}`,
  ]);
}

async function findings(databaseUrl: string, audits: readonly string[]): Promise<string[]> {
  const rows = await Promise.all(audits.map((audit) => query(databaseUrl, audit)));
  return rows.flat().map(({ wrong }) => String(wrong));
}
