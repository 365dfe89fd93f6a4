import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BatchNotFound } from '../allocation/contracts';
import { PreparedStatements } from '../database/prepared';
import type { LineState } from './line-projection';
import { Together } from './together';
import { viewQuery } from './view-query';

/** A line as it stands: where it is promised from, if it is. */
export interface LineRow {
  readonly sku: string;
  readonly qty: number;
  readonly state: LineState;
  readonly batchRef: string | null;
  /** `YYYY-MM-DD`; null: in the warehouse, or not allocated. */
  readonly eta: string | null;
  /** When it last changed. */
  readonly changedAt: Date;
}

/** The lines of an order, by SKU, and a number that grows whenever one of them changes. */
export interface OrderRows {
  readonly lines: readonly LineRow[];
  readonly version: number;
}

type StoredLine = LineRow & { readonly orderId: string; readonly sequence: string };

/** No order has so many lines; the number makes PostgreSQL look up one order after the other. */
const MAX_LINES = 1_000_000_000;

/** What became of order lines (the book's chapter 12). Each question is one statement on an index. */
@Injectable()
export class LineQueries {
  private readonly orders = new Together((ids: readonly string[]) => this.byOrder(ids, false));
  private readonly allocated = new Together((ids: readonly string[]) => this.byOrder(ids, true));

  private readonly statements: PreparedStatements;

  constructor(private readonly dataSource: DataSource) {
    this.statements = new PreparedStatements(dataSource);
  }

  /**
   * Every line of the order that was ever allocated or refused; none for an unknown order.
   * @throws Unavailable
   */
  ofOrder(orderId: string): Promise<OrderRows> {
    return this.orders.get(orderId);
  }

  /**
   * The allocated lines of an order, by SKU.
   * @throws Unavailable
   */
  async allocatedOfOrder(orderId: string): Promise<{ sku: string; batchRef: string }[]> {
    const { lines } = await this.allocated.get(orderId);
    // An allocated line has its batch.
    return lines.map(({ sku, batchRef }) => ({ sku, batchRef: batchRef! }));
  }

  /**
   * The lines that a batch serves, by order.
   * @param after an order; '' for the beginning
   * @throws BatchNotFound, Unavailable
   */
  async ofBatch(ref: string, after: string, limit: number): Promise<BatchLineRow[]> {
    const rows = await viewQuery<BatchLineRow | { orderId: null }>(
      this.dataSource,
      `SELECT line.order_id AS "orderId", line.qty, line.changed_at AS "changedAt"
       FROM view_batches batch LEFT JOIN LATERAL (
         SELECT * FROM view_lines WHERE batch_ref = batch.ref AND order_id > $2 ORDER BY order_id LIMIT $3
       ) line ON true
       WHERE batch.ref = $1 AND batch.position IS NOT NULL ORDER BY line.order_id`,
      [ref, after, limit],
    );
    if (rows.length === 0) throw new BatchNotFound(ref);
    return rows[0].orderId === null ? [] : (rows as BatchLineRow[]);
  }

  private async byOrder(orderIds: readonly string[], allocatedOnly: boolean): Promise<OrderRows[]> {
    const rows = await viewQuery<StoredLine>(
      this.statements,
      `SELECT line.* FROM unnest($1::text[]) AS asked (order_id) CROSS JOIN LATERAL (
         SELECT order_id AS "orderId", sku, qty, state, batch_ref AS "batchRef", to_char(eta, 'YYYY-MM-DD') AS "eta",
                changed_at AS "changedAt", sequence
         FROM view_lines WHERE order_id = asked.order_id ${allocatedOnly ? "AND state = 'allocated'" : ''}
         ORDER BY sku LIMIT ${MAX_LINES}
       ) line`,
      [[...new Set(orderIds)]],
    );
    const orders = new Map<string, { lines: LineRow[]; version: number }>();
    for (const { orderId, sequence, ...line } of rows) {
      const order = orders.get(orderId) ?? { lines: [], version: 0 };
      orders.set(orderId, order);
      order.lines.push(line);
      // Lines are never removed and their numbers only grow, so no two states have the same sum.
      order.version += Number(sequence);
    }
    return orderIds.map((orderId) => orders.get(orderId) ?? { lines: [], version: 0 });
  }
}

/** A line that a batch serves. */
export interface BatchLineRow {
  readonly orderId: string;
  readonly qty: number;
  readonly changedAt: Date;
}
