import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { BatchNotFound } from '../../allocation/contracts';
import { CoalescedCalls } from '../../database/coalesced-calls';
import { READS } from '../../database/data-source';
import { Sql } from '../../database/sql';
import type { LineState } from './line-state';

/** The lines of an order. */
export interface OrderLines {
  /** A JSON array of the lines by SKU, each with the members of a `LineView`. */
  readonly json: string;
  /** Another one whenever one of them changes, or its place. */
  readonly version: string;
}

interface StoredLines extends OrderLines {
  /** Whether some of them wait, and so have a place. */
  readonly hasPlaces: boolean;
}

/** A line that is allocated, and to which batch. */
interface AllocatedLine {
  readonly sku: string;
  readonly batchRef: string;
}

/** No order has so many lines; the number makes PostgreSQL look up one order after the other. */
const MAX_LINES = 1_000_000_000;

/** An instant as by Date.toISOString. */
const TIME = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const STORED = `SELECT * FROM view_lines WHERE order_id = asked.order_id ORDER BY sku LIMIT ${MAX_LINES}`;
/**
 * The lines of each order as JSON, and their version, which is the ETag: sequences only grow, so no two states have the same
 * sum. Places change with lines of other orders as well, so they are appended.
 */
const LINES = (stored: string, place: string) => `
  SELECT '[' || string_agg(row_to_json(line)::text, ',') || ']' AS json,
    concat_ws('-', sum(stored.sequence), string_agg(line.place::text, '.')) AS version,
    coalesce(bool_or(stored.state = 'waiting'), false) AS "hasPlaces"
  FROM (${stored}) stored, LATERAL (
    SELECT sku, qty, state, batch_ref AS "batchRef", to_char(eta, 'YYYY-MM-DD') AS eta,
           CASE WHEN state NOT IN ('out of stock', 'deallocated') THEN priority END AS priority,
           ${TIME('expires_at')} AS "expiresAt", ${place} AS place,
           ${TIME('changed_at')} AS "changedAt", sequence
  ) line`;

/**
 * Which ones the waiting lines of the orders $1 are on the wait-lists of their SKUs. Of a list each stretch between two of
 * one priority is counted once, so that many who ask about a long list together cost no more than the last of them.
 */
const PLACES = `
  waiting AS MATERIALIZED (
    SELECT DISTINCT line.sku, line.priority, line.asked_sequence
    FROM unnest($1::text[]) AS asked (order_id) CROSS JOIN LATERAL (${STORED}) line
    WHERE line.state = 'waiting'
  ), before AS MATERIALIZED (
    SELECT list.*, (
      SELECT count(*) FROM view_lines other
      WHERE other.sku = list.sku AND other.state = 'waiting' AND other.priority > list.priority
    ) AS count
    FROM (SELECT DISTINCT sku, priority FROM waiting) list
  ), places AS MATERIALIZED (
    SELECT line.sku, line.asked_sequence, before.count + sum((
      SELECT count(*) FROM view_lines other
      WHERE other.sku = line.sku AND other.state = 'waiting' AND other.priority = line.priority
        AND other.asked_sequence > line.previous AND other.asked_sequence <= line.asked_sequence
    )) OVER (PARTITION BY line.sku, line.priority ORDER BY line.asked_sequence) AS place
    FROM (
      SELECT *, lag(asked_sequence, 1, 0::bigint)
        OVER (PARTITION BY sku, priority ORDER BY asked_sequence) AS previous
      FROM waiting
    ) line JOIN before USING (sku, priority)
  )`;

const WAITING = `order_id AS "orderId", qty, priority, asked_sequence::float8 AS "askedSequence"`;
/** More than any priority. */
const ABOVE_ALL = 2 ** 31;

/** What became of order lines (the book's chapter 12). Each question is one statement on an index, or two where lines wait. */
@Injectable()
export class LineFinder {
  private readonly orders = new CoalescedCalls((ids: readonly string[]) => this.linesOf(ids));
  private readonly placed = new CoalescedCalls((ids: readonly string[]) => this.linesWithPlaces(ids));
  private readonly allocated = new CoalescedCalls((ids: readonly string[]) => this.allocatedOf(ids));
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
  async ofOrder(orderId: string): Promise<OrderLines | undefined> {
    const lines = await this.orders.get(orderId);
    // A long wait-list takes a while to count, for which orders that are on none do not wait.
    return lines?.hasPlaces ? this.placed.get(orderId) : lines;
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
  async ofBatch(batchRef: string, after: string, limit: number): Promise<BatchLineRow[]> {
    const rows = await this.sql.rows<BatchLineRow | { orderId: null }>(
      `SELECT line.order_id AS "orderId", line.qty, line.state, line.changed_at AS "changedAt", line.sequence::float8 AS sequence
       FROM view_batches batch LEFT JOIN LATERAL (
         SELECT * FROM view_lines WHERE batch_ref = batch.ref AND order_id > $2 ORDER BY order_id LIMIT $3
       ) line ON true
       WHERE batch.ref = $1 AND batch.position IS NOT NULL ORDER BY line.order_id`,
      [batchRef, after, limit],
    );
    if (rows.length === 0) throw new BatchNotFound(batchRef);
    return rows[0].orderId === null ? [] : (rows as BatchLineRow[]);
  }

  /**
   * The lines to which pieces of the SKU are promised that have not left, in the order in which their batches serve lines,
   * those of a batch by order.
   * @throws Unavailable
   */
  promisedLinesOf(sku: string, limit: number): Promise<PromisedLineRow[]> {
    return this.sql.rows(
      `SELECT line.order_id AS "orderId", line.qty, line.state, batch.ref AS "batchRef",
         to_char(batch.eta, 'YYYY-MM-DD') AS eta, line.priority, line.expires_at AS "expiresAt"
       FROM view_batches batch CROSS JOIN LATERAL (
         SELECT * FROM view_lines
         WHERE batch_ref = batch.ref AND state IN ('allocated', 'reserved') ORDER BY order_id LIMIT $2
       ) line
       WHERE batch.sku = $1 AND batch.position IS NOT NULL AND batch.purchased - batch.available > batch.dispatched
       ORDER BY batch.arrives, batch.position, line.order_id LIMIT $2`,
      [sku, limit],
    );
  }

  /**
   * How many pieces of each batch of the SKU are reserved.
   * @throws Unavailable
   */
  reservedOf(sku: string): Promise<ReservedRow[]> {
    // The lines of the SKU come first: else all lines there are might be read in the order of their batches, to save a sort.
    return this.sql.rows(
      `SELECT batch_ref AS "batchRef", count(*)::float8 AS lines, sum(qty)::float8 AS pieces
       FROM (SELECT batch_ref, qty FROM view_lines WHERE sku = $1 AND state = 'reserved' OFFSET 0) reserved
       GROUP BY batch_ref ORDER BY batch_ref`,
      [sku],
    );
  }

  /**
   * The lines that wait for pieces of the SKU, the next one first (rule 13).
   * @param after a line that was there; undefined for the beginning
   * @throws Unavailable
   */
  waiting(
    sku: string,
    after: Pick<WaitingRow, 'priority' | 'askedSequence'> | undefined,
    limit: number,
  ): Promise<WaitingRow[]> {
    const { priority = null, askedSequence = null } = after ?? {};
    return this.sql.rows(
      `(SELECT ${WAITING} FROM view_lines
        WHERE sku = $1 AND state = 'waiting' AND priority = $2::int AND asked_sequence > $3::bigint
        ORDER BY asked_sequence LIMIT $4)
       UNION ALL
       (SELECT ${WAITING} FROM view_lines
        WHERE sku = $1 AND state = 'waiting' AND priority < coalesce($2::bigint, ${ABOVE_ALL})
        ORDER BY priority DESC, asked_sequence LIMIT $4)
       LIMIT $4`,
      [sku, priority, askedSequence, limit],
    );
  }

  private linesOf(orderIds: readonly string[]): Promise<(StoredLines | undefined)[]> {
    return this.ask(orderIds, '', STORED, 'NULL::bigint');
  }

  private linesWithPlaces(orderIds: readonly string[]): Promise<(StoredLines | undefined)[]> {
    const stored = `
      SELECT line.*, places.place FROM (${STORED}) line LEFT JOIN places
        ON line.state = 'waiting' AND places.sku = line.sku AND places.asked_sequence = line.asked_sequence
      ORDER BY line.sku`;
    return this.ask(orderIds, `WITH ${PLACES}`, stored, 'stored.place');
  }

  /**
   * PostgreSQL writes the JSON of the answer. To take rows apart here, column by column, and to put them together
   * again would cost more than all the rest that this service does for the answer.
   */
  private async ask(
    orderIds: readonly string[],
    before: string,
    stored: string,
    place: string,
  ): Promise<(StoredLines | undefined)[]> {
    const rows = await this.prepared.rows<StoredLines | { json: null }>(
      `${before}
       SELECT lines.* FROM unnest($1::text[]) WITH ORDINALITY AS asked (order_id, n) CROSS JOIN LATERAL (
         ${LINES(stored, place)}
       ) lines ORDER BY n`,
      [orderIds],
    );
    return rows.map((lines) => (lines.json === null ? undefined : lines));
  }

  private async allocatedOf(orderIds: readonly string[]): Promise<AllocatedLine[][]> {
    const rows = await this.prepared.rows<AllocatedLine & { n: string }>(
      `SELECT n, line.sku, line.batch_ref AS "batchRef"
       FROM unnest($1::text[]) WITH ORDINALITY AS asked (order_id, n) CROSS JOIN LATERAL (
         SELECT sku, batch_ref FROM view_lines
         WHERE order_id = asked.order_id AND state IN ('allocated', 'dispatched') ORDER BY sku LIMIT ${MAX_LINES}
       ) line`,
      [orderIds],
    );
    const lines: AllocatedLine[][] = orderIds.map(() => []);
    for (const { n, sku, batchRef } of rows) lines[Number(n) - 1].push({ sku, batchRef });
    return lines;
  }
}

/** A line that pieces are promised to. */
export interface PromisedLineRow {
  readonly orderId: string;
  readonly qty: number;
  readonly state: LineState;
  readonly batchRef: string;
  /** `YYYY-MM-DD`; null: the batch is in the warehouse. */
  readonly eta: string | null;
  readonly priority: number;
  /** When the reservation of a reserved line ends. */
  readonly expiresAt: Date | null;
}

/** What lines hold of a batch for a while. */
export interface ReservedRow {
  readonly batchRef: string;
  readonly lines: number;
  readonly pieces: number;
}

/** A line that waits for pieces. */
export interface WaitingRow {
  readonly orderId: string;
  readonly qty: number;
  readonly priority: number;
  /** The event that first told of it. */
  readonly askedSequence: number;
}

/** A line that a batch serves. */
export interface BatchLineRow {
  readonly orderId: string;
  readonly qty: number;
  readonly state: LineState;
  readonly changedAt: Date;
  /** The event of the SKU that changed it last. */
  readonly sequence: number;
}
