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
  SELECT ref, sku, to_char(eta, 'YYYY-MM-DD') AS "eta", purchased AS "purchasedQuantity",
         purchased - available AS "allocatedQuantity", available AS "availableQuantity"
  FROM view_batches`;

/** What there is and what is promised, as it stands (the book's chapter 12). */
@Injectable()
export class StockQueries {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws BatchNotFound, Unavailable */
  async batch(reference: string): Promise<BatchRow> {
    const [batch] = await this.query<BatchRow>(`${batches} WHERE ref = $1 AND position IS NOT NULL`, [
      reference,
    ]);
    if (!batch) throw new BatchNotFound(reference);
    return batch;
  }

  /**
   * The batches of a SKU in the order in which they serve lines (rule 2), none for an unknown one.
   * @throws Unavailable
   */
  batchesOf(sku: string, limit: number): Promise<BatchRow[]> {
    return this.query(
      `${batches} WHERE sku = $1 AND position IS NOT NULL ORDER BY view_batches.eta NULLS FIRST, position LIMIT $2`,
      [sku, limit],
    );
  }

  /**
   * The allocated lines of an order, by SKU.
   * @throws Unavailable
   */
  linesOf(orderId: string): Promise<LineRow[]> {
    return this.query(
      `SELECT sku, qty, batch_ref AS "batchRef", to_char(eta, 'YYYY-MM-DD') AS "eta"
       FROM view_lines WHERE order_id = $1 AND state = 'allocated' ORDER BY sku`,
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
