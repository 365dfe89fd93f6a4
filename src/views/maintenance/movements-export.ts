import { movementOf, readEvent } from '../../allocation/contracts';
import type { Statements } from '../../database/sql';

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

interface EventRow {
  readonly type: string;
  readonly schema_version: number;
  readonly sequence: number;
  readonly occurred_at: Date;
  readonly data: Record<string, unknown>;
}

const SKUS_AT_ONCE = 100;
const EVENTS_AT_ONCE = 5_000;

/**
 * Reads all movements that are retained, SKU by SKU and of each the newest first: so what a batch had after a movement
 * follows from what it has now, whatever is not retained any more. Each statement is a short one.
 */
export async function* movementLines(sql: Statements): AsyncGenerator<MovementLine> {
  for (let after = ''; ;) {
    const skus = await sql.rows<SkuRow>(
      `SELECT sku, version_number::float8 AS version,
         (SELECT jsonb_object_agg(reference, purchased_quantity - dispatched_quantity)
          FROM batches WHERE batches.sku = products.sku) AS has
       FROM products WHERE sku > $1 ORDER BY sku LIMIT ${SKUS_AT_ONCE}`,
      [after],
    );
    for (const row of skus) yield* movementsOf(sql, row);
    if (skus.length < SKUS_AT_ONCE) return;
    after = skus.at(-1)!.sku;
  }
}

async function* movementsOf(sql: Statements, { sku, version, has }: SkuRow): AsyncGenerator<MovementLine> {
  for (let before = version + 1; ;) {
    const events = await sql.rows<EventRow>(
      `SELECT type, schema_version, sequence::float8 AS sequence, occurred_at, data
       FROM events WHERE sku = $1 AND sequence < $2::bigint ORDER BY sequence DESC LIMIT ${EVENTS_AT_ONCE}`,
      [sku, before],
    );
    for (const { type, schema_version, occurred_at, data } of events) {
      const event = readEvent(type, schema_version, data);
      const movement = event && movementOf(event);
      if (!movement) continue;
      const { batchRef: ref, pieces: delta, reason, note, orderId: orderid } = movement;
      yield { ref, sku, time: occurred_at.toISOString(), delta, reason, note, orderid, qty: has[ref] };
      has[ref] -= delta;
    }
    if (events.length < EVENTS_AT_ONCE) return;
    before = events.at(-1)!.sequence;
  }
}
