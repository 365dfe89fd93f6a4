import type { ProductChange } from '../../application/product-repository';
import { eventSchemas } from '../../application/event-schemas';
import { eventTypeOf } from '../../domain/events';
import type { Query } from './query';

/** Who reads the outbox: each event waits there for each of them. Bound in the module. */
export class OutboxReaders {
  constructor(readonly names: readonly string[]) {}
}

/**
 * Records the events in the outbox, and that its readers have not seen them yet. For some seconds they
 * are left to this instance, which is about to publish them.
 */
export async function recordEvents(
  query: Query,
  changes: readonly ProductChange[],
  readers: OutboxReaders,
): Promise<void> {
  const events = changes.flatMap((change) => change.events);
  if (events.length === 0) return;
  const types = events.map(({ event }) => eventTypeOf(event));
  await query(
    `WITH recorded AS (
       INSERT INTO outbox (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data)
       SELECT * FROM unnest($1::uuid[], $2::text[], $3::smallint[], $4::text[], $5::bigint[], $6::timestamptz[],
                            $7::text[], $8::text[], $9::jsonb[])
       RETURNING id
     )
     INSERT INTO outbox_pending (reader, event_id, claimed_until)
     SELECT reader, id, now() + interval '10 s' FROM recorded CROSS JOIN unnest($10::text[]) AS reader`,
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
      readers.names,
    ],
  );
}
