import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Movement } from '../../allocation/contracts';
import { READS } from '../../database/data-source';
import { Sql } from '../../database/sql';
import { MOVEMENT_COLUMNS, type MovementEvent, movementsOf, readMovement } from './movements-of';

/** A movement, and the event of the SKU that it is. */
export interface MovementRow extends Omit<Movement, 'batchRef'> {
  readonly sequence: number;
  readonly occurredAt: Date;
}

/** A movement of any batch of a SKU. */
export interface MovementOfSkuRow extends MovementRow {
  readonly batchRef: string;
  /** The request or message that it is due to. */
  readonly correlationId: string;
}

/** The ledger of a batch (rule 18), read from the events of its SKU: for as long as these are kept. */
@Injectable()
export class MovementFinder {
  private readonly sql: Sql;

  constructor(@InjectDataSource(READS) dataSource: DataSource) {
    this.sql = new Sql(dataSource);
  }

  /**
   * The movements of a batch, the newest first.
   * @param before the number of an event of the SKU
   * @throws Unavailable
   */
  async ofBatch(
    { sku, ref: batchRef }: { sku: string; ref: string },
    before: number,
    limit: number,
  ): Promise<MovementRow[]> {
    const events = await this.sql.rows<MovementEvent>(
      `SELECT ${MOVEMENT_COLUMNS} FROM events
       WHERE ${movementsOf('$1', '$2 COLLATE "C"')} AND sequence < $3::bigint
       ORDER BY sequence DESC LIMIT $4`,
      [sku, batchRef, before, limit],
    );
    return events.map(rowOf);
  }

  /**
   * The movements of all batches of a SKU, the newest first. The newest of each batch are put in order, since most events
   * of a SKU move nothing.
   * @param before the number of an event of the SKU
   * @throws Unavailable
   */
  async ofSku(sku: string, before: number, limit: number): Promise<MovementOfSkuRow[]> {
    const events = await this.sql.rows<MovementEvent & { batchRef: string; correlation_id: string }>(
      `SELECT batch.ref AS "batchRef", moved.* FROM view_batches batch CROSS JOIN LATERAL (
         SELECT ${MOVEMENT_COLUMNS}, correlation_id FROM events
         WHERE ${movementsOf('batch.sku', 'batch.ref')} AND sequence < $2::bigint
         ORDER BY sequence DESC LIMIT $3
       ) moved
       WHERE batch.sku = $1 AND batch.position IS NOT NULL ORDER BY sequence DESC LIMIT $3`,
      [sku, before, limit],
    );
    return events.map((event) => ({
      batchRef: event.batchRef,
      ...rowOf(event),
      correlationId: event.correlation_id,
    }));
  }
}

function rowOf(event: MovementEvent): MovementRow {
  const { pieces, reason, note, orderId } = readMovement(event);
  return { pieces, reason, note, orderId, sequence: event.sequence, occurredAt: event.occurred_at };
}
