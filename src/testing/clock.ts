import type { Sql } from '../database/sql';

/**
 * Gives a database a clock that can be put forward. The schema comes before pg_catalog, so that the statements of the
 * service find its clock first, by which reservations run out. For connections that are made from then on.
 */
export async function installClock(sql: Sql): Promise<void> {
  await sql.rows('CREATE SCHEMA IF NOT EXISTS test_clock');
  await sql.rows('CREATE TABLE IF NOT EXISTS test_clock.ahead (seconds float8 NOT NULL)');
  await sql.rows('INSERT INTO test_clock.ahead SELECT 0 WHERE NOT EXISTS (SELECT FROM test_clock.ahead)');
  await sql.rows(
    `CREATE OR REPLACE FUNCTION test_clock.clock_timestamp() RETURNS timestamptz VOLATILE LANGUAGE sql
     AS 'SELECT pg_catalog.clock_timestamp() + seconds * interval ''1 s'' FROM test_clock.ahead'`,
  );
  const database = await sql.row<{ name: string }>('SELECT quote_ident(current_database()) AS name');
  await sql.rows(`ALTER DATABASE ${database!.name} SET search_path = public, test_clock, pg_catalog`);
}

/** Puts it forward. */
export async function putForward(sql: Sql, seconds: number): Promise<void> {
  await sql.count('UPDATE test_clock.ahead SET seconds = seconds + $1', [seconds]);
}

/** The products with reservations that ran out by it. The service looks for them by the clock of the wall. */
export async function skusThatRanOut(sql: Sql): Promise<string[]> {
  const rows = await sql.rows<{ sku: string }>(
    `SELECT DISTINCT sku FROM allocations WHERE state = 'reserved' AND expires_at <= test_clock.clock_timestamp()`,
  );
  return rows.map(({ sku }) => sku);
}
