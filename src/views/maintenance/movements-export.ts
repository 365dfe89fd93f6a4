import type { Statements } from '../../database/sql';
import { MOVEMENT_COLUMNS, type MovementEvent, movementsOf, readMovement } from '../queries/movements-of';

/** A movement (rule 18), and what its batch had after it. */
export interface MovementLine {
  readonly ref: string;
  readonly sku: string;
  readonly time: string;
  readonly delta: number;
  readonly reason: string;
  readonly note: string | null;
  readonly orderid: string | null;
  readonly qty: number;
}

export const movementColumns = ['ref', 'sku', 'time', 'delta', 'reason', 'note', 'orderid', 'qty'] as const;

interface SkuRow {
  readonly sku: string;
  /** The number of its newest event. */
  readonly version: number;
  /** What each of its batches has after that. */
  readonly has: Record<string, number>;
}

const SKUS_AT_ONCE = 100;
const MOVEMENTS_AT_ONCE = 5_000;

/**
 * Reads all movements that are retained, SKU by SKU and of each the newest first: so what a batch had after a movement
 * follows from what it has now, whatever is not retained any more. Each statement is a short one, and reads nothing but
 * movements, however many lines were allocated in between.
 */
export async function* movementLines(sql: Statements): AsyncGenerator<MovementLine> {
  for (let after = ''; ;) {
    const skus = await sql.rows<SkuRow>(
      `SELECT sku, version_number::float8 AS version,
         coalesce((SELECT jsonb_object_agg(reference, purchased_quantity - dispatched_quantity)
                   FROM batches WHERE batches.sku = products.sku), '{}') AS has
       FROM products WHERE sku > $1 ORDER BY sku LIMIT ${SKUS_AT_ONCE}`,
      [after],
    );
    for (const row of skus) yield* movementsOfSku(sql, row);
    if (skus.length < SKUS_AT_ONCE) return;
    after = skus.at(-1)!.sku;
  }
}

async function* movementsOfSku(sql: Statements, { sku, version, has }: SkuRow): AsyncGenerator<MovementLine> {
  const batchRefs = Object.keys(has);
  for (let before = version + 1; ;) {
    const events = await sql.rows<MovementEvent>(
      `SELECT movement.* FROM unnest($2::text[]) AS batch (ref)
       CROSS JOIN LATERAL (
         SELECT ${MOVEMENT_COLUMNS} FROM events
         WHERE ${movementsOf('$1', 'batch.ref COLLATE "C"')} AND sequence < $3::bigint
         ORDER BY sequence DESC LIMIT ${MOVEMENTS_AT_ONCE}
       ) movement
       ORDER BY sequence DESC LIMIT ${MOVEMENTS_AT_ONCE}`,
      [sku, batchRefs, before],
    );
    for (const event of events) {
      const { batchRef, pieces: delta, reason, note, orderId: orderid } = readMovement(event);
      const time = event.occurred_at.toISOString();
      yield { ref: batchRef, sku, time, delta, reason, note, orderid, qty: has[batchRef] };
      has[batchRef] -= delta;
    }
    if (events.length < MOVEMENTS_AT_ONCE) return;
    before = events.at(-1)!.sequence;
  }
}
