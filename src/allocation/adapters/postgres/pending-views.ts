import { inSlices } from '../../../database/in-slices';
import type { Query } from '../../../database/transaction';
import type { Recorded } from '../../application/recorded';

/** Notes, in the transaction that commits them, that the views are yet to show these events. */
export function notePending(query: Query, events: readonly Recorded[]): Promise<void> {
  return inSlices(events, (slice) =>
    query(
      'INSERT INTO pending_views (sku, sequence) SELECT * FROM unnest($1::text[], $2::bigint[])',
      keysOf(slice),
    ),
  );
}

/** Forgets that, in the transaction in which the views show them. Most have never been noted. */
export function forgetPending(query: Query, events: readonly Recorded[]): Promise<void> {
  return inSlices(events, (slice) =>
    query(
      `DELETE FROM pending_views WHERE ctid = ANY (ARRAY(
         SELECT pending.ctid FROM unnest($1::text[], $2::bigint[]) AS shown (sku, sequence)
         CROSS JOIN LATERAL (
           SELECT ctid FROM pending_views WHERE sku = shown.sku AND sequence = shown.sequence LIMIT 1
         ) pending))`,
      keysOf(slice),
    ),
  );
}

/** Those of the SKUs of which the views lack something. */
export async function pendingOf(query: Query, skus: readonly string[]): Promise<Set<string>> {
  const rows = await query<{ sku: string }>(
    `SELECT asked.sku FROM unnest($1::text[]) AS asked (sku)
     CROSS JOIN LATERAL (SELECT FROM pending_views WHERE sku = asked.sku LIMIT 1) pending`,
    [skus],
  );
  return new Set(rows.map(({ sku }) => sku));
}

function keysOf(events: readonly Recorded[]): unknown[] {
  return [events.map(({ event }) => event.sku), events.map(({ sequence }) => sequence)];
}
