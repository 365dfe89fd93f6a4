import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { READS } from '../../database/data-source';
import { Sql, type Statements, WAITED_FOR } from '../../database/sql';

/** An event that one of its handlers failed on for the last time. */
export interface DeadLetter {
  readonly handler: string;
  readonly eventId: string;
  readonly type: string;
  readonly sku: string;
  readonly sequence: number;
  readonly attempts: number;
  readonly error: string;
  readonly diedAt: Date;
}

/** How many are replayed in one transaction. */
const CHUNK = 1_000;

/** What could not be delivered, to be looked at and, once the cause is mended, to be tried again. */
@Injectable()
export class DeadLetters {
  private readonly sql: Sql;
  private readonly reads: Sql;

  constructor(dataSource: DataSource, @InjectDataSource(READS) reads: DataSource = dataSource) {
    this.sql = new Sql(dataSource, WAITED_FOR);
    this.reads = new Sql(reads);
  }

  /**
   * The newest first.
   * @throws Unavailable
   */
  list(limit: number): Promise<DeadLetter[]> {
    return this.reads.rows<DeadLetter>(
      `SELECT handler, event_id AS "eventId", event->>'type' AS type, event->>'sku' AS sku,
              (event->>'sequence')::float8 AS sequence, attempts, error, died_at AS "diedAt"
       FROM dead_letters ORDER BY died_at DESC, handler DESC, event_id DESC LIMIT $1`,
      [limit],
    );
  }

  /**
   * @returns whether there was such a dead letter
   * @throws Unavailable, KeyInUse
   */
  replay(handler: string, eventId: string): Promise<boolean> {
    return this.sql.once(
      async (sql) => (await revive(sql, 'handler = $1 AND event_id = $2', [handler, eventId])) > 0,
    );
  }

  /**
   * Those that are dead now; not what dies meanwhile.
   * @returns how many there were
   * @throws Unavailable
   */
  async replayAll(): Promise<number> {
    const [{ now }] = await this.sql.rows<{ now: string }>('SELECT now()::text');
    const chunk = `ctid = ANY (ARRAY(
      SELECT ctid FROM dead_letters WHERE died_at <= $1::timestamptz ORDER BY died_at LIMIT ${CHUNK} FOR UPDATE))`;
    for (let replayed = 0; ;) {
      const revived = await revive(this.sql, chunk, [now]);
      replayed += revived;
      if (revived < CHUNK) return replayed;
    }
  }
}

function revive(sql: Statements, condition: string, parameters: unknown[]): Promise<number> {
  return sql.count(
    `WITH revived AS (DELETE FROM dead_letters WHERE ${condition} RETURNING handler, error, event)
     INSERT INTO redeliveries (reader, sku, sequence, attempts, error, next_attempt_at, event)
     SELECT handler, event->>'sku', (event->>'sequence')::bigint, 0, error, now(), event FROM revived
     ON CONFLICT (reader, sku, sequence) DO UPDATE SET attempts = 0, next_attempt_at = now()`,
    parameters,
  );
}
