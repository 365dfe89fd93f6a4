import type { Client } from 'pg';
import { ConfigError } from '../config';
import { DatabaseClient } from './client';
import { type Migration, migrate } from './data-source';
import { sessionOf } from './session';

/** Rows that are under way at a time. */
const ROWS = 5_000;

/** In SQL, the schema of the tables: the one in which migrations are noted, or will be. */
const SCHEMA = `coalesce((SELECT relnamespace FROM pg_class WHERE oid = to_regclass('migrations')),
  to_regnamespace(quote_ident(current_schema()))::oid)`;

interface Table {
  /** As SQL writes it, such as its columns. */
  readonly name: string;
  /** All columns, as they make a row of it. */
  readonly row: string;
  /** Those that are written. */
  readonly columns: string;
}

/** What was copied. */
export interface Copied {
  readonly tables: number;
  readonly rows: number;
}

/**
 * Copies a database of the service, as of one moment, while it is in use. Rows go by SQL, so the major versions of the two
 * servers do not matter, and their owners may be ordinary users.
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
    await Promise.all([reading, writing].map((client) => client.connect()));
    // So that both write a value as the same text, and nothing of it is lost.
    await Promise.all([reading, writing].map(sessionOf()));
    if ((await tablesOf(writing)).length > 0)
      throw new ConfigError('There are tables already where the copy is to go: name an empty database');
    await migrate(to, migrations);
    return await copyRows(reading, writing);
  } finally {
    await Promise.all([reading.end(), writing.end()]);
  }
}

async function copyRows(reading: Client, writing: Client): Promise<Copied> {
  await reading.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await checkVersions(reading, writing);
  await writing.query('BEGIN');
  const tables = await tablesOf(writing);
  await writing.query(`TRUNCATE ${tables.map(({ name }) => name).join(', ')}`);
  await copyPartsOfLog(reading, writing);
  const guards = await guardsOf(writing);
  for (const { off } of guards) await writing.query(off);
  let rows = 0;
  for (const table of tables) rows += await copyTable(reading, writing, table);
  await copySequences(reading, writing);
  for (const { on } of guards) await writing.query(on);
  await writing.query('COMMIT');
  await writing.query('ANALYZE');
  return { tables: tables.length, rows };
}

/**
 * How foreign keys and triggers, which have done their work where the rows come from, are taken off and put on again. The
 * owner of the tables may do that; `session_replication_role` is for superusers.
 */
function guardsOf(client: Client): Promise<{ off: string; on: string }[]> {
  return rowsOf(
    client,
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS off,
            format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS on
     FROM pg_constraint
     WHERE contype = 'f' AND conparentid = 0 AND connamespace = ${SCHEMA}
     UNION ALL
     SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname),
            format('ALTER TABLE %s ENABLE TRIGGER %I', tgrelid::regclass, tgname)
     FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
     WHERE NOT tgisinternal AND relnamespace = ${SCHEMA}`,
  );
}

/** The tables that have rows of their own, or parts, with their columns. */
function tablesOf(client: Client): Promise<Table[]> {
  return rowsOf(
    client,
    `SELECT quote_ident(relname) AS name, string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS row,
       string_agg(quote_ident(attname), ', ' ORDER BY attnum) FILTER (WHERE attgenerated = '') AS columns
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE relnamespace = ${SCHEMA} AND relkind IN ('r', 'p') AND NOT relispartition
       AND attnum > 0 AND NOT attisdropped
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

/**
 * As PostgreSQL itself writes rows, and not as JSON, which knows no difference between a NULL and the `null` of a column of
 * type json. Columns have the order of the copy: that of a database depends on which versions it went through.
 * @param table of the copy
 * @returns how many rows
 */
async function copyTable(reading: Client, writing: Client, { name, row, columns }: Table): Promise<number> {
  await reading.query(`DECLARE rows CURSOR FOR SELECT ROW(${row})::text AS row FROM ${name}`);
  let copied = 0;
  for (;;) {
    const rows = await rowsOf<{ row: string }>(reading, `FETCH ${ROWS} FROM rows`);
    if (rows.length === 0) break;
    await writing.query(
      `INSERT INTO ${name} (${columns}) OVERRIDING SYSTEM VALUE
       SELECT ${columns} FROM unnest($1::${name}[])`,
      [rows.map(({ row }) => row)],
    );
    copied += rows.length;
  }
  await reading.query('CLOSE rows');
  return copied;
}

async function copySequences(reading: Client, writing: Client): Promise<void> {
  const sequences = await rowsOf<{ name: string; value: string | null }>(
    reading,
    `SELECT quote_ident(relname) AS name, pg_sequence_last_value(oid)::text AS value
     FROM pg_class WHERE relkind = 'S' AND relnamespace = ${SCHEMA}`,
  );
  for (const { name, value } of sequences)
    if (value !== null) await writing.query('SELECT setval($1::regclass, $2)', [name, value]);
}

async function rowsOf<Row>(client: Client, text: string): Promise<Row[]> {
  return (await client.query(text)).rows as Row[];
}
