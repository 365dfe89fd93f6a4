import type { ProductChange } from '../../application/product-repository';
import { eventSchemas } from '../../application/event-schemas';
import { eventTypeOf } from '../../domain/events';
import type { Query } from './query';

/** Who waits for events besides the handlers, who always do. */
export class OutboxOptions {
  constructor(readonly queueForBroker: boolean) {}
}

/**
 * Records the events in the outbox, and that handlers and broker have not seen them yet. For some
 * seconds the handlers are left to this instance, which is about to publish the events to them.
 */
export function insertEvents(query: Query, changes: readonly ProductChange[], options: OutboxOptions): void {
  const events = changes.flatMap((change) => change.events);
  if (events.length === 0) return;
  const types = events.map(({ event }) => eventTypeOf(event));
  void query(
    `WITH recorded AS (
       INSERT INTO outbox (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data)
       SELECT * FROM unnest($1::uuid[], $2::text[], $3::smallint[], $4::text[], $5::bigint[], $6::timestamptz[],
                            $7::text[], $8::text[], $9::jsonb[])
       RETURNING id, position
     ), queued AS (
       INSERT INTO broker_queue (position) SELECT position FROM recorded WHERE $10::boolean
     )
     INSERT INTO outbox_pending (event_id, claimed_until) SELECT id, now() + interval '10 s' FROM recorded`,
    [
      events.map(({ id }) => id),
      types,
      types.map((type) => eventSchemas[type].version),
      events.map(({ event }) => event.sku),
      events.map(({ sequence }) => sequence),
      events.map(({ occurredAt }) => occurredAt),
      events.map(({ correlationId }) => correlationId),
      events.map(({ causationId }) => causationId),
      events.map(({ event }) => JSON.stringify(event)),
      options.queueForBroker,
    ],
  );
}
