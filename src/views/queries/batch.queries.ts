import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { BatchNotFound } from '../../allocation/contracts';
import { CoalescedReads } from '../../database/coalesced-reads';
import { READS } from '../../database/data-source';
import { Sql } from '../../database/sql';

export interface BatchRow {
  readonly ref: string;
  readonly sku: string;
  /** `YYYY-MM-DD`; null: in the warehouse. */
  readonly eta: string | null;
  readonly purchasedQuantity: number;
  readonly allocatedQuantity: number;
  readonly availableQuantity: number;
}

// A date goes as text: as a Date of JavaScript it could become the day before.
const columns = `ref, sku, to_char(eta, 'YYYY-MM-DD') AS "eta", purchased AS "purchasedQuantity",
  purchased - available AS "allocatedQuantity", available AS "availableQuantity"`;

/** What batches hold and have left. Each question is one statement with an index of its own. */
@Injectable()
export class BatchQueries {
  private readonly batches = new CoalescedReads((refs: readonly string[]) => this.byReference(refs));

  private readonly sql: Sql;

  constructor(@InjectDataSource(READS) dataSource: DataSource) {
    this.sql = new Sql(dataSource);
  }

  /**
   * A batch, and the sequence number of the last event that concerned it.
   * @throws BatchNotFound, Unavailable
   */
  async batch(ref: string): Promise<{ batch: BatchRow; sequence: number }> {
    const row = await this.batches.get(ref);
    if (!row) throw new BatchNotFound(ref);
    const { sequence, ...batch } = row;
    return { batch, sequence: Number(sequence) };
  }

  /**
   * The batches of a SKU in the order in which they serve lines (rule 2), none for an unknown one.
   * @param after the reference of a batch; '' for the beginning
   * @throws Unavailable
   */
  ofSku(sku: string, openOnly: boolean, after: string, limit: number): Promise<BatchRow[]> {
    return this.sql.rows(
      `SELECT ${columns} FROM view_batches
       WHERE sku = $1 AND ${openOnly ? 'is_open' : 'position IS NOT NULL'}
         AND ($2 = '' OR (arrives, position) > (SELECT arrives, position FROM view_batches WHERE ref = $2))
       ORDER BY arrives, position LIMIT $3`,
      [sku, after, limit],
    );
  }

  /**
   * The SKUs of which no batch has anything left, in the order of their bytes.
   * @param after a SKU; '' for the beginning
   * @throws Unavailable
   */
  outOfStock(after: string, limit: number): Promise<{ sku: string }[]> {
    // The flag is compared and sorted together with the SKU, in the order of the one index that has both: so no plan
    // can take the primary key instead and look at every SKU there is.
    return this.sql.rows(
      `SELECT sku FROM products
       WHERE is_out_of_stock AND (is_out_of_stock, sku) > (true, $1)
       ORDER BY is_out_of_stock, sku LIMIT $2`,
      [after, limit],
    );
  }

  private async byReference(
    refs: readonly string[],
  ): Promise<((BatchRow & { sequence: string }) | undefined)[]> {
    const rows = await this.sql.rows<BatchRow & { sequence: string }>(
      `SELECT ${columns}, sequence FROM view_batches WHERE ref = ANY($1::text[]) AND position IS NOT NULL`,
      [refs],
    );
    const byRef = new Map(rows.map((row) => [row.ref, row]));
    return refs.map((ref) => byRef.get(ref));
  }
}
