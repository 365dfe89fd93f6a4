import { setImmediate } from 'node:timers/promises';
import { inSlices, SLICE } from '../../../database/in-slices';
import type { Query } from '../../../database/transaction';
import type { ProductChange } from '../../application/product-repository';
import type { LineKey } from '../../domain/order-line';
import { type ChangedLine, RowChanges } from './row-changes';

/** Writes the rows that follow from the changes' events, each kind with as few statements as can be. */
export async function saveRows(query: Query, changes: readonly ProductChange[]): Promise<void> {
  const rows = new RowChanges();
  for (const change of changes) {
    for (let next = 0; next < change.events.length; next += SLICE) {
      if (next > 0) await setImmediate();
      rows.fold(change, change.events.slice(next, next + SLICE));
    }
  }
  insertBatches(query, rows);
  updateBatches(query, rows);
  await inSlices([...rows.removedLines.values()], (removed) => deleteLines(query, removed));
  await inSlices([...rows.changedLines.values()], (changed) => updateLines(query, changed));
  const added = [...rows.newLines.values()];
  await inSlices(added.filter(isUsual), (usual) => insertUsualLines(query, usual));
  await inSlices(
    added.filter((line) => !isUsual(line)),
    (others) => insertLines(query, others),
  );
}

function insertBatches(query: Query, rows: RowChanges): void {
  const batches = [...rows.newBatches.values()];
  if (batches.length === 0) return;
  void query(
    `INSERT INTO batches (reference, sku, purchased_quantity, allocated_quantity, dispatched_quantity, eta, position,
       sequence, created_quantity, created_eta)
     SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::int[], $6::date[], $7::bigint[],
       $8::bigint[], $9::int[], $10::date[])`,
    [
      batches.map((batch) => batch.ref),
      batches.map(({ sku }) => sku),
      batches.map(({ purchasedQuantity }) => purchasedQuantity),
      batches.map(({ allocatedQuantity }) => allocatedQuantity),
      batches.map(({ dispatchedQuantity }) => dispatchedQuantity),
      batches.map(({ eta }) => eta),
      batches.map(({ createdSequence }) => createdSequence),
      batches.map(({ sequence }) => sequence),
      batches.map(({ createdQuantity }) => createdQuantity),
      batches.map(({ createdEta }) => createdEta),
    ],
  );
}

function updateBatches(query: Query, rows: RowChanges): void {
  const batches = [...rows.changedBatches.values()];
  if (batches.length === 0) return;
  // Adding to the counters, instead of setting them, lets their CHECKs refuse an oversold batch even if two
  // writers got here with the same state of the product.
  void query(
    `UPDATE batches b
     SET purchased_quantity = coalesce(changed.purchased, b.purchased_quantity),
         allocated_quantity = b.allocated_quantity + changed.delta,
         dispatched_quantity = b.dispatched_quantity + changed.dispatched,
         eta = CASE WHEN changed.is_moved THEN changed.eta ELSE b.eta END,
         sequence = changed.sequence
     FROM unnest($1::text[], $2::int[], $3::int[], $4::int[], $5::boolean[], $6::date[], $7::bigint[])
       AS changed (reference, purchased, delta, dispatched, is_moved, eta, sequence)
     WHERE b.reference = changed.reference AND b.reference = ANY($1::text[])`,
    [
      batches.map((batch) => batch.ref),
      batches.map(({ purchasedQuantity }) => purchasedQuantity),
      batches.map(({ allocatedDelta }) => allocatedDelta),
      batches.map(({ dispatchedDelta }) => dispatchedDelta),
      batches.map(({ eta }) => eta !== undefined),
      batches.map(({ eta }) => eta ?? null),
      batches.map(({ sequence }) => sequence),
    ],
  );
}

function deleteLines(query: Query, removed: readonly LineKey[]): Promise<unknown> {
  return query(
    `DELETE FROM allocations WHERE ctid = ANY (ARRAY(
       SELECT line.ctid FROM unnest($1::text[], $2::text[]) AS removed (sku, order_id)
       CROSS JOIN LATERAL (
         SELECT ctid FROM allocations WHERE sku = removed.sku AND order_id = removed.order_id LIMIT 1
       ) line))`,
    [removed.map(({ sku }) => sku), removed.map(({ orderId }) => orderId)],
  );
}

/** The columns of a line that may change, and their values in the order of `valuesOf`. */
const COLUMNS =
  'state, batch_reference, priority, wait, expires_at, reserve_for, promised_batch, promised_eta, position, allocated_at';
const CHANGED = `unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::text[], $6::text[], $7::int[], $8::boolean[],
  $9::timestamptz[], $10::int[], $11::text[], $12::date[], $13::bigint[], $14::timestamptz[])
  AS changed (sku, order_id, qty, asked_sequence, ${COLUMNS})`;
const values = (source: string) => COLUMNS.replaceAll(/\w+/g, (column) => `${source}.${column}`);

function valuesOf(lines: readonly ChangedLine[]): unknown[] {
  return [
    lines.map(({ line }) => line.sku),
    lines.map(({ line }) => line.orderId),
    lines.map(({ line }) => line.qty),
    lines.map(({ line }) => line.askedSequence),
    lines.map(({ line }) => line.state),
    lines.map(({ line }) => line.batchRef),
    lines.map(({ line }) => line.priority),
    lines.map(({ line }) => line.wait),
    lines.map(({ line }) => line.expiresAt),
    lines.map(({ line }) => line.reserveFor),
    lines.map(({ line }) => line.lastPromise?.batchRef ?? null),
    lines.map(({ line }) => line.lastPromise?.eta ?? null),
    lines.map(({ sequence }) => sequence),
    lines.map(({ changedAt }) => changedAt),
  ];
}

function updateLines(query: Query, changed: readonly ChangedLine[]): Promise<unknown> {
  return query(
    `UPDATE allocations a SET (${COLUMNS}) = ROW(${values('changed')})
     FROM ${CHANGED}
     CROSS JOIN LATERAL (
       SELECT ctid FROM allocations WHERE sku = changed.sku AND order_id = changed.order_id LIMIT 1
     ) line
     WHERE a.ctid = line.ctid`,
    valuesOf(changed),
  );
}

/**
 * A line that expired makes room for a new one of its order. In the place of any other line the quantity becomes 0, which
 * its CHECK refuses, and with it the transaction: so no line is ever held twice.
 */
const IN_PLACE_OF_EXPIRED = `ON CONFLICT (sku, order_id) DO UPDATE
  SET (qty, asked_sequence, ${COLUMNS}) = ROW(
    CASE a.state WHEN 'expired' THEN excluded.qty ELSE 0 END, excluded.asked_sequence, ${values('excluded')})`;

function insertLines(query: Query, added: readonly ChangedLine[]): Promise<unknown> {
  return query(
    `INSERT INTO allocations AS a (sku, order_id, qty, asked_sequence, ${COLUMNS})
     SELECT * FROM ${CHANGED} ${IN_PLACE_OF_EXPIRED}`,
    valuesOf(added),
  );
}

/** Lines on the usual terms, which the defaults of the columns say: most lines are like that, and cost less so. */
function insertUsualLines(query: Query, added: readonly ChangedLine[]): Promise<unknown> {
  return query(
    `INSERT INTO allocations AS a (sku, order_id, qty, batch_reference, asked_sequence, position, allocated_at)
     SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::bigint[], $6::bigint[], $7::timestamptz[])
     ${IN_PLACE_OF_EXPIRED}`,
    [
      added.map(({ line }) => line.sku),
      added.map(({ line }) => line.orderId),
      added.map(({ line }) => line.qty),
      added.map(({ line }) => line.batchRef),
      added.map(({ line }) => line.askedSequence),
      added.map(({ sequence }) => sequence),
      added.map(({ changedAt }) => changedAt),
    ],
  );
}

function isUsual({ line: { state, priority, wait } }: ChangedLine): boolean {
  return state === 'allocated' && priority === 0 && !wait;
}
