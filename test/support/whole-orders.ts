import { query } from './sql';

/** How a line of an order stands by the write model; null: nothing is held for it. */
interface LineRow {
  readonly orderId: string;
  readonly step: string;
  readonly sku: string;
  readonly qty: number;
  readonly state: string | null;
}

/**
 * Looks whether every order is held as a whole or not at all, and whether nothing is held for anybody else.
 * @returns what is wrong
 */
export async function auditOrders(url: string): Promise<string[]> {
  const lines = (await query(
    url,
    `SELECT o.order_id AS "orderId", o.step, line->>'sku' AS sku, (line->>'qty')::int AS qty, a.state
     FROM orders o CROSS JOIN LATERAL jsonb_array_elements(o.lines) AS line
     LEFT JOIN allocations a ON a.order_id = o.order_id AND a.sku = line->>'sku' AND a.state <> 'expired'
       AND a.qty = (line->>'qty')::int
     ORDER BY 1, 3`,
  )) as unknown as LineRow[];
  const findings = lines.flatMap(({ orderId, step, sku, state }) => {
    const expected = { confirmed: 'allocated', reserved: 'reserved', dispatched: 'dispatched' }[step] ?? null;
    return state === expected ? [] : [`${sku} of ${orderId}, which is ${step}, is ${state}`];
  });
  const strays = (await query(
    url,
    `SELECT a.order_id, a.sku, a.state FROM allocations a LEFT JOIN orders o ON o.order_id = a.order_id
     WHERE a.state <> 'expired' AND (o.order_id IS NULL OR NOT o.lines @> jsonb_build_array(jsonb_build_object('sku', a.sku)))`,
  )) as unknown as { order_id: string; sku: string; state: string }[];
  const unknown = strays.map(
    ({ order_id, sku, state }) => `${sku} of ${order_id}, which has no such line, is ${state}`,
  );
  return [...findings, ...unknown];
}

/**
 * Looks whether an order was refused that could be had.
 * @returns their ids
 */
export async function refusedInVain(url: string): Promise<unknown[]> {
  const orders = await query(
    url,
    `SELECT o.order_id FROM orders o WHERE o.step = 'short' AND NOT EXISTS (
       SELECT FROM jsonb_array_elements(o.lines) AS line WHERE NOT EXISTS (
         SELECT FROM batches b WHERE b.sku = line->>'sku'
           AND b.purchased_quantity - b.allocated_quantity >= (line->>'qty')::int))`,
  );
  return orders.map(({ order_id }) => order_id);
}
