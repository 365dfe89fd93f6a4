import type { Statements } from '../../database/sql';
import type { EventFilter } from '../event-log';
import {
  fromJson,
  type LoggedEvent,
  type LoggedRow,
  STORED_COLUMNS,
  type StoredEvent,
  type StoredEventJson,
  toLogged,
} from '../stored-event';
import type { HeldSku } from './held-skus';

/** How many events of a held SKU are read at once. */
export const WAITING_PAGE = 50;

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

/**
 * The SKUs that are held back for these readers, by reader and SKU. One of which several events are noted is held from
 * the first of them on. All times are the database's.
 */
export async function heldSkusOf(
  sql: Statements,
  names: readonly string[],
): Promise<Map<string, Map<string, HeldSku>>> {
  const held = new Map(names.map((name) => [name, new Map<string, HeldSku>()]));
  const now = performance.now();
  const rows = await sql.rows<HeldRow>(
    `SELECT d.reader, d.sku, d.sequence, d.attempts, d.error, r.position,
            extract(epoch FROM now() - first_failed_at)::float8 * 1000 AS failing_ms,
            extract(epoch FROM next_attempt_at - now())::float8 * 1000 AS due_ms
     FROM redeliveries d JOIN readers r ON r.name = d.reader
     WHERE d.reader = ANY ($1::text[]) AND r.name = ANY ($1::text[]) AND d.event IS NULL
     ORDER BY d.sequence DESC`,
    [names],
  );
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

/**
 * The first events that wait of a held SKU, `WAITING_PAGE` at most; none when nothing of it is wanted any more. The one that
 * failed is among them though its type is an exception now: another version of the service may have wanted it.
 */
export async function waitingEvents(
  sql: Statements,
  sku: string,
  { sequence, attempts, upTo }: HeldSku,
  { types, exceptTypes, skus }: EventFilter,
): Promise<LoggedEvent[]> {
  if (skus && !skus.includes(sku)) return [];
  const rows = await sql.rows<LoggedRow>(
    `SELECT position, ${STORED_COLUMNS} FROM log
     WHERE sku = $1 AND sequence >= $2 AND position <= $3 AND ($4::text[] IS NULL OR type = ANY ($4::text[]))
       AND ($5::text[] IS NULL OR type <> ALL ($5::text[]) OR (sequence = $2 AND $6))
     ORDER BY sku, sequence LIMIT ${WAITING_PAGE}`,
    [sku, sequence, upTo, types ?? null, exceptTypes ?? null, attempts > 0],
  );
  return rows.map(toLogged);
}

/**
 * The dead letters of these readers that are replayed. Each is handed over alone; those behind it have been.
 * @param mostOf how many of each reader at most, so that those of one do not keep back those of another
 */
export async function replayedLetters(
  sql: Statements,
  mostOf: ReadonlyMap<string, number>,
): Promise<{ reader: string; event: StoredEvent }[]> {
  const rows = await sql.rows<{ reader: string; event: StoredEventJson }>(
    `SELECT wanted.reader, letter.event FROM unnest($1::text[], $2::int[]) AS wanted (reader, most)
     CROSS JOIN LATERAL (
       SELECT event FROM redeliveries
       WHERE reader = wanted.reader AND next_attempt_at <= now() AND event IS NOT NULL
       ORDER BY next_attempt_at LIMIT wanted.most
     ) letter`,
    [[...mostOf.keys()], [...mostOf.values()]],
  );
  return rows.map(({ reader, event }) => ({ reader, event: fromJson(event) }));
}
