import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Sql } from '../../database/sql';
import { eventTypes } from '../../allocation/contracts';
import type { Lease } from '../../log/contracts';
import type { RegisteredHandler } from './handler-registry';

/** More than any events; the number makes PostgreSQL look up one stretch of the log after the other. */
const ALL = 1_000_000_000;

interface Skipped {
  readonly position: string | number;
  readonly type: string;
}

/** An event of a type that only a newer version of the service knows. */
export class UnknownType extends Error {
  constructor(type: string) {
    super(`Only a newer version of the service knows the type ${type}`);
  }
}

/** An event of a type to which only another version of the handler listens. */
export class NotListening extends Error {
  constructor(handler: string, type: string) {
    super(`This version of ${handler} does not listen to ${type}`);
  }
}

/**
 * Events of types that only a newer version of the service knows, which an older one, reading for the handlers while
 * both run, had to pass. The newer one delivers them within seconds, or, to a handler that
 * asks for order, when it begins to read for it.
 */
@Injectable()
export class SkippedEvents {
  private readonly logger = new Logger(SkippedEvents.name);
  private readonly sql: Sql;
  private readonly warnedTypes = new Set<string>();

  constructor(dataSource: DataSource) {
    this.sql = new Sql(dataSource);
  }

  /** Notes which events the handlers were not given. */
  async note(readers: readonly Pick<Lease, 'name'>[], events: readonly Skipped[]): Promise<void> {
    if (events.length === 0) return;
    for (const { type } of events) {
      if (!this.warnedTypes.has(type))
        this.logger.warn(
          `Handlers are not given events of type ${type}, which a newer version of the service wrote; it delivers them`,
        );
      this.warnedTypes.add(type);
    }
    const pairs = readers.flatMap(({ name }) =>
      events.map(({ position, type }) => ({ name, position, type })),
    );
    await this.sql.count(
      `INSERT INTO skipped_events (reader, type, first_position, last_position)
       SELECT reader, type, min(position), max(position)
       FROM unnest($1::text[], $2::text[], $3::bigint[]) AS skipped (reader, type, position) GROUP BY reader, type
       ON CONFLICT (reader, type) DO UPDATE
       SET first_position = least(skipped_events.first_position, excluded.first_position),
           last_position = greatest(skipped_events.last_position, excluded.last_position)`,
      [pairs.map(({ name }) => name), pairs.map(({ type }) => type), pairs.map(({ position }) => position)],
    );
  }

  /** Has those delivered that these handlers listen to, now that their types are known; the others were none of theirs. */
  async deliverKnown(handlers: readonly RegisteredHandler[]): Promise<void> {
    const pairs = handlers.flatMap(({ name, types }) => [...types].map((type) => ({ name, type })));
    await this.sql.count(
      `WITH heard AS (
         SELECT * FROM unnest($1::text[], $2::text[]) AS heard (reader, type)
       ), known AS (
         DELETE FROM skipped_events WHERE reader = ANY($3::text[]) AND type = ANY($4::text[]) RETURNING *
       )
       INSERT INTO redeliveries (reader, sku, sequence, attempts, error, next_attempt_at)
       SELECT known.reader, l.sku, l.sequence, 0, 'Written by a newer version of the service', now()
       FROM known JOIN heard USING (reader, type)
       CROSS JOIN LATERAL (
         SELECT sku, sequence FROM log
         WHERE position BETWEEN first_position AND last_position AND log.type = known.type LIMIT ${ALL}
       ) l
       ON CONFLICT DO NOTHING`,
      [
        pairs.map(({ name }) => name),
        pairs.map(({ type }) => type),
        handlers.map(({ name }) => name),
        Object.keys(eventTypes),
      ],
    );
  }
}
