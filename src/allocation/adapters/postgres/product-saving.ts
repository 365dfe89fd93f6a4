import type { ProductChange } from '../../application/product-repository';
import type { Query } from './query';
import { RowChanges } from './row-changes';

/** Writes the rows that follow from the changes' events, each kind with one statement. */
export function saveRows(query: Query, changes: readonly ProductChange[]): void {
  const rows = new RowChanges(changes);
  insertBatches(query, rows);
  updateBatches(query, rows);
  deleteAllocations(query, rows);
  insertAllocations(query, rows);
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
      batches.map(({ position }) => position),
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

function deleteAllocations(query: Query, { removedAllocations: removed }: RowChanges): void {
  if (removed.length === 0) return;
  void query(
    `DELETE FROM allocations WHERE ctid = ANY (ARRAY(
       SELECT line.ctid FROM unnest($1::text[], $2::text[]) AS removed (sku, order_id)
       CROSS JOIN LATERAL (
         SELECT ctid FROM allocations WHERE sku = removed.sku AND order_id = removed.order_id LIMIT 1
       ) line))`,
    [removed.map(({ sku }) => sku), removed.map(({ orderId }) => orderId)],
  );
}

function insertAllocations(query: Query, { newAllocations: added }: RowChanges): void {
  if (added.length === 0) return;
  void query(
    `INSERT INTO allocations (sku, order_id, qty, batch_reference, position)
     SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::bigint[])`,
    [
      added.map(({ sku }) => sku),
      added.map(({ orderId }) => orderId),
      added.map(({ qty }) => qty),
      added.map(({ batchRef }) => batchRef),
      added.map(({ position }) => position),
    ],
  );
}
