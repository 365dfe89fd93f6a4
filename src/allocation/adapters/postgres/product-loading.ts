import type { Query } from '../../../database/transaction';
import type { Scope, ScopeOfBatchToChange } from '../../application/scope';
import { Batch } from '../../domain/batch';
import type { HeldLine } from '../../domain/line';
import { OrderLine } from '../../domain/order-line';
import { Product } from '../../domain/product';
import { type LineKey, Needed, sought, type Sought } from './needed';

interface BatchRow {
  reference: string;
  sku: string;
  purchased_quantity: number;
  allocated_quantity: number;
  eta: string | null;
  position: string;
  sequence: string;
  created_quantity: number;
  created_eta: string | null;
}

interface AllocationRow {
  sku: string;
  order_id: string;
  qty: number;
  batch_reference: string;
  position: string;
}

// A day must not become a Date, which would shift it by the time zone.
const BATCH_COLUMNS = `b.reference, b.sku, b.purchased_quantity, b.allocated_quantity,
  to_char(b.eta, 'YYYY-MM-DD') AS eta, b.position, b.sequence,
  b.created_quantity, to_char(b.created_eta, 'YYYY-MM-DD') AS created_eta`;
const ALLOCATION_COLUMNS = 'a.sku, a.order_id, a.qty, a.batch_reference, a.position';

/** What the row of a product says; version 0 for a SKU that nobody knows. */
export interface ProductHead {
  readonly version: number;
  /** Pieces left in all its batches. */
  readonly available: number;
}

/** Rows of batches, some of them perhaps twice, and of allocated lines. */
interface Rows {
  readonly batches: readonly BatchRow[];
  readonly lines: readonly AllocationRow[];
}

/**
 * Reads what the scopes need of their products: first what they name and seek, all at once; then what the
 * lines found make necessary, if there are any. The number of statements depends on what is needed and not on
 * how many products there are; each reads along an index.
 */
export async function readRows(query: Query, scopes: readonly Scope[]): Promise<Rows> {
  const needed = new Needed(scopes);
  const [lines, displaced, namedBatches, fitting] = await Promise.all([
    allocationsOf(query, needed.lines),
    displacedAllocations(query, needed.cuts),
    batchesByReference(query, needed.batches),
    batchesThatFit(query, sought(needed.newLines), needed.batches),
  ]);
  const found = [...lines, ...displaced];
  if (found.length === 0) return { batches: [...namedBatches, ...fitting], lines: found };

  const moving = lines.filter((line) => needed.isMoving({ sku: line.sku, orderId: line.order_id }));
  const [theirBatches, fittingAll] = await Promise.all([
    batchesByReference(
      query,
      found.map(({ batch_reference }) => batch_reference),
    ),
    batchesThatFit(query, sought([...needed.newLines, ...moving, ...displaced]), needed.batches),
  ]);
  return { batches: [...namedBatches, ...theirBatches, ...fittingAll], lines: found };
}

async function allocationsOf(query: Query, named: readonly LineKey[]): Promise<AllocationRow[]> {
  if (named.length === 0) return [];
  return query(
    `SELECT ${ALLOCATION_COLUMNS} FROM unnest($1::text[], $2::text[]) AS named (sku, order_id)
     CROSS JOIN LATERAL (
       SELECT * FROM allocations WHERE sku = named.sku AND order_id = named.order_id LIMIT 1
     ) a`,
    [named.map(({ sku }) => sku), named.map(({ orderId }) => orderId)],
  );
}

/**
 * The newest lines of batches that are cut. A line has one piece at least, so there are no more lines
 * to take off than pieces missing.
 */
async function displacedAllocations(
  query: Query,
  cuts: readonly ScopeOfBatchToChange[],
): Promise<AllocationRow[]> {
  if (cuts.length === 0) return [];
  return query(
    `SELECT ${ALLOCATION_COLUMNS} FROM unnest($1::text[], $2::int[]) AS cut (reference, qty)
     CROSS JOIN LATERAL (SELECT * FROM batches WHERE reference = cut.reference LIMIT 1) b
     CROSS JOIN LATERAL (
       SELECT * FROM allocations WHERE batch_reference = b.reference ORDER BY position DESC
       LIMIT greatest(b.allocated_quantity - cut.qty, 0)
     ) a`,
    [cuts.map(({ batchRef }) => batchRef), cuts.map(({ qty }) => qty)],
  );
}

async function batchesByReference(query: Query, references: readonly string[]): Promise<BatchRow[]> {
  if (references.length === 0) return [];
  return query(`SELECT ${BATCH_COLUMNS} FROM batches b WHERE reference = ANY($1::text[])`, [
    [...new Set(references)],
  ]);
}

/**
 * The batches that rule 2 could pick. Of n lines that seek batches each may use up one, so for every
 * quantity the first n batches that fit now are enough, whatever the other lines do. Batches that the work
 * itself names do not count, for it may change how much they hold; they are loaded in any case.
 */
async function batchesThatFit(
  query: Query,
  sought: readonly Sought[],
  named: readonly string[],
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
    [sought.map(({ sku }) => sku), sought.map(({ qty }) => qty), sought.map(({ lines }) => lines), named],
  );
}

/**
 * The products whose heads are given.
 * @returns for each SKU a function that makes the product anew as it was read
 */
export function productsOf(
  heads: ReadonlyMap<string, ProductHead>,
  { batches: batchRows, lines: lineRows }: Rows,
): Map<string, () => Product> {
  const batchesOf = new Map<string, Map<string, BatchRow>>();
  for (const row of batchRows) {
    let rows = batchesOf.get(row.sku);
    if (!rows) batchesOf.set(row.sku, (rows = new Map<string, BatchRow>()));
    rows.set(row.reference, row);
  }
  const linesOf = new Map<string, AllocationRow[]>();
  for (const row of lineRows) {
    const rows = linesOf.get(row.sku);
    if (rows) rows.push(row);
    else linesOf.set(row.sku, [row]);
  }
  return new Map(
    [...heads].map(([sku, head]) => [
      sku,
      () => toProduct(sku, head, batchesOf.get(sku)?.values() ?? [], linesOf.get(sku) ?? []),
    ]),
  );
}

function toProduct(
  sku: string,
  { version, available }: ProductHead,
  batchRows: Iterable<BatchRow>,
  lineRows: readonly AllocationRow[],
): Product {
  const batches = new Map<string, Batch>();
  for (const row of batchRows) {
    const { reference, purchased_quantity, eta, position, allocated_quantity, sequence } = row;
    const batch = new Batch(
      reference,
      purchased_quantity,
      eta,
      Number(position),
      allocated_quantity,
      Number(sequence),
      row.created_quantity,
      row.created_eta,
    );
    batches.set(reference, batch);
  }
  const lines = lineRows.map((row): HeldLine => {
    const batch = batches.get(row.batch_reference);
    if (!batch) throw new Error(`Batch ${row.batch_reference} of an allocated line was not loaded`);
    return {
      line: new OrderLine(row.order_id, sku, row.qty),
      state: 'allocated',
      batch,
      priority: 0,
      wait: false,
      askedSequence: Number(row.position),
      expiresAt: null,
    };
  });
  return new Product(sku, version, available, batches.values(), lines);
}
