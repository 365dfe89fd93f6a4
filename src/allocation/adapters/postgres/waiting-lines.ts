import type { Query } from '../../../database/transaction';
import type { ScopeOfQuestion } from '../../application/scope';
import { byPrecedence } from '../../domain/line';
import { lineKey } from '../../domain/order-line';
import type { Needed } from './needed';
import { type BatchRow, LINE_COLUMNS, type LineRow } from './product-rows';

/** Pieces that may come free in a batch of the SKU. */
interface Room {
  readonly sku: string;
  readonly pieces: number;
}

/**
 * The lines that wait and could be served: of each quantity the first ones, as many as all batches together that get
 * pieces could take, and as many more as units could take off the wait-list before (decision record 17).
 * @param released lines that may give their pieces back
 */
export async function linesThatWait(
  query: Query,
  needed: Needed,
  batches: readonly BatchRow[],
  released: readonly LineRow[],
): Promise<LineRow[]> {
  const rooms = roomsOf(needed, batches, released);
  if (rooms.length === 0) return [];
  const skus = [...new Set(rooms.map(({ sku }) => sku))];
  const largest = (sku: string) =>
    rooms.reduce((most, room) => (room.sku === sku ? Math.max(most, room.pieces) : most), 0);
  // The distinct quantities are found one by one, each by a step along the index.
  return query(
    `WITH RECURSIVE wanted AS (
       SELECT asked.*, (
         SELECT qty FROM allocations
         WHERE sku = asked.sku AND state = 'waiting' AND qty <= asked.largest
         ORDER BY qty LIMIT 1) AS qty
       FROM unnest($1::text[], $2::bigint[], $3::int[]) AS asked (sku, largest, more)
       UNION ALL
       SELECT sku, largest, more, (
         SELECT qty FROM allocations
         WHERE sku = wanted.sku AND state = 'waiting' AND qty > wanted.qty AND qty <= wanted.largest
         ORDER BY qty LIMIT 1)
       FROM wanted WHERE qty IS NOT NULL
     )
     SELECT ${LINE_COLUMNS} FROM wanted
     CROSS JOIN LATERAL (
       SELECT * FROM allocations
       WHERE sku = wanted.sku AND state = 'waiting' AND qty = wanted.qty
       ORDER BY priority DESC, asked_sequence
       LIMIT wanted.more + (
         SELECT sum(pieces / wanted.qty) FROM unnest($4::text[], $5::bigint[]) AS room (sku, pieces)
         WHERE room.sku = wanted.sku)
     ) a
     WHERE wanted.qty IS NOT NULL`,
    [
      skus,
      skus.map(largest),
      skus.map((sku) => needed.linesOf(sku)),
      rooms.map(({ sku }) => sku),
      rooms.map(({ pieces }) => pieces),
    ],
  );
}

/** The batches that get pieces, each with what it has left, what it gets, and what may come free in it. */
function roomsOf(needed: Needed, batches: readonly BatchRow[], released: readonly LineRow[]): Room[] {
  const known = new Map(batches.map((batch) => [batch.ref, batch]));
  const gains = new Map<string, Room>();
  const gain = (sku: string, batchRef: string, pieces: number) => {
    if (pieces > 0) gains.set(batchRef, { sku, pieces: pieces + (gains.get(batchRef)?.pieces ?? 0) });
  };
  for (const { sku, batchRef, adds = 0, qty = 0 } of needed.gains) {
    gain(sku, batchRef, adds + Math.max(0, qty - (known.get(batchRef)?.purchased_quantity ?? 0)));
  }
  const lines = new Map(released.map((line) => [lineKey({ sku: line.sku, orderId: line.order_id }), line]));
  for (const { sku, state, batchRef, qty } of lines.values()) {
    if (batchRef !== null && state !== 'dispatched') gain(sku, batchRef, qty);
  }
  return [...gains].map(([batchRef, { sku, pieces }]) => {
    const batch = known.get(batchRef);
    return { sku, pieces: pieces + (batch ? batch.purchased_quantity - batch.allocated_quantity : 0) };
  });
}

/**
 * By SKU: how many lines wait before the one that is asked for.
 * @param loaded lines that are not counted, since the product knows of them
 */
export async function linesWaitingBefore(
  query: Query,
  questions: readonly ScopeOfQuestion[],
  loaded: readonly LineRow[],
): Promise<Map<string, number>> {
  const counts = questions.map(async ({ sku, orderId, priority }): Promise<[string, number]> => {
    const own = loaded.find((line) => line.sku === sku && line.order_id === orderId);
    const isWaiting = own?.state === 'waiting';
    const place = {
      priority: priority ?? (isWaiting ? own.priority : 0),
      askedSequence: isWaiting ? Number(own.asked_sequence) : Number.MAX_SAFE_INTEGER,
    };
    const [{ before }] = await query<{ before: number }>(
      `SELECT (SELECT count(*) FROM allocations WHERE sku = $1 AND state = 'waiting' AND priority > $2::int)::int
         + (SELECT count(*) FROM allocations
            WHERE sku = $1 AND state = 'waiting' AND priority = $2::int AND asked_sequence < $3::bigint)::int AS before`,
      [sku, place.priority, place.askedSequence],
    );
    const known = new Map(loaded.map((line) => [lineKey({ sku: line.sku, orderId: line.order_id }), line]));
    const counted = [...known.values()].filter(
      (line) =>
        line.sku === sku &&
        line.state === 'waiting' &&
        line.order_id !== orderId &&
        byPrecedence({ priority: line.priority, askedSequence: Number(line.asked_sequence) }, place) < 0,
    );
    return [sku, before - counted.length - ownIsCounted(own, place)];
  });
  return new Map(await Promise.all(counts));
}

/**
 * 1 when the waiting row of the line itself was counted: the question gives it a lower priority than it has, and so a
 * place behind that row.
 */
function ownIsCounted(own: LineRow | undefined, place: { priority: number; askedSequence: number }): number {
  if (own?.state !== 'waiting') return 0;
  return byPrecedence({ priority: own.priority, askedSequence: Number(own.asked_sequence) }, place) < 0
    ? 1
    : 0;
}
