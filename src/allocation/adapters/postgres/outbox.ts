import type { ProductChange } from '../../application/product-repository';
import { eventSchemas } from '../../application/event-schemas';
import { eventTypeOf } from '../../domain/events';
import type { Query } from './query';

/** For how long handlers are left to the process that writes events, since it is about to publish them to its own. */
export class HandlerClaim {
  /** @param seconds 0 for a process without handlers: those of any service take its events over at once */
  constructor(readonly seconds = 10) {}
}

/**
 * Records the events in the outbox, and that the handlers have not seen them yet; nor has the broker, if one is
 * registered. Whether it is, the database knows and not this process: a command line beside a service with a broker
 * has no broker itself.
 */
export function insertEvents(query: Query, changes: readonly ProductChange[], claim: HandlerClaim): void {
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
       INSERT INTO broker_queue (position) SELECT position FROM recorded
       WHERE EXISTS (SELECT FROM readers WHERE name = 'broker')
     )
     INSERT INTO outbox_pending (event_id, claimed_until)
     SELECT id, now() + $10::int * interval '1 s' FROM recorded`,
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
      claim.seconds,
    ],
  );
}
