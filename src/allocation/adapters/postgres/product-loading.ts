import type { Query } from '../../../database/transaction';
import type { Scope } from '../../application/scope';
import type { LineKey } from '../../domain/order-line';
import { type Cut, Needed, sought, type Sought } from './needed';
import { BATCH_COLUMNS, type BatchRow, LINE_COLUMNS, type LineRow, type Rows } from './product-rows';
import { linesThatWait, linesWaitingBefore } from './waiting-lines';

/** Reservations that ran out which one commit gives back at most; of more, those that ran out first. */
export const MOST_EXPIRED = 1_000;

/** Lines that wait which a unit may serve in a transaction that it shares with units of other SKUs. */
export const MOST_WAITING = 1_000;

/**
 * Reads what the scopes need of their products (decision record 17): first what they name and seek, all at once; then
 * what the lines found make necessary, if there are any. The number of statements depends on what is needed and not
 * on how many products there are; each reads along an index.
 * @param mostExpired reservations of a SKU that ran out, at most; when that is more than `MOST_EXPIRED`, it is told
 */
export async function readRows(
  query: Query,
  scopes: readonly Scope[],
  mostExpired = MOST_EXPIRED + 1,
): Promise<Rows> {
  const needed = new Needed(scopes);
  const [{ expired, ...time }, named, namedBatches, fitting] = await Promise.all([
    expiredLines(query, needed.skus, mostExpired),
    linesNamed(query, needed.lines),
    batchesByRef(query, needed.batches),
    batchesThatFit(query, sought(needed.newLines), needed.batches),
  ]);
  const displaced = await displacedLines(query, needed, namedBatches, expired);
  const found = [...expired, ...named, ...displaced];
  let batches = [...namedBatches, ...fitting];
  if (found.length > 0) {
    const moving = named.filter((line) => needed.isMoving(keyOf(line)));
    const theirs = found.flatMap(({ batchRef }) => batchRef ?? []);
    const [theirBatches, fittingAll] = await Promise.all([
      batchesByRef(query, theirs),
      batchesThatFit(query, sought([...needed.newLines, ...moving, ...displaced]), [
        ...needed.batches,
        ...theirs,
      ]),
    ]);
    batches = [...namedBatches, ...theirBatches, ...fittingAll];
  }
  const givenBack = named.filter((line) => needed.isGivenBack(keyOf(line)));
  const waiting = await linesThatWait(query, needed, batches, [...expired, ...givenBack, ...displaced]);
  const lines = [...found, ...waiting];
  if (needed.questions.length === 0) return { ...time, batches, lines, waitingBefore: new Map() };
  const [all, waitingBefore] = await Promise.all([
    batchesOf(query, needed.skus),
    linesWaitingBefore(query, needed.questions, lines),
  ]);
  return { ...time, batches: all, lines, waitingBefore };
}

/**
 * The reservations that ran out, those first that did so first, and the time by which they did. It is read when the
 * products are locked, so that it never goes back from one commit of a product to the next.
 */
async function expiredLines(
  query: Query,
  skus: readonly string[],
  most: number,
): Promise<Pick<Rows, 'now' | 'overdue'> & { expired: LineRow[] }> {
  // One row at least, so that the time is told when nothing ran out.
  const rows = await query<{ now: Date } & (LineRow | { sku: null })>(
    `WITH clock AS MATERIALIZED (SELECT date_trunc('milliseconds', clock_timestamp()) AS now)
     SELECT clock.now, ${LINE_COLUMNS}
     FROM clock LEFT JOIN LATERAL (
       SELECT expired.* FROM unnest($1::text[]) AS product (sku)
       CROSS JOIN LATERAL (
         SELECT * FROM allocations
         WHERE sku = product.sku AND state = 'reserved' AND expires_at <= clock.now
         ORDER BY expires_at LIMIT $2::int
       ) expired
     ) a ON true`,
    [skus, most],
  );
  const expired = rows.filter((row): row is LineRow & (typeof rows)[number] => row.sku !== null);
  const counts = new Map<string, number>();
  for (const { sku } of expired) counts.set(sku, (counts.get(sku) ?? 0) + 1);
  const overdue = new Set([...counts].filter(([, count]) => count > MOST_EXPIRED).map(([sku]) => sku));
  return { now: rows[0].now, overdue, expired };
}

async function linesNamed(query: Query, named: readonly LineKey[]): Promise<LineRow[]> {
  if (named.length === 0) return [];
  return query(
    `SELECT ${LINE_COLUMNS} FROM unnest($1::text[], $2::text[]) AS named (sku, order_id)
     CROSS JOIN LATERAL (
       SELECT * FROM allocations WHERE sku = named.sku AND order_id = named.order_id LIMIT 1
     ) a`,
    [named.map(({ sku }) => sku), named.map(({ orderId }) => orderId)],
  );
}

/** The lines that leave batches which are cut, in the order of rule 7: no more of a batch than can have to leave it. */
async function displacedLines(
  query: Query,
  needed: Needed,
  batches: readonly BatchRow[],
  expired: readonly LineRow[],
): Promise<LineRow[]> {
  const known = new Map(batches.map((batch) => [batch.ref, batch]));
  const cuts = [...needed.cuts].flatMap(([batchRef, cuts]) => {
    const batch = known.get(batchRef);
    if (!batch) return [];
    const ranOut = expired.filter(({ sku }) => sku === batch.sku).length;
    return { batchRef, most: mostDisplaced(batch, cuts, needed, ranOut) };
  });
  if (cuts.length === 0) return [];
  return query(
    `SELECT ${LINE_COLUMNS} FROM unnest($1::text[], $2::bigint[]) AS cut (reference, most)
     CROSS JOIN LATERAL (
       SELECT * FROM allocations WHERE batch_reference = cut.reference AND state <> 'dispatched'
       ORDER BY priority, asked_sequence DESC LIMIT cut.most
     ) a`,
    [cuts.map(({ batchRef }) => batchRef), cuts.map(({ most }) => most)],
  );
}

/**
 * How many lines the cuts of a batch can displace: each has at least one piece, so no more than pieces are missing. Before
 * a cut, other units or what ran out may let the batch be filled up, or give it more: then it can lose as many lines as
 * pieces are taken away, each time that some are. Of the first lines in the order of rule 7, some may have left it by then,
 * or have another priority: those that are named, and those that ran out.
 * @param ranOut reservations of the SKU that did
 * @returns null: all of them
 */
function mostDisplaced(
  { ref: batchRef, sku, purchased_quantity: has, allocated_quantity: held }: BatchRow,
  cuts: readonly Cut[],
  needed: Needed,
  ranOut: number,
): number | null {
  if (cuts.some(({ isOfAll }) => isOfAll)) return null;
  const added = needed.gains.reduce(
    (sum, gain) => sum + (gain.batchRef === batchRef ? (gain.adds ?? 0) : 0),
    0,
  );
  const most = cuts.reduce((most, { qty = 0 }) => Math.max(most, qty), has) + added;
  const lost = cuts.reduce((sum, { qty, pieces = 0 }) => sum + (qty === undefined ? pieces : most - qty), 0);
  if (lost === 0) return 0;
  const isAlone = needed.unitsOf(sku) === 1 && ranOut === 0;
  return isAlone ? Math.max(0, lost - (has - held)) : lost + needed.linesOf(sku) + ranOut;
}

async function batchesByRef(query: Query, batchRefs: readonly string[]): Promise<BatchRow[]> {
  if (batchRefs.length === 0) return [];
  return query(`SELECT ${BATCH_COLUMNS} FROM batches b WHERE reference = ANY($1::text[])`, [
    [...new Set(batchRefs)],
  ]);
}

async function batchesOf(query: Query, skus: readonly string[]): Promise<BatchRow[]> {
  return query(`SELECT ${BATCH_COLUMNS} FROM batches b WHERE sku = ANY($1::text[])`, [skus]);
}

/**
 * The batches that rule 2 could pick. Of n lines that seek batches each may use up one, so for every
 * quantity the first n batches that fit now are enough, whatever the other lines do. Batches that are loaded anyhow do
 * not count, for the work may change how much they hold.
 */
async function batchesThatFit(
  query: Query,
  sought: readonly Sought[],
  loaded: readonly string[],
): Promise<BatchRow[]> {
  if (sought.length === 0) return [];
  return query(
    `SELECT ${BATCH_COLUMNS} FROM unnest($1::text[], $2::int[], $3::int[]) AS sought (sku, qty, lines)
     CROSS JOIN LATERAL (
       SELECT * FROM batches
       WHERE sku = sought.sku AND is_open AND purchased_quantity - allocated_quantity >= sought.qty
         AND reference <> ALL ($4::text[])
       ORDER BY eta NULLS FIRST, position
       LIMIT sought.lines
     ) b`,
    [
      sought.map(({ sku }) => sku),
      sought.map(({ qty }) => qty),
      sought.map(({ lines }) => lines),
      [...new Set(loaded)],
    ],
  );
}

function keyOf({ sku, order_id: orderId }: LineRow): LineKey {
  return { sku, orderId };
}
