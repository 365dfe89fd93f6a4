import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { BatchNotFound } from '../../allocation/contracts';
import { CoalescedCalls } from '../../database/coalesced-calls';
import { READS } from '../../database/data-source';
import { Sql } from '../../database/sql';

export interface BatchRow {
  readonly ref: string;
  readonly sku: string;
  /** `YYYY-MM-DD`; null: in the warehouse. */
  readonly eta: string | null;
  /** For which day it was expected last, also when it has arrived. */
  readonly expectedEta: string | null;
  readonly purchasedQuantity: number;
  readonly allocatedQuantity: number;
  readonly availableQuantity: number;
  readonly dispatchedQuantity: number;
  /** The newest event of the SKU that concerned the batch. */
  readonly sequence: number;
}

/** What there is of a SKU. */
export interface SkuRow {
  readonly sku: string;
  /** Pieces left in all batches. */
  readonly available: number;
  /** How many events the SKU has had. */
  readonly sequence: number;
}

// A date goes as text: as a Date of JavaScript it could become the day before.
const columns = `ref, sku, to_char(eta, 'YYYY-MM-DD') AS "eta",
  to_char(expected, 'YYYY-MM-DD') AS "expectedEta", purchased AS "purchasedQuantity",
  purchased - available AS "allocatedQuantity", available AS "availableQuantity",
  dispatched AS "dispatchedQuantity",
  sequence::float8 AS sequence`;

/** What batches hold and have left. Each question is one statement with an index of its own. */
@Injectable()
export class BatchFinder {
  private readonly batches = new CoalescedCalls((batchRefs: readonly string[]) =>
    this.byBatchRefs(batchRefs),
  );

  private readonly sql: Sql;

  constructor(@InjectDataSource(READS) dataSource: DataSource) {
    this.sql = new Sql(dataSource);
  }

  /** @throws BatchNotFound, Unavailable */
  async batch(batchRef: string): Promise<BatchRow> {
    const batch = await this.batches.get(batchRef);
    if (!batch) throw new BatchNotFound(batchRef);
    return batch;
  }

  /**
   * All batches of all SKUs, by reference.
   * @param after the reference of a batch; '' for the beginning
   * @throws Unavailable
   */
  all(after: string, limit: number): Promise<BatchRow[]> {
    return this.sql.rows(
      `SELECT ${columns} FROM view_batches WHERE ref > $1 AND position IS NOT NULL ORDER BY ref LIMIT $2`,
      [after, limit],
    );
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
   * The batches in transit that should be here by now, the latest ones first. Not those that are lost: nothing of them comes.
   * @param after the reference of a batch; '' for the beginning
   * @throws Unavailable
   */
  overdue(after: string, limit: number): Promise<BatchRow[]> {
    return this.sql.rows(
      `SELECT ${columns} FROM view_batches
       WHERE eta < (now() AT TIME ZONE 'UTC')::date AND purchased > 0 AND position IS NOT NULL
         AND ($1 = '' OR (eta, ref) > (SELECT expected, ref FROM view_batches WHERE ref = $1))
       ORDER BY eta, ref LIMIT $2`,
      [after, limit],
    );
  }

  /**
   * All SKUs, in the order of their bytes.
   * @param after a SKU; '' for the beginning
   * @throws Unavailable
   */
  skus(after: string, limit: number): Promise<SkuRow[]> {
    return this.sql.rows(
      `SELECT sku, available::float8 AS available, version_number::float8 AS sequence
       FROM products WHERE sku > $1 ORDER BY sku LIMIT $2`,
      [after, limit],
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

  private async byBatchRefs(batchRefs: readonly string[]): Promise<(BatchRow | undefined)[]> {
    const rows = await this.sql.rows<BatchRow>(
      `SELECT ${columns} FROM view_batches WHERE ref = ANY($1::text[]) AND position IS NOT NULL`,
      [batchRefs],
    );
    const byRef = new Map(rows.map((row) => [row.ref, row]));
    return batchRefs.map((batchRef) => byRef.get(batchRef));
  }
}
