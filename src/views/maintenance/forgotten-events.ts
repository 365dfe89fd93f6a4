import type { Statements } from '../../database/sql';
import { addToSums, WRITTEN } from '../projections/line-sums';

/** Rows of the write model that are looked at in one statement. */
const SLICE = 5_000;

/**
 * The sequence of the oldest event that is kept of a SKU. Of each SKU it is the oldest events that are gone, since log
 * and sequence agree; where none is kept, all are gone.
 */
const FIRST_KEPT = `coalesce(
  (SELECT sequence FROM events WHERE events.sku = it.sku ORDER BY sequence LIMIT 1),
  (SELECT version_number + 1 FROM products WHERE products.sku = it.sku))`;

interface Forgotten {
  readonly table: string;
  readonly key: readonly string[];
  /** CTEs that take rows `it` of the table and, for each SKU, the first sequence that is `kept`. */
  readonly insert: (schema: string) => string;
}

/**
 * Rows for events that retention removed, from the write model: which lines are held, and what is in which batch. A
 * line that kept events have written stays as it is; a batch gets what it lacks, and its ETA of now. Later events
 * overwrite these rows. Of lines that are not held nothing is known: views show them no longer than events are kept.
 */
const forgotten = {
  lines: {
    table: 'allocations',
    key: ['sku', 'order_id'],
    insert: (schema: string) => `written AS (
      INSERT INTO ${schema}view_lines (order_id, sku, qty, state, batch_ref, eta, sequence, changed_at, priority, asked_sequence, expires_at)
      SELECT it.order_id, it.sku, it.qty, it.state, it.batch_reference, batch.eta, it.position, it.allocated_at,
        it.priority, it.asked_sequence, it.expires_at
      FROM it JOIN kept USING (sku)
      LEFT JOIN LATERAL (SELECT eta FROM batches WHERE reference = it.batch_reference LIMIT 1) batch ON true
      WHERE it.position < kept.first
      ON CONFLICT (order_id, sku) DO NOTHING
      RETURNING ${WRITTEN}
    ), summed AS (${addToSums(schema)})`,
  },
  // If the event that set the quantity is gone its number is unknown. Any number that is no larger will do, since it is
  // only compared: that of the event that created the batch (`position`).
  batches: {
    table: 'batches',
    key: ['reference'],
    insert: (schema: string) => `written AS (
      INSERT INTO ${schema}view_batches AS batch (ref, sku, eta, position, purchased, purchased_sequence, available, sequence, expected, eta_sequence,
        dispatched)
      SELECT it.reference, it.sku, it.eta, it.position, it.purchased_quantity, it.position,
        it.purchased_quantity - it.allocated_quantity, it.sequence, coalesce(it.eta, it.created_eta), it.position,
        it.dispatched_quantity
      FROM it JOIN kept USING (sku)
      WHERE it.position < kept.first
      ON CONFLICT (ref) DO UPDATE
      SET eta = excluded.eta, expected = coalesce(batch.expected, excluded.expected),
          eta_sequence = greatest(batch.eta_sequence, excluded.eta_sequence),
          dispatched = greatest(batch.dispatched, excluded.dispatched), position = excluded.position,
          purchased = coalesce(batch.purchased, excluded.purchased),
          purchased_sequence = greatest(batch.purchased_sequence, excluded.purchased_sequence)
    )`,
  },
} satisfies Record<string, Forgotten>;

/**
 * Writes into a draft of a view what it would have of events that are gone. Each statement takes a slice of the write
 * model as it is at that moment.
 * @param schema of the draft, with a full stop
 */
export async function writeForgotten(
  sql: Statements,
  name: keyof typeof forgotten,
  schema: string,
): Promise<void> {
  const { table, key, insert }: Forgotten = forgotten[name];
  const statement = `
    WITH it AS MATERIALIZED (
      SELECT * FROM ${table} WHERE (${key.join()}) > (${key.map((_, index) => `$${index + 1}::text`).join()})
      ORDER BY ${key.join()} LIMIT ${SLICE}
    ), kept AS MATERIALIZED (
      SELECT sku, ${FIRST_KEPT} AS first FROM (SELECT DISTINCT sku FROM it) it
    ), ${insert(schema)}
    SELECT (SELECT count(*)::int FROM it) AS count,
      (SELECT ARRAY[${key.join()}] FROM it ORDER BY ${key.map((column) => `${column} DESC`).join()} LIMIT 1) AS last`;
  for (let after = key.map(() => ''); ;) {
    const [{ count, last }] = await sql.rows<{ count: number; last: string[] }>(statement, after);
    if (count < SLICE) return;
    after = last;
  }
}
