import type { Client } from 'pg';
import { ConfigError } from '../config';
import { DatabaseClient } from './client';
import { type Migration, migrate } from './data-source';

/** Rows that are under way at a time. */
const ROWS = 5_000;

interface Table {
  /** As SQL writes it, such as its columns. */
  readonly name: string;
  readonly columns: string;
}

/** What was copied. */
export interface Copied {
  readonly tables: number;
  readonly rows: number;
}

/**
 * Copies a database of the service, as of one moment, while it is in use. Rows go by SQL, so the major versions of the two
 * servers do not matter.
 * @param to the URL of an empty database, which gets its schema from the migrations
 * @param migrations those of the version of the service that `from` has
 * @throws ConfigError when `to` has tables, or `from` the schema of another version
 */
export async function copyDatabase(
  from: string,
  to: string,
  migrations: readonly Migration[],
): Promise<Copied> {
  const [reading, writing] = [from, to].map((connectionString) => new DatabaseClient({ connectionString }));
  try {
    await Promise.all([reading.connect(), writing.connect()]);
    if ((await tablesOf(writing)).length > 0)
      throw new ConfigError('There are tables already where the copy is to go: name an empty database');
    await migrate(to, migrations);
    return await copyRows(reading, writing);
  } finally {
    await Promise.all([reading.end(), writing.end()]);
  }
}

async function copyRows(reading: Client, writing: Client): Promise<Copied> {
  await reading.query(
    `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL TimeZone = 'UTC'; SET LOCAL search_path = public`,
  );
  await checkVersions(reading, writing);
  // Foreign keys and triggers have done their work where the rows come from.
  await writing.query(`BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL TimeZone = 'UTC'`);
  const tables = await tablesOf(reading);
  await writing.query(`TRUNCATE ${(await tablesOf(writing)).map(({ name }) => name).join(', ')}`);
  await copyPartsOfLog(reading, writing);
  let rows = 0;
  for (const table of tables) rows += await copyTable(reading, writing, table);
  await copySequences(reading, writing);
  await writing.query('COMMIT');
  await writing.query('ANALYZE');
  return { tables: tables.length, rows };
}

/** The tables that have rows of their own, or parts, with their columns that are written. */
function tablesOf(client: Client): Promise<Table[]> {
  return rowsOf(
    client,
    `SELECT quote_ident(relname) AS name, string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
       AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
     GROUP BY c.oid, relname ORDER BY relname`,
  );
}

async function checkVersions(reading: Client, writing: Client): Promise<void> {
  const [theirs, ours] = await Promise.all(
    [reading, writing].map((client) =>
      rowsOf<{ name: string }>(client, 'SELECT name FROM migrations ORDER BY name'),
    ),
  );
  if (namesOf(theirs) !== namesOf(ours))
    throw new ConfigError(
      'The schema is that of another version of the service: bring it up to date first (stock-allocation migrate)',
    );
}

function namesOf(rows: readonly { readonly name: string }[]): string {
  return rows.map(({ name }) => name).join();
}

/** The log is kept in parts, which are made while it grows. */
async function copyPartsOfLog(reading: Client, writing: Client): Promise<void> {
  const parts = (client: Client) =>
    rowsOf<{ name: string; bound: string }>(
      client,
      `SELECT quote_ident(relname) AS name, pg_get_expr(relpartbound, oid) AS bound
       FROM pg_class WHERE oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'log'::regclass)`,
    );
  for (const { name } of await parts(writing)) await writing.query(`DROP TABLE ${name}`);
  for (const { name, bound } of await parts(reading))
    await writing.query(`CREATE TABLE ${name} PARTITION OF log ${bound}`);
}

/** @returns how many rows */
async function copyTable(reading: Client, writing: Client, { name, columns }: Table): Promise<number> {
  await reading.query(`DECLARE rows CURSOR FOR SELECT row_to_json(t)::text AS row FROM ${name} t`);
  let copied = 0;
  for (;;) {
    const rows = await rowsOf<{ row: string }>(reading, `FETCH ${ROWS} FROM rows`);
    if (rows.length === 0) break;
    await writing.query(
      `INSERT INTO ${name} (${columns}) OVERRIDING SYSTEM VALUE
       SELECT ${columns} FROM json_populate_recordset(NULL::${name}, $1::json)`,
      [`[${rows.map(({ row }) => row).join(',')}]`],
    );
    copied += rows.length;
  }
  await reading.query('CLOSE rows');
  return copied;
}

async function copySequences(reading: Client, writing: Client): Promise<void> {
  const sequences = await rowsOf<{ name: string; value: string | null }>(
    reading,
    `SELECT quote_ident(sequencename) AS name, last_value::text AS value FROM pg_sequences WHERE schemaname = 'public'`,
  );
  for (const { name, value } of sequences)
    if (value !== null) await writing.query('SELECT setval($1::regclass, $2)', [name, value]);
}

async function rowsOf<Row>(client: Client, text: string): Promise<Row[]> {
  return (await client.query(text)).rows as Row[];
}
