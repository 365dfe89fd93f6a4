import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Attention, type AttentionSource, type Notice } from '../../attention/contracts';
import { READS } from '../../database/data-source';
import { Sql } from '../../database/sql';
import { counted, excerpt } from '../../printable';
import { BatchFinder } from './batch-finder';

/** A reservation that ends this soon is worth a call. */
const SOON = '15 min';
/** SKUs with a wait-list that are looked at, at most; of more, those that come first in the index. */
const MOST_LISTS = 10_000;

/** How many of those who wait are named. */
const NAMED = 2;
/** Longer names are cut off. */
const LONG = 40;

interface WaitList {
  readonly sku: string;
  readonly lines: number;
  readonly pieces: number;
  /** The orders of the lines that are served first. */
  readonly orders: readonly string[];
}

function saying({ lines, pieces, orders }: WaitList): string {
  const names = orders.map((id) => excerpt(id, LONG));
  const others = lines > orders.length ? ', …' : '';
  return `${counted(lines, 'line')} wait${lines === 1 ? 's' : ''} for ${counted(pieces, 'piece')}: ${names.join(', ')}${others}`;
}

/** SKUs of which nothing is left, those for whose pieces most wait first. */
@Injectable()
@Attention({ name: 'out-of-stock', title: 'Out of stock, or waited for', scope: 'read', order: 10 })
export class OutOfStockAttention implements AttentionSource {
  private readonly sql: Sql;

  constructor(
    @InjectDataSource(READS) dataSource: DataSource,
    private readonly batches: BatchFinder,
  ) {
    this.sql = new Sql(dataSource);
  }

  async notices(limit: number): Promise<Notice[]> {
    const waiting = await this.sql.rows<WaitList>(
      `SELECT longest.*, ARRAY(
         SELECT order_id FROM view_lines line WHERE line.sku = longest.sku AND state = 'waiting'
         ORDER BY priority DESC, asked_sequence LIMIT ${NAMED}
       ) AS orders
       FROM (
         SELECT sku, lines::float8 AS lines, pieces::float8 AS pieces FROM (
           SELECT sku, lines, pieces FROM view_line_sums WHERE has_lines AND state = 'waiting' LIMIT ${MOST_LISTS}
         ) lists WHERE lines > 0 ORDER BY lists.pieces DESC, sku LIMIT $1
       ) longest ORDER BY pieces DESC, sku`,
      [limit],
    );
    const known = new Set(waiting.map(({ sku }) => sku));
    const others = (await this.batches.outOfStock('', limit)).filter(({ sku }) => !known.has(sku));
    return [
      ...waiting.map((list): Notice => ({ kind: 'sku', id: list.sku, text: saying(list) })),
      ...others.map(({ sku }): Notice => ({ kind: 'sku', id: sku, text: 'nothing left, nobody waits' })),
    ].slice(0, limit);
  }
}

/** Ships that should be here, the most overdue first. */
@Injectable()
@Attention({ name: 'overdue', title: 'Overdue', scope: 'read', order: 20 })
export class OverdueAttention implements AttentionSource {
  constructor(private readonly batches: BatchFinder) {}

  async notices(limit: number): Promise<Notice[]> {
    const overdue = await this.batches.overdue('', limit);
    return overdue.map(({ ref: batchRef, sku, eta, purchasedQuantity, availableQuantity }) => {
      const promised = purchasedQuantity - availableQuantity;
      const text = `${counted(purchasedQuantity, 'piece')}, ${promised} of them promised`;
      return { kind: 'batch', id: batchRef, sku, text, when: eta! };
    });
  }
}

/** Reservations that end soon, the next one first. */
@Injectable()
@Attention({ name: 'expiring', title: 'Reservations that end soon', scope: 'read', order: 30 })
export class ExpiringAttention implements AttentionSource {
  private readonly sql: Sql;

  constructor(@InjectDataSource(READS) dataSource: DataSource) {
    this.sql = new Sql(dataSource);
  }

  async notices(limit: number): Promise<Notice[]> {
    const lines = await this.sql.rows<{ orderId: string; sku: string; qty: number; expiresAt: Date }>(
      `SELECT order_id AS "orderId", sku, qty, expires_at AS "expiresAt" FROM allocations
       WHERE state = 'reserved' AND expires_at > now() AND expires_at < now() + interval '${SOON}'
       ORDER BY expires_at, sku LIMIT $1`,
      [limit],
    );
    return lines.map(({ orderId, sku, qty, expiresAt }) => {
      return { kind: 'order', id: orderId, sku, text: counted(qty, 'piece'), when: expiresAt.toISOString() };
    });
  }
}
