import type { DataSource } from 'typeorm';
import { readEvent, type Recorded } from '../../allocation/contracts';

interface LoggedRow {
  position: string;
  id: string;
  type: string;
  schema_version: number;
  sequence: string;
  occurred_at: Date;
  correlation_id: string;
  causation_id: string;
  data: Record<string, unknown>;
}

/** Some events of the log, and the position of the last of them. */
export interface Chunk {
  readonly events: readonly Recorded[];
  readonly position: number;
}

const CHUNK = 5_000;

/**
 * Reads the log in the order of the positions, in chunks. Events of types that this version of the service
 * does not know are left out.
 * @param after the position after which to begin
 * @param upTo the position at which to end; without it, all that is there
 */
export async function* eventsOfLog(
  source: Pick<DataSource, 'query'>,
  after: number,
  upTo?: number,
): AsyncGenerator<Chunk> {
  let position = after;
  for (;;) {
    const rows = await source.query<LoggedRow[]>(
      `SELECT position, id, type, schema_version, sequence, occurred_at, correlation_id, causation_id, data
       FROM outbox WHERE position > $1 AND ($2::bigint IS NULL OR position <= $2) ORDER BY position LIMIT ${CHUNK}`,
      [position, upTo ?? null],
    );
    if (rows.length === 0) return;
    position = Number(rows.at(-1)!.position);
    yield { events: rows.flatMap((row) => recordedOf(row) ?? []), position };
    if (rows.length < CHUNK) return;
  }
}

function recordedOf(row: LoggedRow): Recorded | undefined {
  const event = readEvent(row.type, row.schema_version, row.data);
  return (
    event && {
      id: row.id,
      sequence: Number(row.sequence),
      occurredAt: row.occurred_at,
      correlationId: row.correlation_id,
      causationId: row.causation_id,
      event,
    }
  );
}

/** The last position of the log. */
export async function endOfLog(source: Pick<DataSource, 'query'>): Promise<number> {
  const [{ position }] = await source.query<[{ position: string | null }]>(
    'SELECT max(position) AS position FROM outbox',
  );
  return Number(position);
}
