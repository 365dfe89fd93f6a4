import type { DataSource } from 'typeorm';
import { STORED_COLUMNS, type LoggedEvent, type StoredRow, toStored } from '../stored-event';
import type { EventFilter } from '../event-log';

/** A SKU of which a reader gets nothing for the moment, since an event of it failed. */
export interface HeldSku {
  /** Of the event that failed. That and whatever follows it waits; the log has it, so no copy is made. */
  readonly sequence: number;
  /** For that event; 0 when it was not tried yet. */
  readonly attempts: number;
  readonly error: string;
  /** When that event first failed, and when it is tried again, both as by performance.now(). */
  readonly failingSince: number;
  readonly dueAt: number;
  /** The position of the last event that waits. */
  readonly upTo: number;
}

/** How many events of a held SKU are read at once. */
export const HELD_PAGE = 50;

interface HeldRow {
  readonly reader: string;
  readonly sku: string;
  readonly sequence: string;
  readonly attempts: number;
  readonly error: string;
  readonly failing_ms: number;
  readonly due_ms: number;
  readonly position: string;
}

/** The SKUs that are held back for these readers, by reader and SKU. All times are the database's. */
export async function heldSkusOf(
  source: Pick<DataSource, 'query'>,
  names: readonly string[],
): Promise<Map<string, Map<string, HeldSku>>> {
  const held = new Map(names.map((name) => [name, new Map<string, HeldSku>()]));
  const now = performance.now();
  const rows = await source.query<HeldRow[]>(
    `SELECT d.reader, d.sku, d.sequence, d.attempts, d.error, r.position,
            extract(epoch FROM now() - first_failed_at)::float8 * 1000 AS failing_ms,
            extract(epoch FROM next_attempt_at - now())::float8 * 1000 AS due_ms
     FROM redeliveries d JOIN readers r ON r.name = d.reader
     WHERE d.reader = ANY ($1::text[]) AND r.name = ANY ($1::text[])
     ORDER BY d.reader, d.sku, d.sequence DESC`,
    [names],
  );
  // Of several rows of a SKU, which only somebody else can have written, the oldest event counts.
  for (const row of rows)
    held.get(row.reader)!.set(row.sku, {
      sequence: Number(row.sequence),
      attempts: row.attempts,
      error: row.error,
      failingSince: now - row.failing_ms,
      dueAt: now + row.due_ms,
      upTo: Number(row.position),
    });
  return held;
}

/** The first events that wait of a held SKU, `HELD_PAGE` at most; none when nothing of it is wanted any more. */
export async function waitingEvents(
  source: Pick<DataSource, 'query'>,
  sku: string,
  { sequence, upTo }: HeldSku,
  { types, skus }: EventFilter,
): Promise<LoggedEvent[]> {
  if (skus && !skus.includes(sku)) return [];
  const rows = await source.query<(StoredRow & { position: string })[]>(
    `SELECT position, ${STORED_COLUMNS} FROM log
     WHERE sku = $1 AND sequence >= $2 AND position <= $3 AND ($4::text[] IS NULL OR type = ANY ($4::text[]))
     ORDER BY sku, sequence LIMIT ${HELD_PAGE}`,
    [sku, sequence, upTo, types ?? null],
  );
  return rows.map((row) => ({ position: Number(row.position), ...toStored(row) }));
}
