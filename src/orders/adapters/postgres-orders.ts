import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { READS } from '../../database/data-source';
import { currentCorrelation } from '../../correlation';
import { CoalescedCalls } from '../../database/coalesced-calls';
import { Sql, WAITED_FOR } from '../../database/sql';
import { KeyInUse, type RequestPart } from '../../idempotent-request';
import { type OrderCorrelation, OrderLease, Orders, type TakenOver } from '../application/orders';
import { type LineOfOrder, Order, type Step, type Wish } from '../domain/order';

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

/** An order that was stored, or a key that was in use. */
type OutcomeRow =
  | { readonly id: string; readonly version: string; readonly key: null }
  | { readonly id: null; readonly caller: string; readonly key: string };

interface Rivalry {
  readonly orderId: string;
  readonly skus: readonly string[];
}

const COLUMNS = 'order_id, wish, lines, step, tries, version';

/** What is to be stored: see `columnsOf`. */
const ASKED = `asked AS (
         SELECT * FROM unnest($1::text[], $2::jsonb[], $3::jsonb[], $4::text[], $5::int[], $6::bigint[], $7::jsonb[],
           $8::text[], $9::text[], $10::bytea[])
           AS asked (order_id, wish, lines, step, tries, version, correlation, caller, key, fingerprint)
       )`;
/**
 * Records the requests of the orders for which the condition `due` holds: in the order of their keys, so that no two
 * instances wait for each other.
 */
const RECORDED = (due: string) => `recorded AS (
         INSERT INTO idempotency_keys (caller, key, part, fingerprint, result)
         SELECT caller, key, 0, fingerprint, 'true' FROM asked WHERE key IS NOT NULL AND ${due}
         ORDER BY caller COLLATE "C", key COLLATE "C"
         ON CONFLICT DO NOTHING RETURNING caller, key
       )`;
/** Whether an order may be stored: it came without a key, or this statement has just recorded its request. */
const MAY_BE = '(asked.key IS NULL OR (asked.caller, asked.key) IN (SELECT caller, key FROM recorded))';

/**
 * Orders in PostgreSQL, a row for each. What is stored and asked for at the same time shares a statement, so that a
 * thousand orders at once take no connections from the commands of their lines.
 */
@Injectable()
export class PostgresOrders extends Orders {
  private readonly sql: Sql;
  private readonly reads: Sql;
  private readonly added = new CoalescedCalls((orders: readonly Stored[]) => this.insert(orders));
  private readonly saved = new CoalescedCalls((orders: readonly Stored[]) => this.update(orders));
  private readonly found = new CoalescedCalls((ids: readonly string[]) => select(this.sql, ids));
  private readonly seen = new CoalescedCalls((ids: readonly string[]) => select(this.reads, ids));
  private readonly rivals = new CoalescedCalls((asked: readonly Rivalry[]) => this.beingPlaced(asked));

  constructor(
    dataSource: DataSource,
    private readonly lease: OrderLease,
    @InjectDataSource(READS) reads: DataSource = dataSource,
  ) {
    super();
    this.reads = new Sql(reads, { isPrepared: true });
    this.sql = new Sql(dataSource, { ...WAITED_FOR, isPrepared: true });
  }

  override add(order: Order, request?: RequestPart): Promise<boolean> {
    return isStored(this.added.get({ ...forRequest(order), request }));
  }

  override find(id: string): Promise<Order | undefined> {
    return this.found.get(id);
  }

  override look(id: string): Promise<Order | undefined> {
    return this.seen.get(id);
  }

  override save(order: Order, request?: RequestPart): Promise<boolean> {
    return isStored(this.saved.get({ ...forRequest(order), request }));
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

  private async insert(stored: readonly Stored[]): Promise<(boolean | KeyInUse)[]> {
    const rows = await this.sql.rows<OutcomeRow>(
      `WITH ${ASKED}, ${RECORDED('true')}, placed AS (
         INSERT INTO orders (order_id, customer_id, wish, lines, step, tries, version, correlation, due_at)
         SELECT order_id, wish->>'customerId', wish, lines, step, tries, version, correlation,
                now() + $11::float8 * interval '1 s'
         FROM asked WHERE ${MAY_BE}
         ON CONFLICT DO NOTHING RETURNING order_id, version
       )
       SELECT order_id AS id, version, NULL AS caller, NULL AS key FROM placed
       UNION ALL SELECT NULL, NULL, caller, key FROM asked WHERE NOT ${MAY_BE}`,
      [...columnsOf(stored), this.lease.seconds],
    );
    return outcomesOf(stored, rows);
  }

  private async update(stored: readonly Stored[]): Promise<(boolean | KeyInUse)[]> {
    // One statement would take any of several changes of the same version, so it gets the first one alone.
    const first = new Map<string, Stored>();
    for (const one of stored) if (!first.has(keyOf(one.order))) first.set(keyOf(one.order), one);
    const changed = [...first.values()];
    const rows = await this.sql.rows<OutcomeRow>(
      `WITH ${ASKED}, due AS (
         SELECT order_id FROM orders o JOIN asked USING (order_id)
         WHERE asked.key IS NOT NULL AND o.order_id = ANY($1::text[]) AND o.version = asked.version - 1 FOR UPDATE OF o
       ), ${RECORDED('order_id IN (SELECT order_id FROM due)')}, changed AS (
         UPDATE orders o SET lines = asked.lines, step = asked.step, tries = asked.tries,
           version = asked.version, correlation = asked.correlation,
           changed_at = CASE WHEN o.due_at IS NULL OR asked.step <> ALL($12::text[]) THEN now() ELSE o.changed_at END,
           due_at = CASE WHEN asked.step = ANY($12::text[]) THEN now() + $11::float8 * interval '1 s' END,
           closed_at = CASE WHEN asked.step = ANY($13::text[]) THEN now() END
         FROM asked
         WHERE o.order_id = asked.order_id AND o.order_id = ANY($1::text[]) AND o.version = asked.version - 1
           AND ${MAY_BE}
         RETURNING o.order_id, o.version
       )
       SELECT order_id AS id, version, NULL AS caller, NULL AS key FROM changed
       UNION ALL SELECT NULL, NULL, caller, key FROM asked JOIN due USING (order_id) WHERE NOT ${MAY_BE}`,
      [
        ...columnsOf(changed),
        this.lease.seconds,
        stepsOf(changed, 'isUnfinished'),
        stepsOf(changed, 'isClosed'),
      ],
    );
    return outcomesOf(stored, rows);
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

async function select(sql: Sql, ids: readonly string[]): Promise<(Order | undefined)[]> {
  const rows = await sql.rows<OrderRow>(`SELECT ${COLUMNS} FROM orders WHERE order_id = ANY($1::text[])`, [
    ids,
  ]);
  const found = new Map(rows.map((row) => [row.order_id, toOrder(row)]));
  return ids.map((id) => found.get(id));
}

/** @throws KeyInUse */
async function isStored(outcome: Promise<boolean | KeyInUse>): Promise<boolean> {
  const result = await outcome;
  if (result instanceof KeyInUse) throw result;
  return result;
}

/** Whether each was stored: of several of one version the first. */
function outcomesOf(stored: readonly Stored[], rows: readonly OutcomeRow[]): (boolean | KeyInUse)[] {
  const versions = new Set(rows.flatMap((row) => (row.id === null ? [] : keyOf(row))));
  const inUse = new Set(rows.flatMap((row) => (row.id === null ? nameOf(row) : [])));
  return stored.map(({ order, request }) => {
    if (request && inUse.has(nameOf(request))) return new KeyInUse(request.key);
    return versions.delete(keyOf(order));
  });
}

function nameOf({ caller, key }: Pick<RequestPart, 'caller' | 'key'>): string {
  return `${caller} ${key}`;
}

/** The steps of those orders that are so. */
function stepsOf(stored: readonly Stored[], are: 'isUnfinished' | 'isClosed'): string[] {
  return stored.flatMap(({ order }) => (order[are] ? order.step : []));
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
    stored.map(({ request }) => request?.caller),
    stored.map(({ request }) => request?.key),
    stored.map(({ request }) => request && `\\x${request.fingerprint.toString('hex')}`),
  ];
}

function toOrder({ order_id, wish, lines, step, tries, version }: OrderRow): Order {
  return new Order(order_id, wish, lines, step, tries, Number(version));
}
