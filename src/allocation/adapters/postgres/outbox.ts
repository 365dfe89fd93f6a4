import { inSlices } from '../../../database/in-slices';
import type { Query } from '../../../database/transaction';
import { eventSchemas } from '../../application/event-schemas';
import type { Recorded } from '../../application/recorded';
import { eventTypeOf } from '../../domain/events';

/**
 * For how long readers of the log leave events to the process that wrote them, since it is about to publish them to its
 * own handlers.
 */
export class HandlerClaim {
  /** @param seconds 0 for a process without handlers: those of any service take its events over at once */
  constructor(readonly seconds = 10) {}
}

/** Events that are committed and handed to their handlers each second at least, however slow the machine. */
const EVENTS_PER_SECOND = 2_000;

/**
 * Records the events in the outbox, from where the log takes them when they are committed. Until the claim ends, the
 * handlers are left to this process.
 */
export function insertEvents(query: Query, events: readonly Recorded[], claim: HandlerClaim): Promise<void> {
  // The claim of a large change lasts longer: much time passes from its first statement to the last event that is
  // handed over.
  const seconds = claim.seconds && claim.seconds + Math.ceil(events.length / EVENTS_PER_SECOND);
  return inSlices(events, (slice) => insertSlice(query, slice, seconds));
}

function insertSlice(query: Query, events: readonly Recorded[], claimSeconds: number): Promise<unknown> {
  const types = events.map(({ event }) => eventTypeOf(event));
  // The data as one JSON text: in an array of texts each of its quotes would have to be escaped, and read twice.
  return query(
    `INSERT INTO outbox (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data,
                         traceparent, key_id, claimed_until)
     SELECT event.*, clock_timestamp() + $12::int * interval '1 s'
     FROM ROWS FROM (
       unnest($1::uuid[], $2::text[], $3::smallint[], $4::text[], $5::bigint[], $6::timestamptz[], $7::text[], $8::text[]),
       jsonb_array_elements($9::jsonb),
       unnest($10::text[], $11::uuid[])) AS event`,
    [
      events.map(({ id }) => id),
      types,
      types.map((type) => eventSchemas[type].version),
      events.map(({ event }) => event.sku),
      events.map(({ sequence }) => sequence),
      events.map(({ occurredAt }) => occurredAt),
      events.map(({ correlationId }) => correlationId),
      events.map(({ causationId }) => causationId),
      JSON.stringify(events.map(({ event }) => event)),
      events.map(({ traceparent }) => traceparent),
      events.map(({ keyId }) => keyId),
      claimSeconds,
    ],
  );
}
