import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Sql } from '../../../database/sql';
import { WaitList } from '../../application/wait-list';
import { lineKey, type OrderLine } from '../../domain/order-line';

/** Wait-lists in PostgreSQL. Each that is asked for is gone through once, along its index, for whatever many lines. */
@Injectable()
export class PostgresWaitList extends WaitList {
  private readonly sql: Sql;

  constructor(dataSource: DataSource) {
    super();
    this.sql = new Sql(dataSource);
  }

  override async places(lines: readonly OrderLine[]): Promise<(number | undefined)[]> {
    const rows = await this.sql.rows<{ sku: string; order_id: string; place: number }>(
      `SELECT list.sku, list.order_id, list.place
       FROM unnest($1::text[]) AS asked (sku) CROSS JOIN LATERAL (
         SELECT sku, order_id, row_number() OVER (ORDER BY priority DESC, asked_sequence)::int AS place
         FROM allocations WHERE sku = asked.sku AND state = 'waiting'
       ) list
       JOIN unnest($2::text[], $3::text[]) AS wanted (sku, order_id)
         ON wanted.sku = list.sku AND wanted.order_id = list.order_id`,
      [
        [...new Set(lines.map(({ sku }) => sku))],
        lines.map(({ sku }) => sku),
        lines.map(({ orderId }) => orderId),
      ],
    );
    const places = new Map(
      rows.map(({ sku, order_id, place }) => [lineKey({ sku, orderId: order_id }), place]),
    );
    return lines.map(({ sku, orderId }) => places.get(lineKey({ sku, orderId })));
  }
}
