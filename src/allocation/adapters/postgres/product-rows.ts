import { Batch } from '../../domain/batch';
import { Product } from '../../domain/product';
import { type StoredLine, toLine } from '../apply-event';

export interface BatchRow {
  ref: string;
  sku: string;
  purchased_quantity: number;
  allocated_quantity: number;
  dispatched_quantity: number;
  eta: string | null;
  createdSequence: string;
  sequence: string;
  created_quantity: number;
  created_eta: string | null;
}

export interface LineRow {
  sku: string;
  order_id: string;
  qty: number;
  state: StoredLine['state'];
  batchRef: string | null;
  priority: number;
  wait: boolean;
  asked_sequence: string;
  expires_at: Date | null;
  reserve_for: number | null;
  promised_batch: string | null;
  promised_eta: string | null;
}

// A day must not become a Date, which would shift it by the time zone.
export const BATCH_COLUMNS = `b.reference AS ref, b.sku, b.purchased_quantity, b.allocated_quantity,
  b.dispatched_quantity, to_char(b.eta, 'YYYY-MM-DD') AS eta, b.position AS "createdSequence", b.sequence,
  b.created_quantity, to_char(b.created_eta, 'YYYY-MM-DD') AS created_eta`;
export const LINE_COLUMNS = `a.sku, a.order_id, a.qty, a.state, a.batch_reference AS "batchRef", a.priority, a.wait,
  a.asked_sequence, a.expires_at, a.reserve_for, a.promised_batch, to_char(a.promised_eta, 'YYYY-MM-DD') AS promised_eta`;

/** What the row of a product says; version 0 for a SKU that nobody knows. */
export interface ProductHead {
  readonly version: number;
  /** Pieces left in all its batches. */
  readonly available: number;
}

/** What was read of some products; rows of batches and lines some of them perhaps twice. */
export interface Rows {
  readonly batches: readonly BatchRow[];
  readonly lines: readonly LineRow[];
  /** The time of the database after the products were locked. */
  readonly now: Date;
  /** SKUs with more reservations that ran out than one commit gives back (`MOST_EXPIRED`); the rest was not read. */
  readonly overdue: ReadonlySet<string>;
  /** By SKU: how many lines wait before the one in question that were not read. */
  readonly waitingBefore: ReadonlyMap<string, number>;
}

/**
 * The products whose heads are given.
 * @returns for each SKU a function that makes the product anew as it was read
 */
export function productsOf(heads: ReadonlyMap<string, ProductHead>, rows: Rows): Map<string, () => Product> {
  const batchesOf = bySku(rows.batches, (batch) => batch.ref);
  const linesOf = bySku(rows.lines, ({ order_id }) => order_id);
  return new Map(
    [...heads].map(([sku, { version, available }]) => [
      sku,
      () => {
        const batches = new Map<string, Batch>();
        for (const row of batchesOf.get(sku)?.values() ?? []) batches.set(row.ref, toBatch(row));
        const lines = [...(linesOf.get(sku)?.values() ?? [])].map((row) => toLine(toStored(row), batches));
        const waitingBefore = rows.waitingBefore.get(sku);
        return new Product(sku, version, available, batches.values(), lines, rows.now, waitingBefore);
      },
    ]),
  );
}

/** The rows of each SKU, each row once. */
function bySku<Row extends { readonly sku: string }>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): Map<string, Map<string, Row>> {
  const groups = new Map<string, Map<string, Row>>();
  for (const row of rows) {
    let group = groups.get(row.sku);
    if (!group) groups.set(row.sku, (group = new Map<string, Row>()));
    group.set(keyOf(row), row);
  }
  return groups;
}

function toBatch(row: BatchRow): Batch {
  return new Batch(
    row.ref,
    row.purchased_quantity,
    row.eta,
    Number(row.createdSequence),
    row.allocated_quantity,
    Number(row.sequence),
    row.created_quantity,
    row.created_eta,
    row.dispatched_quantity,
  );
}

function toStored(row: LineRow): StoredLine {
  const { order_id: orderId, sku, qty, state, batchRef, priority, wait } = row;
  const { promised_batch: promisedBatch, promised_eta: eta } = row;
  return {
    orderId,
    sku,
    qty,
    state,
    batchRef,
    priority,
    wait,
    askedSequence: Number(row.asked_sequence),
    expiresAt: row.expires_at?.toISOString() ?? null,
    reserveFor: row.reserve_for,
    lastPromise: promisedBatch === null ? null : { batchRef: promisedBatch, eta },
  };
}
