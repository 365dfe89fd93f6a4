import type { Statements } from '../../database/sql';
import type { Lease } from '../readers';
import type { StoredEvent } from '../stored-event';
import type { HeldSku } from './held-skus';
import type { DeliveredEvent } from './ordered-reader';

/** An event that is not tried again. */
export interface GivenUp {
  readonly event: StoredEvent;
  readonly attempts: number;
  readonly error: string;
}

/** What has become of a reader's events since it was noted last. */
export interface SessionNotes {
  readonly lease: Lease;
  /** Everything up to here was handed over, is held, or was given up. */
  readonly position: number;
  /** The SKUs whose state has changed, with the state; undefined: no longer held. */
  readonly skus: ReadonlyMap<string, HeldSku | undefined>;
  /** The dead letters that were replayed and are done. */
  readonly replayed: readonly StoredEvent[];
  readonly givenUp: readonly GivenUp[];
}

/**
 * Notes all that in one statement, for each reader as a whole or not at all.
 * @returns the readers whose leases were still good; of the others nothing was noted
 */
export async function note(sql: Statements, sessions: readonly SessionNotes[]): Promise<ReadonlySet<string>> {
  const now = performance.now();
  const moves = sessions.map(({ lease, position }) => ({
    name: lease.name,
    fence: lease.fence,
    came_from: lease.position,
    position,
  }));
  const touched = sessions.flatMap(({ lease, skus }) =>
    [...skus].map(([sku, held]) => ({
      reader: lease.name,
      sku,
      sequence: held?.sequence,
      attempts: held?.attempts,
      error: held?.error,
      failing_ms: held && now - held.failingSince,
      due_ms: held && held.dueAt - now,
    })),
  );
  const done = sessions.flatMap(({ lease, replayed }) =>
    replayed.map(({ sku, sequence }) => ({ reader: lease.name, sku, sequence })),
  );
  const given = sessions.flatMap(({ lease, givenUp }) =>
    givenUp.map(({ event, attempts, error }) => ({
      handler: lease.name,
      event_id: event.id,
      attempts,
      error,
      event: withoutPosition(event),
    })),
  );
  const noted = await sql.rows<{ name: string }>(STATEMENT, [
    JSON.stringify(moves),
    JSON.stringify(touched),
    JSON.stringify(done),
    JSON.stringify(given),
  ]);
  return new Set(noted.map(({ name }) => name));
}

/** The row of the reader is locked by the first part, so nobody takes over in between. */
const STATEMENT = `
  WITH noted AS (
    UPDATE readers r SET position = m.position
    FROM jsonb_to_recordset($1::jsonb) AS m (name text, fence bigint, came_from bigint, position bigint)
    WHERE r.name = m.name AND r.fence = m.fence AND r.position = m.came_from
    RETURNING r.name
  ), touched AS (
    SELECT t.* FROM jsonb_to_recordset($2::jsonb) AS t
      (reader text, sku text, sequence bigint, attempts integer, error text, failing_ms float8, due_ms float8)
    WHERE t.reader IN (SELECT name FROM noted)
  ), released AS (
    DELETE FROM redeliveries d USING touched t
    WHERE d.reader = t.reader AND d.sku = t.sku AND d.sequence IS DISTINCT FROM t.sequence AND d.event IS NULL
  ), held AS (
    INSERT INTO redeliveries (reader, sku, sequence, attempts, error, first_failed_at, next_attempt_at)
    SELECT reader, sku, sequence, attempts, error,
           now() - failing_ms * interval '1 ms', now() + due_ms * interval '1 ms'
    FROM touched WHERE sequence IS NOT NULL
    ON CONFLICT (reader, sku, sequence) DO UPDATE
    SET attempts = excluded.attempts, error = excluded.error, first_failed_at = excluded.first_failed_at,
        next_attempt_at = excluded.next_attempt_at,
        -- It may be a dead letter that is replayed, which holds nothing back. From now on it does.
        event = NULL
  ), replayed AS (
    DELETE FROM redeliveries d
    USING jsonb_to_recordset($3::jsonb) AS l (reader text, sku text, sequence bigint)
    WHERE d.reader = l.reader AND d.sku = l.sku AND d.sequence = l.sequence AND d.event IS NOT NULL
      AND d.reader IN (SELECT name FROM noted)
  ), dead AS (
    INSERT INTO dead_letters (handler, event_id, attempts, error, event)
    SELECT g.* FROM jsonb_to_recordset($4::jsonb) AS g
      (handler text, event_id uuid, attempts integer, error text, event jsonb)
    WHERE g.handler IN (SELECT name FROM noted)
    ON CONFLICT (handler, event_id)
    DO UPDATE SET attempts = excluded.attempts, error = excluded.error, died_at = now()
  )
  SELECT name FROM noted`;

function withoutPosition({ position: _, ...event }: DeliveredEvent): StoredEvent {
  return event;
}
