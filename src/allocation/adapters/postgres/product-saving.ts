import { setImmediate } from 'node:timers/promises';
import { inSlices, SLICE } from '../../../database/in-slices';
import type { Query } from '../../../database/transaction';
import type { ProductChange } from '../../application/product-repository';
import { type AllocationKey, type NewAllocation, RowChanges } from './row-changes';

/** Writes the rows that follow from the changes' events, each kind with as few statements as can be. */
export async function saveRows(query: Query, changes: readonly ProductChange[]): Promise<void> {
  const rows = new RowChanges();
  for (const change of changes) {
    for (let next = 0; next < change.events.length; next += SLICE) {
      if (next > 0) await setImmediate();
      rows.fold(change.sku, change.events.slice(next, next + SLICE));
    }
  }
  insertBatches(query, rows);
  updateBatches(query, rows);
  await inSlices(rows.removedAllocations, (removed) => deleteAllocations(query, removed));
  await inSlices([...rows.newAllocations.values()], (added) => insertAllocations(query, added));
}

function insertBatches(query: Query, rows: RowChanges): void {
  const batches = [...rows.newBatches.values()];
  if (batches.length === 0) return;
  void query(
    `INSERT INTO batches (reference, sku, purchased_quantity, allocated_quantity, eta, position, sequence,
       created_quantity, created_eta)
     SELECT *, eta
     FROM unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::date[], $6::bigint[], $7::bigint[], $8::int[])
       AS new (reference, sku, purchased, allocated, eta, position, sequence, created)`,
    [
      batches.map(({ reference }) => reference),
      batches.map(({ sku }) => sku),
      batches.map(({ purchasedQuantity }) => purchasedQuantity),
      batches.map(({ allocatedQuantity }) => allocatedQuantity),
      batches.map(({ eta }) => eta),
      batches.map(({ createdSequence }) => createdSequence),
      batches.map(({ sequence }) => sequence),
      batches.map(({ createdQuantity }) => createdQuantity),
    ],
  );
}

function updateBatches(query: Query, rows: RowChanges): void {
  const batches = [...rows.changedBatches.values()];
  if (batches.length === 0) return;
  // Adding to the counter, instead of setting it, lets its CHECK refuse an oversold batch even if two
  // writers got here with the same state of the product.
  void query(
    `UPDATE batches b
     SET purchased_quantity = coalesce(changed.purchased, b.purchased_quantity),
         allocated_quantity = b.allocated_quantity + changed.delta,
         sequence = changed.sequence
     FROM unnest($1::text[], $2::int[], $3::int[], $4::bigint[]) AS changed (reference, purchased, delta, sequence)
     WHERE b.reference = changed.reference AND b.reference = ANY($1::text[])`,
    [
      batches.map(({ reference }) => reference),
      batches.map(({ purchasedQuantity }) => purchasedQuantity),
      batches.map(({ allocatedDelta }) => allocatedDelta),
      batches.map(({ sequence }) => sequence),
    ],
  );
}

function deleteAllocations(query: Query, removed: readonly AllocationKey[]): Promise<unknown> {
  return query(
    `DELETE FROM allocations WHERE ctid = ANY (ARRAY(
       SELECT line.ctid FROM unnest($1::text[], $2::text[]) AS removed (sku, order_id)
       CROSS JOIN LATERAL (
         SELECT ctid FROM allocations WHERE sku = removed.sku AND order_id = removed.order_id LIMIT 1
       ) line))`,
    [removed.map(({ sku }) => sku), removed.map(({ orderId }) => orderId)],
  );
}

function insertAllocations(query: Query, added: readonly NewAllocation[]): Promise<unknown> {
  return query(
    `INSERT INTO allocations (sku, order_id, qty, batch_reference, position, allocated_at)
     SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::bigint[], $6::timestamptz[])`,
    [
      added.map(({ sku }) => sku),
      added.map(({ orderId }) => orderId),
      added.map(({ qty }) => qty),
      added.map(({ batchRef }) => batchRef),
      added.map(({ allocatedSequence }) => allocatedSequence),
      added.map(({ allocatedAt }) => allocatedAt),
    ],
  );
}
