import type { DataSource } from 'typeorm';

/**
 * Writes the log anew: the events of all SKUs mixed, of each in the order of their sequence, and so many of them in the
 * first part.
 * @returns how many events there are
 */
export async function rewriteLog(dataSource: DataSource, firstPart: number): Promise<number> {
  return dataSource.transaction(async (manager) => {
    const columns =
      'id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, traceparent, key_id, data, claimed_until';
    await manager.query('CREATE TEMP TABLE mixed ON COMMIT DROP AS SELECT * FROM log');
    const parts = await manager.query<{ part: string }[]>(
      `SELECT inhrelid::regclass AS part FROM pg_inherits WHERE inhparent = 'log'::regclass`,
    );
    for (const { part } of parts) await manager.query(`DROP TABLE ${part}`);
    await manager.query('UPDATE log_head SET position = 0, first_position = 1, end_position = 1');
    await manager.query('SELECT extend_log($1), extend_log(1000000)', [firstPart]);
    await manager.query(
      `INSERT INTO log (position, ${columns}) SELECT row_number() OVER (ORDER BY sequence, sku), ${columns} FROM mixed`,
    );
    const [{ count }] = await manager.query<[{ count: number }]>('SELECT count(*)::int FROM log');
    await manager.query('UPDATE log_head SET position = $1', [count]);
    return count;
  });
}

/** Drops what is up to a position; a part ends there. */
export async function dropLog(dataSource: DataSource, last: number): Promise<void> {
  await dataSource.query('SELECT drop_log_part($1)', [last + 1]);
}
