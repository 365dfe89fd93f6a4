import type { StoredEvent } from './stored-event';

/** The digits of the largest bigint of PostgreSQL. Sequences are padded to them, so that they compare as texts. */
const SEQUENCE_DIGITS = 19;

/** An event as other systems get it: CloudEvents 1.0, in the JSON format (`application/cloudevents+json`). */
export interface CloudEvent {
  readonly specversion: '1.0';
  /** UUID v7, the same however often and by whichever way the event comes. */
  readonly id: string;
  readonly source: '/stock-allocation';
  /** The event's name and the version of its data, such as `allocation.Allocated.v2`. */
  readonly type: string;
  /** The SKU. */
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Counts the events of the SKU, from 1 and without gaps; padded with zeros. */
  readonly sequence: string;
  readonly correlationid: string;
  readonly causationid: string;
  /** The trace that it belongs to (the extension for distributed tracing), if that was told. */
  readonly traceparent?: string;
  readonly datacontenttype: 'application/json';
  readonly data: Record<string, unknown>;
}

/** The event as it was recorded, in the version that it was recorded in: what was told once is told the same again. */
export function cloudEventOf(event: StoredEvent): CloudEvent {
  return {
    specversion: '1.0',
    id: event.id,
    source: '/stock-allocation',
    type: `allocation.${event.type}.v${event.schemaVersion}`,
    subject: event.sku,
    time: event.occurredAt.toISOString(),
    sequence: String(event.sequence).padStart(SEQUENCE_DIGITS, '0'),
    correlationid: event.correlationId,
    causationid: event.causationId,
    traceparent: event.traceparent,
    datacontenttype: 'application/json',
    data: event.data,
  };
}
