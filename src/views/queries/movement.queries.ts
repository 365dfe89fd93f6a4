import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { type Movement, movementOf, readEvent } from '../../allocation/contracts';
import { READS } from '../../database/data-source';
import { Sql } from '../../database/sql';

/** A movement, and the event of the SKU that it is. */
export interface MovementRow extends Omit<Movement, 'batchRef'> {
  readonly sequence: number;
  readonly occurredAt: Date;
}

/** Some movements, and the event before which the next ones are; null: there are no more. */
export interface Movements {
  readonly rows: readonly MovementRow[];
  readonly before: number | null;
}

interface EventRow {
  readonly type: string;
  readonly schema_version: number;
  readonly sequence: number;
  readonly occurred_at: Date;
  /** Null: of another batch, or no movement. */
  readonly data: Record<string, unknown> | null;
}

/** Events of the SKU that are read for one page at most, whatever they tell of. */
const MOST = 5_000;

/** The ledger of a batch (rule 18), read from the events of its SKU: for as long as these are kept. */
@Injectable()
export class MovementQueries {
  private readonly sql: Sql;

  constructor(@InjectDataSource(READS) dataSource: DataSource) {
    this.sql = new Sql(dataSource);
  }

  /**
   * The movements of a batch, the newest first. There may be fewer than `limit` of them although there are more.
   * @param before the number of an event of the SKU
   * @throws Unavailable
   */
  async ofBatch(
    { sku, ref }: { sku: string; ref: string },
    before: number,
    limit: number,
  ): Promise<Movements> {
    const events = await this.sql.rows<EventRow>(
      `SELECT type, schema_version, sequence::float8 AS sequence, occurred_at,
         CASE WHEN data->>'batchRef' = $2 THEN data END AS data
       FROM (SELECT * FROM events WHERE sku = $1 AND sequence < $3::bigint ORDER BY sequence DESC LIMIT $4) event`,
      [sku, ref, before, MOST],
    );
    const rows: MovementRow[] = [];
    for (const { type, schema_version, sequence, occurred_at: occurredAt, data } of events) {
      const event = data && readEvent(type, schema_version, data);
      const movement = event && movementOf(event);
      if (!movement) continue;
      const { pieces, reason, note, orderId } = movement;
      rows.push({ pieces, reason, note, orderId, sequence, occurredAt });
      // Nothing was before it.
      if (reason === 'purchased') return { rows, before: null };
      if (rows.length === limit) return { rows, before: sequence };
    }
    return { rows, before: events.length < MOST ? null : events.at(-1)!.sequence };
  }
}
