import { inSlices } from '../../../database/in-slices';
import type { Query } from '../../../database/transaction';
import { eventSchemas } from '../../application/event-schemas';
import type { Recorded } from '../../application/recorded';
import { eventTypeOf } from '../../domain/events';

/** For how long handlers are left to the process that writes events, since it is about to publish them to its own. */
export class HandlerClaim {
  /** @param seconds 0 for a process without handlers: those of any service take its events over at once */
  constructor(readonly seconds = 10) {}
}

/** So many events can be committed and handed to their handlers each second at least, however slow the machine. */
const EVENTS_PER_SECOND = 2_000;

/**
 * Records the events in the outbox, and that the handlers have not seen them yet; nor has the broker, if one is
 * registered. Whether it is, the database knows and not this process: a command line beside a service with a broker
 * has no broker itself.
 */
export function insertEvents(query: Query, events: readonly Recorded[], claim: HandlerClaim): Promise<void> {
  // A large change takes its time from its first statement to the last event that is handed over.
  const seconds = claim.seconds && claim.seconds + Math.ceil(events.length / EVENTS_PER_SECOND);
  return inSlices(events, (slice) => insertSlice(query, slice, seconds));
}

function insertSlice(query: Query, events: readonly Recorded[], claimSeconds: number): Promise<unknown> {
  const types = events.map(({ event }) => eventTypeOf(event));
  return query(
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
     SELECT id, clock_timestamp() + $10::int * interval '1 s' FROM recorded`,
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
      claimSeconds,
    ],
  );
}
