import type { DataSource, QueryRunner } from 'typeorm';
import { PLANS_OF_WHOLE_TABLES } from '../database/data-source';
import { type OnProgress, rebuildView, type ViewName, viewNames } from './rebuild';

/** What should be there, and what is. */
export interface Difference {
  /** A view; or the counters of the batches and products, which belong to the write model and are not mended. */
  readonly of: ViewName | 'counters';
  /** Which batch, line or product. */
  readonly key: Readonly<Record<string, string>>;
  readonly expected: Readonly<Record<string, unknown>> | null;
  readonly found: Readonly<Record<string, unknown>> | null;
}

/** The events of the SKUs that are still on their way to the views do not count as differences. */
const underWay = 'SELECT DISTINCT sku FROM outbox_pending JOIN outbox ON outbox.id = event_id';

const lineColumns = 'order_id, sku, qty, state, batch_ref, eta, sequence, changed_at';
const batchColumns = 'ref, sku, eta, position, purchased, purchased_sequence, available, sequence';

/** Each answers rows like a Difference, one after the other and without end if need be. */
const comparisons: readonly string[] = [
  `SELECT 'counters' AS of, jsonb_build_object('ref', reference) AS key,
          jsonb_build_object('allocated', lines) AS expected,
          jsonb_build_object('allocated', allocated_quantity) AS found
   FROM batches LEFT JOIN (
     SELECT batch_reference AS reference, sum(qty) AS lines FROM allocations GROUP BY batch_reference
   ) counted USING (reference)
   WHERE allocated_quantity <> coalesce(lines, 0)`,
  `SELECT 'counters' AS of, jsonb_build_object('sku', sku) AS key,
          jsonb_build_object('available', coalesce(left_over, 0)) AS expected,
          jsonb_build_object('available', available) AS found
   FROM products LEFT JOIN (
     SELECT sku, sum(purchased_quantity - allocated_quantity) AS left_over FROM batches GROUP BY sku
   ) counted USING (sku)
   WHERE available <> coalesce(left_over, 0)`,
  comparison(
    'batches',
    'view_batches',
    ['ref'],
    batchColumns,
    `SELECT reference AS ref, sku, eta, position, purchased_quantity AS purchased,
            coalesce(changed.sequence, position) AS purchased_sequence,
            purchased_quantity - allocated_quantity AS available, batches.sequence
     FROM batches LEFT JOIN (
       SELECT data->>'batchRef' AS reference, max(sequence) AS sequence FROM outbox
       WHERE type = 'BatchQuantityChanged' GROUP BY data->>'batchRef'
     ) changed USING (reference)`,
  ),
  comparison(
    'lines',
    'view_lines',
    ['order_id', 'sku'],
    lineColumns,
    `SELECT a.order_id, a.sku, a.qty, 'allocated' AS state, a.batch_reference AS batch_ref,
            (o.data->>'eta')::date AS eta, a.position AS sequence, o.occurred_at AS changed_at
     FROM allocations a LEFT JOIN outbox o ON o.sku = a.sku AND o.sequence = a.position
     UNION ALL (
       SELECT DISTINCT ON (o.data->>'orderId', o.sku) o.data->>'orderId', o.sku, (o.data->>'qty')::integer,
         CASE type WHEN 'Deallocated' THEN 'deallocated' ELSE 'out of stock' END, NULL, NULL, sequence, occurred_at
       FROM outbox o
       WHERE type IN ('Deallocated', 'OutOfStock') AND NOT EXISTS (
         SELECT FROM allocations a WHERE a.sku = o.sku AND a.order_id = o.data->>'orderId')
       ORDER BY o.data->>'orderId', o.sku, sequence DESC
     )`,
  ),
];

/** Compares a view with what should be in it, column by column. */
function comparison(
  of: ViewName,
  view: string,
  key: readonly string[],
  columns: string,
  expected: string,
): string {
  const row = (from: string) => {
    const names = columns.split(', ');
    return `CASE WHEN ${from}.sku IS NOT NULL THEN jsonb_build_object(${names.map((name) => `'${name}', ${from}.${name}`).join()}) END`;
  };
  return `
    SELECT '${of}' AS of,
      jsonb_build_object(${key.map((name) => `'${name}', coalesce(expected.${name}, found.${name})`).join()}) AS key,
      ${row('expected')} AS expected, ${row('found')} AS found
    FROM (${expected}) AS expected (${columns})
    FULL JOIN (SELECT ${columns} FROM ${view}) AS found
      ON ${key.map((name) => `expected.${name} = found.${name}`).join(' AND ')}
    WHERE (expected.*) IS DISTINCT FROM (found.*)
      AND coalesce(expected.sku, found.sku) NOT IN (${underWay})`;
}

const FETCH = 500;

/**
 * Compares the views and the counters of batches and products with the write model, as all of it stood at one moment.
 * Takes the same memory however many rows and differences there are.
 */
export async function* differences(dataSource: DataSource): AsyncGenerator<Difference> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction('REPEATABLE READ');
    await runner.query(PLANS_OF_WHOLE_TABLES);
    // Whoever reads the differences may take its time.
    await runner.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    for (const sql of comparisons) yield* rowsOf(runner, sql);
  } finally {
    await runner.rollbackTransaction();
    await runner.release();
  }
}

async function* rowsOf(runner: QueryRunner, sql: string): AsyncGenerator<Difference> {
  await runner.query(`DECLARE differences NO SCROLL CURSOR FOR ${sql}`);
  for (;;) {
    const rows = (await runner.query(`FETCH ${FETCH} FROM differences`)) as Difference[];
    yield* rows;
    if (rows.length < FETCH) break;
  }
  await runner.query('CLOSE differences');
}

/** How many differences there are of each. */
export type Found = Readonly<Record<Difference['of'], number>>;

/** Tells every difference to `onDifference`, and waits for it. */
export async function verify(
  dataSource: DataSource,
  onDifference: (difference: Difference) => unknown = () => {},
): Promise<Found> {
  const found = { counters: 0, batches: 0, lines: 0 };
  for await (const difference of differences(dataSource)) {
    found[difference.of] += 1;
    await onDifference(difference);
  }
  return found;
}

/**
 * Rebuilds every view in which something was found.
 * @returns their names
 */
export async function repair(
  dataSource: DataSource,
  found: Found,
  progressOf: (view: ViewName) => OnProgress = () => () => {},
): Promise<ViewName[]> {
  const broken = viewNames.filter((name) => found[name] > 0);
  for (const name of broken) await rebuildView(dataSource, name, progressOf(name));
  return broken;
}
