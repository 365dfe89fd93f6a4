import type { EventType } from '../../allocation/contracts';
import type { LineState } from '../queries/line-state';
import { CLOSED_LINES } from './closed-line-retention';
import { movementsOf } from '../queries/movements-of';
import type { ViewName } from './rebuild';

/** What should be there, and what is. */
export interface Difference {
  /**
   * A view; or the counters of the batches and products, or the movements of a batch, which belong to the write model and
   * its events and are not mended.
   */
  readonly of: ViewName | 'counters' | 'movements';
  /** Which batch, line or product. */
  readonly key: Readonly<Record<string, string>>;
  /** Null: the write model and the events know of no such thing. */
  readonly expected: Readonly<Record<string, unknown>> | null;
  readonly found: Readonly<Record<string, unknown>> | null;
}

/**
 * A comparison that goes through a table along a key, some rows at a time. Whatever it compares them with is found along
 * an index, too, so that no statement reads, sorts or keeps more than its share, however large the tables are.
 */
export interface Pass {
  /** What is read through, for who wants to know how far it is. */
  readonly table: string;
  /** The key before all keys. */
  readonly first: readonly string[];
  /**
   * Takes the last key of the slice before and how many rows to look at. Answers one row: how many there were, the last
   * key, and the keys of those that differ.
   */
  readonly slice: string;
  /** Takes keys, a list for each column. Answers the differences that those rows still have, in one snapshot. */
  readonly details: string;
}

interface Definition {
  readonly table: string;
  /** Columns of the key and their types. */
  readonly key: Readonly<Record<string, 'text' | 'bigint'>>;
  /** From the largest key to the smallest. */
  readonly descending?: boolean;
  /** What is needed of the row, `sku` among it; in the rest the row is called `it`. */
  readonly columns: string;
  readonly joins: string;
  readonly differs: string;
  /** An SQL expression each, like the fields of a Difference. */
  readonly of: string;
  readonly name: string;
  readonly expected: string;
  readonly found: string;
  /** Whether a SKU is left alone that has events on their way to the views. */
  readonly mayLag: boolean;
}

/** Whether events of the SKU are on their way to the views: not numbered yet, or behind the position of the reader. */
const IS_UNDER_WAY = `((SELECT true FROM outbox WHERE outbox.sku = it.sku LIMIT 1) IS NOT NULL OR coalesce(
  (SELECT position FROM log WHERE log.sku = it.sku ORDER BY sequence DESC LIMIT 1)
    > (SELECT position FROM readers WHERE name = 'views'), false))`;

/** The event of a SKU and a sequence number, in the log or not numbered yet. */
const eventAt = (columns: string, sequence: string, where = 'true') =>
  `SELECT ${columns} FROM events WHERE ${where} AND events.sku = it.sku AND events.sequence = ${sequence} LIMIT 1`;

/**
 * Whether that event is no longer kept, and so cannot be compared with. Of each SKU it is the oldest events that are gone;
 * where none is kept, all of those that its version counts.
 */
const isGone = (sequence: string) => `((SELECT first_position FROM log_head) > 1 AND ${sequence} < coalesce(
  (SELECT sequence FROM events WHERE events.sku = it.sku ORDER BY sequence LIMIT 1),
  (SELECT version_number + 1 FROM products WHERE products.sku = it.sku LIMIT 1), 0))`;

/** From when on lines are shown that are not held. */
const CLOSED_SINCE = `coalesce((SELECT kept_since FROM retention WHERE name = '${CLOSED_LINES}'), '-infinity')`;

function pass({ table, key, descending, columns, joins, differs, mayLag, ...difference }: Definition): Pass {
  const names = Object.keys(key);
  const parameters = names.map((name, index) => `$${index + 1}::${key[name]}`);
  const keyOfIt = `json_build_array(${names.map((name) => `it.${name}::text`).join()})`;
  const order = (direction: boolean) => names.map((name) => `${name} ${direction ? 'DESC' : 'ASC'}`).join();
  const isText = Object.values(key).includes('text');
  return {
    table,
    first: names.map(() => (isText ? '' : String(2n ** 63n - 1n))),
    slice: `
      WITH it AS MATERIALIZED (
        SELECT ${columns} FROM ${table} WHERE (${names.join()}) ${descending ? '<' : '>'} (${parameters.join()})
        ORDER BY ${order(!!descending)} LIMIT $${names.length + 1}
      )
      SELECT (SELECT count(*)::int FROM it) AS count,
        (SELECT ${keyOfIt} FROM it ORDER BY ${order(!descending)} LIMIT 1) AS last,
        (SELECT coalesce(json_agg(${keyOfIt}), '[]') FROM it ${joins} WHERE ${differs}) AS suspects`,
    details: `
      WITH it AS MATERIALIZED (
        SELECT found.* FROM unnest(${parameters.map((parameter) => `${parameter}[]`).join()}) AS wanted (${names.join()})
        CROSS JOIN LATERAL (
          SELECT ${columns} FROM ${table}
          WHERE ${names.map((name) => `${table}.${name} = wanted.${name}`).join(' AND ')} LIMIT 1
        ) found
      )
      SELECT ${difference.of} AS of, ${difference.name} AS key, ${difference.expected} AS expected,
        ${difference.found} AS found
      FROM it ${joins}
      WHERE (${differs}) ${mayLag ? `AND NOT ${IS_UNDER_WAY}` : ''}`,
  };
}

/** A JSON object of columns: of each the name and where it comes from. */
const object = (columns: Readonly<Record<string, string>>) =>
  `jsonb_build_object(${Object.entries(columns)
    .map(([name, value]) => `'${name}', ${value}`)
    .join()})`;
const columnsOf = (source: string, names: readonly string[]) =>
  object(Object.fromEntries(names.map((name) => [name, `${source}.${name}`])));
const row = (...values: readonly string[]) => `ROW(${values.join()})`;

const LINE = ['order_id', 'sku', 'qty', 'state', 'batch_ref', 'eta', 'sequence', 'changed_at'];
/** What the write model knows of a line beside. */
const TERMS = ['priority', 'asked_sequence', 'expires_at'];
const BATCH = ['ref', 'sku', 'eta', 'position', 'purchased', 'available', 'dispatched', 'sequence'];
/**
 * What a type of event is compared for: the state in which it leaves a line of which the write model has no row then (of
 * one that expired it forgets it after a time), or what it tells a batch to hold.
 */
const compared: Readonly<Record<EventType, LineState | 'batch' | 'nothing'>> = {
  BatchCreated: 'batch',
  BatchQuantityChanged: 'batch',
  StockAdjusted: 'batch',
  BatchArrived: 'batch',
  BatchEtaChanged: 'nothing',
  Allocated: 'nothing',
  Reserved: 'nothing',
  ReservationExtended: 'nothing',
  ReservationConfirmed: 'nothing',
  ReservationExpired: 'expired',
  Deallocated: 'deallocated',
  OutOfStock: 'out of stock',
  Waitlisted: 'nothing',
  WaitCancelled: 'deallocated',
  Dispatched: 'nothing',
  TermsChanged: 'nothing',
  PromiseChanged: 'nothing',
};
const unheld = Object.entries(compared).filter(([, what]) => what !== 'batch' && what !== 'nothing');
const oneOf = (types: readonly string[]) => `type IN (${types.map((type) => `'${type}'`).join(', ')})`;

const UNHELD = oneOf(unheld.map(([type]) => type));
const UNHELD_STATE = `CASE it.type ${unheld.map(([type, state]) => `WHEN '${type}' THEN '${state}'`).join(' ')} END`;
const PURCHASED = oneOf(Object.keys(compared).filter((type) => compared[type as EventType] === 'batch'));
const line = (columns: Record<string, string>) =>
  object({ order_id: 'it.order_id', sku: 'it.sku', ...columns });

/** What each batch counts, against its lines. */
const batchCounters = pass({
  table: 'batches',
  key: { reference: 'text' },
  columns: 'reference, sku, allocated_quantity, dispatched_quantity',
  joins: `CROSS JOIN LATERAL (
      SELECT coalesce(sum(qty), 0) AS lines FROM allocations
      WHERE batch_reference = it.reference AND state = 'dispatched') gone
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(qty), 0) + gone.lines AS lines FROM allocations
      WHERE batch_reference = it.reference AND state <> 'dispatched') counted`,
  differs: '(it.allocated_quantity, it.dispatched_quantity) <> (counted.lines, gone.lines)',
  of: `'counters'`,
  name: object({ ref: 'it.reference' }),
  expected: object({ allocated: 'counted.lines', dispatched: 'gone.lines' }),
  found: object({ allocated: 'it.allocated_quantity', dispatched: 'it.dispatched_quantity' }),
  mayLag: false,
});

/** What each product counts, against its batches. */
const productCounters = pass({
  table: 'products',
  key: { sku: 'text' },
  columns: 'sku, available',
  joins: `CROSS JOIN LATERAL (
    SELECT coalesce(sum(purchased_quantity - allocated_quantity), 0) AS left_over FROM batches WHERE sku = it.sku) counted`,
  differs: 'it.available <> counted.left_over',
  of: `'counters'`,
  name: object({ sku: 'it.sku' }),
  expected: object({ available: 'counted.left_over' }),
  found: object({ available: 'it.available' }),
  mayLag: false,
});

const moves = (what: string, more = '') =>
  `SELECT ${what} FROM events WHERE ${movementsOf('it.sku', 'it.reference')} ${more}`;
const firstOf = (what: string, types: string) => moves(what, `AND type ${types} ORDER BY sequence LIMIT 1`);

/**
 * What each batch has, against its movements (rule 18). Removed movements are always the oldest, so the first kept one
 * of each sort, changes of the quantity and dispatches, states the figure before it. If none of a sort is kept, the
 * figure of the batch itself is used, so that nothing is compared of that sort.
 */
const movements = pass({
  table: 'batches',
  key: { reference: 'text' },
  columns: 'reference, sku, position, purchased_quantity, dispatched_quantity',
  joins: `CROSS JOIN LATERAL (
      SELECT CASE WHEN ${isGone('it.position')} THEN
        coalesce((${firstOf(`(data->>'previousQty')::int`, `<> 'Dispatched'`)}), it.purchased_quantity)
          - coalesce((${firstOf(`(data->>'dispatched')::int - (data->>'qty')::int`, `= 'Dispatched'`)}), it.dispatched_quantity)
        ELSE 0 END AS pieces) gone
    CROSS JOIN LATERAL (
      ${moves(`coalesce(sum(CASE type WHEN 'Dispatched' THEN -(data->>'qty')::int
        ELSE (data->>'qty')::int - coalesce((data->>'previousQty')::int, 0) END), 0) AS pieces`)}) kept`,
  differs: 'it.purchased_quantity - it.dispatched_quantity <> gone.pieces + kept.pieces',
  of: `'movements'`,
  name: object({ ref: 'it.reference' }),
  expected: object({ has: 'gone.pieces + kept.pieces' }),
  found: object({ has: 'it.purchased_quantity - it.dispatched_quantity' }),
  mayLag: false,
});

/** Each batch, against the view. */
const batches = pass({
  table: 'batches',
  key: { reference: 'text' },
  columns: `reference, reference AS ref, sku, eta, position, purchased_quantity AS purchased,
    purchased_quantity - allocated_quantity AS available, dispatched_quantity AS dispatched, sequence`,
  joins: 'LEFT JOIN LATERAL (SELECT * FROM view_batches WHERE ref = it.reference LIMIT 1) v ON true',
  differs: `${row(...BATCH.map((name) => `it.${name}`))} IS DISTINCT FROM ${row(...BATCH.map((name) => `v.${name}`))}`,
  of: `'batches'`,
  name: object({ ref: 'it.reference' }),
  expected: columnsOf('it', BATCH),
  found: `CASE WHEN v.ref IS NOT NULL THEN ${columnsOf('v', BATCH)} END`,
  mayLag: true,
});

/**
 * Each batch of the view: that there is such a batch, and that an event of that number told what it holds, unless that is
 * gone.
 */
const batchesOfView = pass({
  table: 'view_batches',
  key: { ref: 'text' },
  columns: `${BATCH.join()}, purchased_sequence`,
  joins: `LEFT JOIN LATERAL (SELECT reference FROM batches WHERE reference = it.ref LIMIT 1) b ON true
    LEFT JOIN LATERAL (${eventAt('type, data', 'it.purchased_sequence')}) o ON true`,
  differs: `b.reference IS NULL OR NOT coalesce(
    o.${PURCHASED} AND o.data->>'batchRef' = it.ref, ${isGone('it.purchased_sequence')})`,
  of: `'batches'`,
  name: object({ ref: 'it.ref' }),
  expected: `CASE WHEN b.reference IS NOT NULL THEN ${object({
    purchased_sequence: `(SELECT sequence FROM events
      WHERE events.sku = it.sku AND ${PURCHASED} AND data->>'batchRef' = it.ref
      ORDER BY sequence DESC LIMIT 1)`,
  })} END`,
  found: `CASE WHEN b.reference IS NOT NULL THEN ${columnsOf('it', ['purchased_sequence'])}
    ELSE ${columnsOf('it', [...BATCH, 'purchased_sequence'])} END`,
  mayLag: true,
});

/**
 * Each line of the write model, against the view, which shows one that expired no longer than others that are not held.
 * When it changed its event knows best, for as long as that is kept.
 */
const heldLines = pass({
  table: 'allocations',
  key: { sku: 'text', order_id: 'text' },
  columns: `sku, order_id, qty, state, batch_reference, position, allocated_at, ${TERMS.join()}`,
  joins: `LEFT JOIN LATERAL (
      SELECT * FROM view_lines WHERE order_id = it.order_id AND sku = it.sku LIMIT 1) v ON true
    LEFT JOIN LATERAL (SELECT eta FROM batches WHERE reference = it.batch_reference LIMIT 1) b ON true`,
  differs: `NOT (v.order_id IS NULL AND it.state = 'expired' AND it.allocated_at < ${CLOSED_SINCE}) AND (
    ${row('it.qty', 'it.state', 'it.batch_reference', 'b.eta', 'it.position', 'it.priority', 'it.expires_at')}
    IS DISTINCT FROM ${row('v.qty', 'v.state', 'v.batch_ref', 'v.eta', 'v.sequence', 'v.priority', 'v.expires_at')}
    OR it.state = 'waiting' AND it.asked_sequence IS DISTINCT FROM v.asked_sequence
    OR v.changed_at <> it.allocated_at AND NOT coalesce(
      (${eventAt('occurred_at', 'it.position')}) = v.changed_at, ${isGone('it.position')}))`,
  of: `'lines'`,
  name: line({}),
  expected: line({
    qty: 'it.qty',
    state: 'it.state',
    batch_ref: 'it.batch_reference',
    eta: 'b.eta',
    sequence: 'it.position',
    changed_at: `coalesce((${eventAt('occurred_at', 'it.position')}), it.allocated_at)`,
    ...Object.fromEntries(TERMS.map((name) => [name, `it.${name}`])),
  }),
  found: `CASE WHEN v.order_id IS NOT NULL THEN ${columnsOf('v', [...LINE, ...TERMS])} END`,
  mayLag: true,
});

/** The sums of a SKU as JSON, of rows `(state, arrives, lines, pieces)`. */
const sumsOf = (rows: string) => `
  SELECT coalesce(jsonb_object_agg(state || ' ' || arrives, jsonb_build_array(lines, pieces)), '{}') AS sums
  FROM (${rows}) row`;
const promised = (state: string) => `
  SELECT state, coalesce(eta, '-infinity') AS arrives, count(*) AS lines, sum(qty) AS pieces
  FROM allocations LEFT JOIN LATERAL (
    SELECT eta FROM batches WHERE reference = batch_reference LIMIT 1) batch ON true
  WHERE sku = it.sku AND state = '${state}' GROUP BY 1, 2`;

/** Each product: that the view has the sums over its lines that are reserved or wait. */
const lineSums = pass({
  table: 'products',
  key: { sku: 'text' },
  columns: 'sku',
  joins: `CROSS JOIN LATERAL (${sumsOf(`${promised('reserved')} UNION ALL ${promised('waiting')}`)}) counted
    CROSS JOIN LATERAL (${sumsOf('SELECT * FROM view_line_sums WHERE sku = it.sku AND has_lines')}) v`,
  differs: 'counted.sums <> v.sums',
  of: `'lines'`,
  name: object({ sku: 'it.sku' }),
  expected: object({ sums: 'counted.sums' }),
  found: object({ sums: 'v.sums' }),
  mayLag: true,
});

/**
 * Each event, the newest first: that the view is not older than it. Of lines only those that are not held, and are
 * shown still; what events say of a batch, but for which of them told what it holds, its row in the write model says as
 * well. Events that are not numbered yet are on their way to the views.
 */
const events = pass({
  table: 'log',
  key: { position: 'bigint' },
  descending: true,
  columns: `position, sku, sequence, type, data->>'orderId' AS order_id, data->>'batchRef' AS ref, data->>'qty' AS qty,
    occurred_at`,
  joins: `LEFT JOIN LATERAL (
      SELECT * FROM view_lines WHERE it.${UNHELD} AND order_id = it.order_id AND sku = it.sku LIMIT 1) v ON true
    LEFT JOIN LATERAL (
      SELECT sku FROM allocations WHERE it.${UNHELD} AND sku = it.sku AND order_id = it.order_id LIMIT 1) a ON true
    LEFT JOIN LATERAL (
      SELECT purchased_sequence FROM view_batches
      WHERE it.${PURCHASED} AND ref = it.ref LIMIT 1) b ON true`,
  differs: `it.${UNHELD} AND a.sku IS NULL AND coalesce(v.sequence, 0) < it.sequence
    AND NOT (v.order_id IS NULL AND it.occurred_at < ${CLOSED_SINCE})
    OR b.purchased_sequence < it.sequence`,
  of: `CASE WHEN it.${UNHELD} THEN 'lines' ELSE 'batches' END`,
  name: `CASE WHEN it.${UNHELD} THEN ${line({})} ELSE ${object({ ref: 'it.ref' })} END`,
  expected: `CASE WHEN it.${UNHELD} THEN ${line({
    qty: 'it.qty::int',
    state: UNHELD_STATE,
    batch_ref: 'NULL::text',
    eta: 'NULL::date',
    sequence: 'it.sequence',
    changed_at: 'it.occurred_at',
  })} ELSE ${object({ purchased_sequence: 'it.sequence' })} END`,
  found: `CASE WHEN v.order_id IS NOT NULL THEN ${columnsOf('v', LINE)}
    WHEN b.purchased_sequence IS NOT NULL THEN ${columnsOf('b', ['purchased_sequence'])} END`,
  mayLag: true,
});

/** Each line of the view that is not held: that it shows what an event of that number told, unless that is gone. */
const linesOfView = pass({
  table: 'view_lines',
  key: { order_id: 'text', sku: 'text' },
  columns: LINE.join(),
  joins: `LEFT JOIN LATERAL (
      SELECT sku FROM allocations WHERE sku = it.sku AND order_id = it.order_id LIMIT 1) a ON true
    LEFT JOIN LATERAL (${eventAt(
      'type, data, occurred_at',
      'it.sequence',
      `a.sku IS NULL AND ${UNHELD} AND data->>'orderId' = it.order_id`,
    )}) o ON true`,
  differs: `a.sku IS NULL AND NOT (o.type IS NULL AND it.state IN ('deallocated', 'out of stock', 'expired') AND ${isGone('it.sequence')}) AND ${row('it.state', 'it.qty', 'it.batch_ref', 'it.eta', 'it.changed_at')} IS DISTINCT FROM
    ${row(UNHELD_STATE.replace('it.', 'o.'), `(o.data->>'qty')::int`, 'NULL::text', 'NULL::date', 'o.occurred_at')}`,
  of: `'lines'`,
  name: line({}),
  expected: `CASE WHEN o.type IS NOT NULL THEN ${line({
    qty: `(o.data->>'qty')::int`,
    state: UNHELD_STATE.replace('it.', 'o.'),
    batch_ref: 'NULL::text',
    eta: 'NULL::date',
    sequence: 'it.sequence',
    changed_at: 'o.occurred_at',
  })} END`,
  found: columnsOf('it', LINE),
  mayLag: true,
});

/**
 * In this order a difference that several of them see is told by the one that knows best what is expected: a held line
 * from the write model, another one from its newest event.
 */
export const passes: readonly Pass[] = [
  batchCounters,
  productCounters,
  movements,
  batches,
  batchesOfView,
  heldLines,
  lineSums,
  events,
  linesOfView,
];

/** What one look at a slice has found. */
export interface Slice {
  readonly count: number;
  readonly last: readonly string[] | null;
  readonly suspects: readonly (readonly string[])[];
}
