import { eventSchemas, readEvent, type Recorded } from '../allocation/contracts';

/** The names of the types of events that this version of the service knows. */
export const EVENT_TYPES: readonly string[] = Object.keys(eventSchemas);

/** An event as the database holds it, whatever version of the service wrote it. */
export interface StoredEvent {
  /** UUID v7. */
  readonly id: string;
  readonly type: string;
  /** The version of `data`, counted for each type. */
  readonly schemaVersion: number;
  readonly sku: string;
  /** Counts the events of the SKU, from 1 and without gaps. */
  readonly sequence: number;
  readonly occurredAt: Date;
  readonly correlationId: string;
  readonly causationId: string;
  /** The trace that it belongs to (W3C Trace Context), if that was told. */
  readonly traceparent?: string;
  readonly data: Record<string, unknown>;
}

/** An event at its place in the log. */
export interface LoggedEvent extends StoredEvent {
  /** Counts the events of all SKUs, from 1 and without gaps, in the order that every reader sees. */
  readonly position: number;
}

/** What a statement that reads events selects, in the order and under the names of `StoredRow`. */
export const STORED_COLUMNS =
  'id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, traceparent, data';

/** A row with the `STORED_COLUMNS`. */
export interface StoredRow {
  readonly id: string;
  readonly type: string;
  readonly schema_version: number;
  readonly sku: string;
  readonly sequence: string;
  readonly occurred_at: Date;
  readonly correlation_id: string;
  readonly causation_id: string;
  readonly traceparent: string | null;
  readonly data: Record<string, unknown>;
}

/** The event that a row holds. */
export function toStored(row: StoredRow): StoredEvent {
  return {
    id: row.id,
    type: row.type,
    schemaVersion: row.schema_version,
    sku: row.sku,
    sequence: Number(row.sequence),
    occurredAt: row.occurred_at,
    correlationId: row.correlation_id,
    causationId: row.causation_id,
    traceparent: row.traceparent ?? undefined,
    data: row.data,
  };
}

/** A row of the log. */
export type LoggedRow = StoredRow & { readonly position: string };

/** The event that a row of the log holds. It gets its position, since one that is spread takes many times as long to be made. */
export function toLogged(row: LoggedRow): LoggedEvent {
  return Object.assign(toStored(row), { position: Number(row.position) });
}

/** The event of a column that holds it as JSON. */
export function fromJson({ occurredAt, ...event }: StoredEventJson): StoredEvent {
  return { ...event, occurredAt: new Date(occurredAt) };
}

/** A StoredEvent as JSON has it. */
export type StoredEventJson = Omit<StoredEvent, 'occurredAt'> & { readonly occurredAt: string };

/**
 * The event that was recorded, in the newest version of its type.
 * @returns undefined for a type that this version of the service does not know
 */
export function toRecorded(stored: StoredEvent): Recorded | undefined {
  const { id, sequence, occurredAt, correlationId, causationId, traceparent } = stored;
  const event = readEvent(stored.type, stored.schemaVersion, stored.data);
  return event && { id, sequence, occurredAt, correlationId, causationId, traceparent, event };
}
