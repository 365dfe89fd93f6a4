import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { BatchNotFound } from '../../allocation/contracts';
import { CoalescedReads } from '../../database/coalesced-reads';
import { READS } from '../../database/data-source';
import { Sql } from '../../database/sql';

/** The lines of an order. */
export interface OrderLines {
  /** A JSON array of the lines by SKU, each with the members of a `LineView`. */
  readonly json: string;
  /** Grows whenever one of them changes. */
  readonly version: number;
}

/** A line that is allocated, and to which batch. */
interface AllocatedLine {
  readonly sku: string;
  readonly batchRef: string;
}

/** No order has so many lines; the number makes PostgreSQL look up one order after the other. */
const MAX_LINES = 1_000_000_000;

/** What became of order lines (the book's chapter 12). Each question is one statement on an index. */
@Injectable()
export class LineQueries {
  private readonly orders = new CoalescedReads((ids: readonly string[]) => this.linesOf(ids));
  private readonly allocated = new CoalescedReads((ids: readonly string[]) => this.allocatedOf(ids));
  private readonly sql: Sql;
  private readonly prepared: Sql;

  constructor(@InjectDataSource(READS) dataSource: DataSource) {
    this.sql = new Sql(dataSource);
    this.prepared = new Sql(dataSource, { isPrepared: true });
  }

  /**
   * Every line of the order that was ever allocated or refused; undefined for an unknown order.
   * @throws Unavailable
   */
  ofOrder(orderId: string): Promise<OrderLines | undefined> {
    return this.orders.get(orderId);
  }

  /**
   * The allocated lines of an order, by SKU.
   * @throws Unavailable
   */
  allocatedOfOrder(orderId: string): Promise<readonly AllocatedLine[]> {
    return this.allocated.get(orderId);
  }

  /**
   * The lines that a batch serves, by order.
   * @param after an order; '' for the beginning
   * @throws BatchNotFound, Unavailable
   */
  async ofBatch(ref: string, after: string, limit: number): Promise<BatchLineRow[]> {
    const rows = await this.sql.rows<BatchLineRow | { orderId: null }>(
      `SELECT line.order_id AS "orderId", line.qty, line.changed_at AS "changedAt", line.sequence::float8 AS sequence
       FROM view_batches batch LEFT JOIN LATERAL (
         SELECT * FROM view_lines WHERE batch_ref = batch.ref AND order_id > $2 ORDER BY order_id LIMIT $3
       ) line ON true
       WHERE batch.ref = $1 AND batch.position IS NOT NULL ORDER BY line.order_id`,
      [ref, after, limit],
    );
    if (rows.length === 0) throw new BatchNotFound(ref);
    return rows[0].orderId === null ? [] : (rows as BatchLineRow[]);
  }

  /**
   * PostgreSQL writes the JSON of the answer. To take rows apart here, column by column, and to put them together
   * again would cost more than all the rest that this service does for the answer.
   */
  private async linesOf(orderIds: readonly string[]): Promise<(OrderLines | undefined)[]> {
    // Lines are never removed and their numbers only grow, so no two states have the same sum.
    const rows = await this.prepared.rows<{ json: string | null; version: string }>(
      `SELECT lines.* FROM unnest($1::text[]) WITH ORDINALITY AS asked (order_id, n) CROSS JOIN LATERAL (
         SELECT '[' || string_agg(row_to_json(line)::text, ',') || ']' AS json, sum(stored.sequence) AS version
         FROM (
           SELECT * FROM view_lines WHERE order_id = asked.order_id ORDER BY sku LIMIT ${MAX_LINES}
         ) stored, LATERAL (
           SELECT sku, qty, state, batch_ref AS "batchRef", to_char(eta, 'YYYY-MM-DD') AS eta,
                  to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "changedAt", sequence
         ) line
       ) lines ORDER BY n`,
      [orderIds],
    );
    return rows.map(({ json, version }) => (json === null ? undefined : { json, version: Number(version) }));
  }

  private async allocatedOf(orderIds: readonly string[]): Promise<AllocatedLine[][]> {
    const rows = await this.prepared.rows<AllocatedLine & { n: string }>(
      `SELECT n, line.sku, line.batch_ref AS "batchRef"
       FROM unnest($1::text[]) WITH ORDINALITY AS asked (order_id, n) CROSS JOIN LATERAL (
         SELECT sku, batch_ref FROM view_lines
         WHERE order_id = asked.order_id AND state = 'allocated' ORDER BY sku LIMIT ${MAX_LINES}
       ) line`,
      [orderIds],
    );
    const lines: AllocatedLine[][] = orderIds.map(() => []);
    for (const { n, sku, batchRef } of rows) lines[Number(n) - 1].push({ sku, batchRef });
    return lines;
  }
}

/** A line that a batch serves. */
export interface BatchLineRow {
  readonly orderId: string;
  readonly qty: number;
  readonly changedAt: Date;
  /** The event of the SKU that changed it last. */
  readonly sequence: number;
}
