import type { Client } from 'pg';

const COLUMNS =
  'id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data, claimed_until';

/** Makes parts of the log until there is room for so many more events, each as large as the service would make it. */
async function makeRoom(client: Client, events: number): Promise<void> {
  await client.query(
    `SELECT extend_log(greatest(10000, least(10000000, (end_position - first_position) / 10)))
     FROM log_head WHERE end_position <= position + $1`,
    [events],
  );
  const { rowCount } = await client.query('SELECT FROM log_head WHERE end_position <= position + $1', [
    events,
  ]);
  if (rowCount) await makeRoom(client, events);
}

/** Numbers all events that were committed, as the service does a few at a time. */
export async function numberEvents(client: Client): Promise<void> {
  const { rows } = await client.query<{ count: number }>('SELECT count(*)::int FROM outbox');
  await makeRoom(client, rows[0].count);
  await client.query(`
    WITH arrived AS (
      DELETE FROM outbox RETURNING position, ${COLUMNS}
    ), numbered AS (
      INSERT INTO log (position, ${COLUMNS})
      SELECT (SELECT position FROM log_head) + row_number() OVER (ORDER BY position), ${COLUMNS} FROM arrived
      RETURNING 1
    )
    UPDATE log_head SET position = position + (SELECT count(*) FROM numbered)`);
  await client.query('UPDATE readers SET position = (SELECT position FROM log_head)');
}

/** SKUs that the old events are of. */
const SKUS = 10_000;
/** The oldest of the old events is so many days old; they came evenly. */
export const DAYS = 100;
/** Old events that are written by one statement. */
const SLICE = 500_000;

/** Fills an empty log with events of old, which every reader has passed. @param onWritten gets how many there are */
export async function fillLog(
  client: Client,
  events: number,
  onWritten: (events: number) => void,
): Promise<void> {
  for (let first = 1; first <= events; first += SLICE) {
    const last = Math.min(first + SLICE - 1, events);
    await makeRoom(client, last + 1 - first);
    await client.query(
      `INSERT INTO log (position, id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data)
       SELECT n, uuidv7(), 'OutOfStock', 2, 'old-' || n % ${SKUS}, (n + ${SKUS} - 1) / ${SKUS},
         now() - ($3::bigint - n) * ${DAYS} / $3::float8 * interval '1 day', 'old-' || n, 'old-' || n,
         jsonb_build_object('sku', 'old-' || n % ${SKUS}, 'orderId', 'old-' || n, 'qty', 1, 'available', 0)
       FROM generate_series($1::bigint, $2::bigint) n`,
      [first, last, events],
    );
    await client.query('UPDATE log_head SET position = $1', [last]);
    onWritten(last);
  }
  await client.query('UPDATE readers SET position = (SELECT position FROM log_head)');
}

/** Leaves events behind that are committed and not numbered, as instances do that go down all at once. */
export async function leaveUnnumbered(client: Client, events: number): Promise<void> {
  await client.query(
    `INSERT INTO outbox (id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data, claimed_until)
     SELECT uuidv7(), 'Deallocated', 1, 'late-' || n % ${SKUS}, (n + ${SKUS} - 1) / ${SKUS}, now(), 'late', 'late',
       jsonb_build_object('sku', 'late-' || n % ${SKUS}, 'orderId', 'late-' || n, 'qty', 1, 'batchRef', 'late', 'available', 1),
       now()
     FROM generate_series(1, $1::bigint) n`,
    [events],
  );
}
