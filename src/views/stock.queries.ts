import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BatchNotFound, Unavailable } from '../allocation/contracts';
import { isConnectionError } from '../database/errors';

export interface BatchRow {
  ref: string;
  sku: string;
  eta: string | null;
  purchasedQuantity: number;
  allocatedQuantity: number;
  availableQuantity: number;
}

export interface LineRow {
  sku: string;
  qty: number;
  batchRef: string;
  eta: string | null;
}

// A date goes as text: as a Date of JavaScript it could become the day before.
const batches = `
  SELECT reference AS "ref", sku, to_char(eta, 'YYYY-MM-DD') AS "eta",
         purchased_quantity AS "purchasedQuantity", allocated_quantity AS "allocatedQuantity",
         purchased_quantity - allocated_quantity AS "availableQuantity"
  FROM batches`;

/** What there is and what is promised, as it stands (the book's chapter 12). */
@Injectable()
export class StockQueries {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws BatchNotFound, Unavailable */
  async batch(reference: string): Promise<BatchRow> {
    const [batch] = await this.query<BatchRow>(`${batches} WHERE reference = $1`, [reference]);
    if (!batch) throw new BatchNotFound(reference);
    return batch;
  }

  /**
   * The batches of a SKU in the order in which they serve lines (rule 2), none for an unknown one.
   * @throws Unavailable
   */
  batchesOf(sku: string, limit: number): Promise<BatchRow[]> {
    return this.query(`${batches} WHERE sku = $1 ORDER BY batches.eta NULLS FIRST, position LIMIT $2`, [
      sku,
      limit,
    ]);
  }

  /**
   * The allocated lines of an order, by SKU.
   * @throws Unavailable
   */
  linesOf(orderId: string): Promise<LineRow[]> {
    return this.query(
      `SELECT line.sku, line.qty, line.batch_reference AS "batchRef", to_char(batch.eta, 'YYYY-MM-DD') AS "eta"
       FROM allocations line JOIN batches batch ON batch.reference = line.batch_reference
       WHERE line.order_id = $1 ORDER BY line.sku`,
      [orderId],
    );
  }

  private async query<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    try {
      return await this.dataSource.query<Row[]>(sql, parameters);
    } catch (error) {
      if (isConnectionError(error)) throw new Unavailable('The database cannot be reached', { cause: error });
      throw error;
    }
  }
}
