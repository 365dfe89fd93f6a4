import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { READS } from '../../database/data-source';
import { Sql } from '../../database/sql';
import { findEvent, type LoggedEvent } from '../../log/contracts';

/** Names of a kind that are found at most. Typing more of a name finds the others. */
const HITS_PER_KIND = 5;
/** Lines that are looked at for their orders at most: several may be of one order. */
const LINES = 50;
/** Comes after whatever a name may go on with, in the order of bytes. */
const LAST = '\u{10ffff}';

export const foundKinds = ['sku', 'batch', 'order', 'event'] as const;

/** Something that has such a name. */
export interface FoundItem {
  readonly kind: (typeof foundKinds)[number];
  /** A SKU, the reference of a batch, an order, or the id of an event. */
  readonly id: string;
  /** The SKU; null for an order, which may have several. */
  readonly sku: string | null;
  /** The type of an event; null for others. */
  readonly type: string | null;
}

/** Finds by the beginning of a name, each kind along its own index: in a few steps among however many. */
@Injectable()
export class ItemFinder {
  private readonly sql: Sql;

  constructor(@InjectDataSource(READS) dataSource: DataSource) {
    this.sql = new Sql(dataSource);
  }

  /**
   * @param text the beginning of a name, as it is, or all in capitals or small letters; or the whole id of an event
   * @throws Unavailable
   */
  async find(text: string): Promise<FoundItem[]> {
    const [events, named] = await Promise.all([this.eventOf(text), this.byName(text)]);
    return [...events, ...named];
  }

  private byName(text: string): Promise<FoundItem[]> {
    const beginnings = [...new Set([text, text.toUpperCase(), text.toLowerCase()])];
    // One look along an index for each beginning.
    const found = (columns: string, table: string, key: string, limit: number) =>
      `(SELECT found.* FROM unnest($1::text[]) WITH ORDINALITY AS asked (beginning, n) CROSS JOIN LATERAL (
          SELECT ${columns} FROM ${table}
          WHERE ${key} >= asked.beginning AND ${key} <= asked.beginning || '${LAST}' ORDER BY ${key} LIMIT ${limit}
        ) found ORDER BY asked.n LIMIT ${limit})`;
    return this.sql.rows<FoundItem>(
      `${found(`'sku' AS kind, sku AS id, sku, NULL AS type`, 'products', 'sku', HITS_PER_KIND)}
       UNION ALL
       ${found(`'batch', ref, sku, NULL`, 'view_batches', 'ref', HITS_PER_KIND)}
       UNION ALL
       (SELECT DISTINCT 'order', order_id, NULL, NULL
        FROM ${found('order_id', 'view_lines', 'order_id', LINES)} lines ORDER BY 2 LIMIT ${HITS_PER_KIND})`,
      [beginnings],
    );
  }

  private async eventOf(id: string): Promise<FoundItem[]> {
    const event: LoggedEvent | undefined = await findEvent(this.sql, id);
    return event ? [{ kind: 'event', id: event.id, sku: event.sku, type: event.type }] : [];
  }
}
