import type { DataSource } from 'typeorm';
import { readEvent, type Recorded } from '../allocation/contracts';

/** An event as the outbox holds it. */
export interface StoredEvent {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly sku: string;
  readonly sequence: number;
  readonly occurredAt: Date;
  readonly correlationId: string;
  readonly causationId: string;
  readonly data: Record<string, unknown>;
}

interface OutboxRow {
  id: string;
  type: string;
  schema_version: number;
  sku: string;
  sequence: string;
  occurred_at: Date;
  correlation_id: string;
  causation_id: string;
  data: Record<string, unknown>;
}

type PositionedRow = OutboxRow & { readonly position: string };

const COLUMNS = 'id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data';

/** Reads those events from the outbox, of each SKU in the order of their sequence. */
export async function storedEvents(
  source: Pick<DataSource, 'query'>,
  ids: readonly string[],
): Promise<StoredEvent[]> {
  const rows = await source.query<PositionedRow[]>(
    `SELECT position, ${COLUMNS} FROM outbox WHERE id = ANY($1::uuid[])`,
    [ids],
  );
  return rows.sort((a, b) => Number(a.position) - Number(b.position)).map(toStored);
}

/** The events that have waited longest for the broker, with their positions in the outbox. */
export async function queuedEvents(
  source: Pick<DataSource, 'query'>,
  limit: number,
): Promise<{ position: string; event: StoredEvent }[]> {
  // Asked for one by one: as a join, the outbox may be read from its beginning.
  const rows = await source.query<PositionedRow[]>(
    `SELECT queued.position, ${COLUMNS}
     FROM (SELECT position FROM broker_queue ORDER BY position LIMIT $1) queued
     CROSS JOIN LATERAL (SELECT ${COLUMNS} FROM outbox WHERE position = queued.position LIMIT 1) recorded
     ORDER BY position`,
    [limit],
  );
  return rows.map((row) => ({ position: row.position, event: toStored(row) }));
}

function toStored(row: OutboxRow): StoredEvent {
  return {
    id: row.id,
    type: row.type,
    schemaVersion: row.schema_version,
    sku: row.sku,
    sequence: Number(row.sequence),
    occurredAt: row.occurred_at,
    correlationId: row.correlation_id,
    causationId: row.causation_id,
    data: row.data,
  };
}

/**
 * The event that was recorded, in the newest version of its type.
 * @returns undefined for a type that this version of the service does not know
 */
export function toRecorded(stored: StoredEvent): Recorded | undefined {
  const { id, sequence, occurredAt, correlationId, causationId } = stored;
  const event = readEvent(stored.type, stored.schemaVersion, stored.data);
  return event && { id, sequence, occurredAt, correlationId, causationId, event };
}
