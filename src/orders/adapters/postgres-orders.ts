import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { currentCorrelation } from '../../correlation';
import { CoalescedCalls } from '../../database/coalesced-calls';
import { Sql } from '../../database/sql';
import type { RequestPart } from '../../idempotent-request';
import { type OrderCorrelation, Orders, type TakenOver } from '../application/orders';
import { type LineOfOrder, Order, type Step, type Wish } from '../domain/order';

/** For how long an unfinished order is left to whoever stored it. */
export class OrderLease {
  constructor(
    /** Longer than a step may take: whatever is done for one line is answered within nine seconds. */
    readonly seconds = 20,
  ) {}
}

interface OrderRow {
  readonly order_id: string;
  readonly wish: Wish;
  readonly lines: LineOfOrder[];
  readonly step: Step;
  readonly tries: number;
  readonly version: string;
}

/** An order as it is to be stored, and for which request. */
interface Stored {
  readonly order: Order;
  readonly correlation: OrderCorrelation;
  /** To be recorded with it. */
  readonly request?: RequestPart;
}

interface Rivalry {
  readonly orderId: string;
  readonly skus: readonly string[];
}

const COLUMNS = 'order_id, wish, lines, step, tries, version';

/**
 * Orders in PostgreSQL, a row for each. What is stored and asked for at the same time shares a statement, so that a
 * thousand orders at once take no connections from the commands of their lines.
 */
@Injectable()
export class PostgresOrders extends Orders {
  private readonly sql: Sql;
  private readonly added = new CoalescedCalls((orders: readonly Stored[]) => this.insert(orders));
  private readonly saved = new CoalescedCalls((orders: readonly Stored[]) => this.update(orders));
  private readonly found = new CoalescedCalls((ids: readonly string[]) => this.select(ids));
  private readonly rivals = new CoalescedCalls((asked: readonly Rivalry[]) => this.beingPlaced(asked));

  constructor(
    dataSource: DataSource,
    private readonly lease: OrderLease,
  ) {
    super();
    this.sql = new Sql(dataSource, { isPrepared: true });
  }

  override add(order: Order, request?: RequestPart): Promise<boolean> {
    return this.added.get({ ...forRequest(order), request });
  }

  override find(id: string): Promise<Order | undefined> {
    return this.found.get(id);
  }

  override save(order: Order): Promise<boolean> {
    return this.saved.get(forRequest(order));
  }

  override async takeOver(limit: number): Promise<TakenOver[]> {
    const rows = await this.sql.rows<OrderRow & { correlation: OrderCorrelation | null }>(
      `WITH due AS (
         SELECT order_id FROM orders WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
       )
       UPDATE orders o SET version = version + 1, due_at = now() + $2::float8 * interval '1 s'
       FROM due WHERE o.order_id = due.order_id
       RETURNING o.order_id, wish, lines, step, tries, version, correlation`,
      [limit, this.lease.seconds],
    );
    return rows.map((row) => ({ order: toOrder(row), correlation: row.correlation ?? currentCorrelation() }));
  }

  override async putOff({ id, version }: Order, pauseMs: number): Promise<void> {
    await this.sql.count(
      `UPDATE orders SET due_at = now() + $3::float8 * interval '1 ms'
       WHERE order_id = $1 AND version = $2 AND due_at IS NOT NULL`,
      [id, version, pauseMs],
    );
  }

  override hasRivals(orderId: string, skus: readonly string[]): Promise<boolean> {
    return this.rivals.get({ orderId, skus });
  }

  private async insert(stored: readonly Stored[]): Promise<boolean[]> {
    const requests = stored.flatMap(({ order, request }) =>
      request ? [{ id: order.id, ...named(request) }] : [],
    );
    // Not by `recordParts`: the request is recorded if its order is inserted, and that this very statement decides.
    const rows = await this.sql.rows<{ order_id: string }>(
      `WITH placed AS (
         INSERT INTO orders (order_id, customer_id, wish, lines, step, tries, version, correlation, due_at)
         SELECT order_id, wish->>'customerId', wish, lines, step, tries, version, correlation,
                now() + $8::float8 * interval '1 s'
         FROM unnest($1::text[], $2::jsonb[], $3::jsonb[], $4::text[], $5::int[], $6::bigint[], $7::jsonb[])
           AS added (order_id, wish, lines, step, tries, version, correlation)
         ON CONFLICT DO NOTHING RETURNING order_id
       ), recorded AS (
         INSERT INTO idempotency_keys (caller, key, part, fingerprint, result)
         SELECT caller, key, 0, fingerprint, 'true'
         FROM unnest($9::text[], $10::text[], $11::text[], $12::bytea[]) AS request (order_id, caller, key, fingerprint)
         JOIN placed USING (order_id)
         ON CONFLICT DO NOTHING
       )
       SELECT order_id FROM placed`,
      [
        ...columnsOf(stored),
        this.lease.seconds,
        requests.map(({ id }) => id),
        requests.map(({ caller }) => caller),
        requests.map(({ key }) => key),
        requests.map(({ fingerprint }) => fingerprint),
      ],
    );
    const inserted = new Set(rows.map(({ order_id }) => order_id));
    // When two orders have one id, the first one is inserted and the other one is not.
    return stored.map(({ order }) => inserted.delete(order.id));
  }

  private async update(stored: readonly Stored[]): Promise<boolean[]> {
    // One statement would take any of several changes of the same version, so it gets the first one alone.
    const first = new Map<string, Stored>();
    for (const one of stored) if (!first.has(keyOf(one.order))) first.set(keyOf(one.order), one);
    const changed = [...first.values()];
    const rows = await this.sql.rows<{ id: string; version: string }>(
      `UPDATE orders o SET lines = changed.lines, step = changed.step, tries = changed.tries,
         version = changed.version, correlation = changed.correlation, changed_at = now(),
         due_at = CASE WHEN changed.is_unfinished THEN now() + $10::float8 * interval '1 s' END,
         closed_at = CASE WHEN changed.is_closed THEN now() END
       FROM unnest($1::text[], $2::jsonb[], $3::jsonb[], $4::text[], $5::int[], $6::bigint[], $7::jsonb[], $8::boolean[],
         $9::boolean[])
         AS changed (order_id, wish, lines, step, tries, version, correlation, is_unfinished, is_closed)
       WHERE o.order_id = changed.order_id AND o.order_id = ANY($1::text[]) AND o.version = changed.version - 1
       RETURNING o.order_id AS id, o.version`,
      [
        ...columnsOf(changed),
        changed.map(({ order }) => order.isUnfinished),
        changed.map(({ order }) => order.isClosed),
        this.lease.seconds,
      ],
    );
    const updated = new Set(rows.map(keyOf));
    return stored.map((one) => first.get(keyOf(one.order)) === one && updated.has(keyOf(one.order)));
  }

  private async select(ids: readonly string[]): Promise<(Order | undefined)[]> {
    const rows = await this.sql.rows<OrderRow>(
      `SELECT ${COLUMNS} FROM orders WHERE order_id = ANY($1::text[])`,
      [ids],
    );
    const found = new Map(rows.map((row) => [row.order_id, toOrder(row)]));
    return ids.map((id) => found.get(id));
  }

  private async beingPlaced(asked: readonly Rivalry[]): Promise<boolean[]> {
    const rows = await this.sql.rows<{ order_id: string; sku: string }>(
      `SELECT order_id, line->>'sku' AS sku FROM orders CROSS JOIN LATERAL jsonb_array_elements(lines) AS line
       WHERE step = 'placing'`,
    );
    const ordersOf = new Map<string, Set<string>>();
    for (const { order_id, sku } of rows) {
      const orders = ordersOf.get(sku);
      if (orders) orders.add(order_id);
      else ordersOf.set(sku, new Set([order_id]));
    }
    return asked.map(({ orderId, skus }) =>
      skus.some((sku) => {
        const orders = ordersOf.get(sku);
        return orders !== undefined && (orders.size > 1 || !orders.has(orderId));
      }),
    );
  }
}

function named({ caller, key, fingerprint }: RequestPart) {
  return { caller, key, fingerprint: `\\x${fingerprint.toString('hex')}` };
}

/** A version of an order. */
function keyOf({ id, version }: { readonly id: string; readonly version: number | string }): string {
  return `${version} ${id}`;
}

function forRequest(order: Order): Stored {
  const { correlationId, causationId, traceparent, keyId } = currentCorrelation();
  return { order, correlation: { correlationId, causationId, traceparent, keyId } };
}

function columnsOf(stored: readonly Stored[]): unknown[] {
  const orders = stored.map(({ order }) => order);
  return [
    orders.map(({ id }) => id),
    orders.map(({ wish }) => JSON.stringify(wish)),
    orders.map(({ lines }) => JSON.stringify(lines)),
    orders.map(({ step }) => step),
    orders.map(({ tries }) => tries),
    orders.map(({ version }) => version),
    stored.map(({ correlation }) => JSON.stringify(correlation)),
  ];
}

function toOrder({ order_id, wish, lines, step, tries, version }: OrderRow): Order {
  return new Order(order_id, wish, lines, step, tries, Number(version));
}
