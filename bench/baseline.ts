import { Client } from 'pg';
import { newId } from '../src/ids';
import type { Contender, Line, Target } from './contest';
import { connectedTo } from './database';

const STATE = `CASE type WHEN 'Allocated' THEN 'allocated' ELSE 'out of stock' END`;

/** Connections that a server keeps for others. */
const RESERVED_CONNECTIONS = 20;

/**
 * What a good engineer would write by hand: one statement that does all that the service writes when it
 * allocates a line, and no more. $1 is the SKU, $2 the order, $3 the quantity, $4 the id of the event.
 *
 * The product's row is changed first, so that its lock puts the writers of a SKU in line and none of them
 * deadlock. Whoever waited sees the batch as its forerunner left it, since PostgreSQL checks the conditions
 * again on a row that it had to wait for.
 *
 * @param queue a table that is read before all else
 * @param withViews whether it writes what the views show, too
 */
const allocateAfter = (queue: string, withViews = true) => `
  WITH turn AS MATERIALIZED (
    ${queue}
  ), product AS (
    UPDATE products SET version_number = version_number + 1 FROM turn WHERE sku = $1
    RETURNING version_number AS sequence
  ), candidate AS (
    SELECT reference, product.sequence FROM batches CROSS JOIN product
    WHERE sku = $1 AND is_open AND purchased_quantity - allocated_quantity >= $3::int
    ORDER BY eta NULLS FIRST, position LIMIT 1
    FOR NO KEY UPDATE OF batches
  ), batch AS (
    UPDATE batches b
    SET allocated_quantity = allocated_quantity + $3, sequence = candidate.sequence
    FROM candidate
    WHERE b.reference = candidate.reference AND purchased_quantity - allocated_quantity >= $3
    RETURNING b.reference, b.sequence, b.eta, purchased_quantity - allocated_quantity AS available
  ), line AS (
    INSERT INTO allocations (sku, order_id, qty, batch_reference, position, asked_sequence)
    SELECT $1, $2, $3, reference, sequence, sequence FROM batch
  ), outcome AS (
    SELECT product.sequence, reference, eta, available,
           CASE WHEN reference IS NULL THEN 'OutOfStock' ELSE 'Allocated' END AS type
    FROM product LEFT JOIN batch ON true
  ), event AS (
    INSERT INTO outbox (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data)
    SELECT $4, type, 2, $1, sequence, now(), $2, $2,
           jsonb_build_object('sku', $1::text, 'orderId', $2::text, 'qty', $3::int, 'batchRef', reference,
                              'eta', eta, 'available', available)
    FROM outcome
  )${
    withViews
      ? `, batch_view AS (
    UPDATE view_batches v SET available = batch.available, sequence = batch.sequence
    FROM batch WHERE v.ref = batch.reference
  )
  INSERT INTO view_lines (order_id, sku, qty, state, batch_ref, eta, sequence, changed_at)
  SELECT $2, $1, $3, ${STATE}, reference, eta, sequence, now()
  FROM outcome
  RETURNING state`
      : `
  SELECT ${STATE} AS state FROM outcome`
  }`;

/** One statement per line, prepared, each client on a connection of its own; no HTTP, no service. */
export const singleStatement = statement('single SQL statement', allocateAfter('SELECT 1'));

/** The same without the views, which another process may make of the events: what is hard to beat. */
export const leanStatement = statement('lean SQL statement', allocateAfter('SELECT 1', false));

/**
 * The same with a trick. Many that wait for one row keep waking each other; waiting for an advisory lock first,
 * they do not, and a hot SKU is served twice as fast.
 */
export const queuedStatement = statement(
  'single SQL statement, queued',
  allocateAfter('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))'),
);

function statement(name: string, text: string): Contender {
  return {
    name,
    async start(databaseUrl: string, clients: number): Promise<Target> {
      const most = await connectedTo(databaseUrl, async (client) => {
        const { rows } = await client.query<{ most: number }>(
          `SELECT current_setting('max_connections')::int - $1 AS most`,
          [RESERVED_CONNECTIONS],
        );
        return rows[0].most;
      });
      const connections = await Promise.all(
        Array.from({ length: Math.min(clients, most) }, async () => {
          const connection = new Client({ connectionString: databaseUrl });
          await connection.connect();
          return connection;
        }),
      );
      // Clients that share one have turns at it.
      const connectionOf = (client: number) => connections[client % connections.length];
      return {
        clients: Array.from(
          { length: clients },
          (_, client) => (line) => allocate(connectionOf(client), text, line),
        ),
        stop: async () => void (await Promise.all(connections.map((connection) => connection.end()))),
      };
    },
  };
}

/** @throws Error when the line is not allocated afterwards */
async function allocate(connection: Client, text: string, { sku, orderId, qty }: Line): Promise<void> {
  const values = [sku, orderId, qty, newId()];
  const { rows } = await connection.query<{ state: string }>({ name: 'allocate', text, values });
  const state = rows[0]?.state ?? 'of an unknown SKU';
  if (state !== 'allocated') throw new Error(`The line is not allocated but ${state}`);
}
