// Copies the database of the service, as of one moment, while it is in use: a backup, a move to another server, a step to
// another major version of PostgreSQL. Rows go by SQL, so the versions of the two do not matter.
//
//   node ops/copy-database.mjs <from> <to>
//
// <from>: the URL of a database, or the DATA_DIR of a service that runs. <to>: the URL of an empty database, or a new
// folder, which can be used as a DATA_DIR. The schema comes from the migrations of this version of the service (npm run
// build), which must be that of <from>.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import pg from 'pg';

const load = createRequire(import.meta.url);
const { AppModule } = load('../dist/app.module.js');
const { migrate } = load('../dist/database/data-source.js');
const { EmbeddedPostgres } = load('../dist/database/embedded-postgres.js');
const { findRunning } = load('../dist/database/embedded/running.js');

/** Rows that are under way at a time. */
const ROWS = 5_000;

const [from, to] = process.argv.slice(2);
if (!from || !to)
  end('node ops/copy-database.mjs <URL or DATA_DIR of a running service> <URL or new folder>');
const isUrl = (text) => /^postgres(ql)?:/.test(text);
if (!isUrl(to) && existsSync(to)) end(`${to} is there already: name a new folder`);
const source = isUrl(from) ? from : await findRunning(from);
if (!source) end(`No service runs on ${from}: start it, or name the URL of a database`);
const server = isUrl(to) ? undefined : await EmbeddedPostgres.start({ dataDir: to });
try {
  await copy(source, server?.url ?? to);
} finally {
  await server?.stop();
}

async function copy(sourceUrl, targetUrl) {
  const [reading, writing] = [sourceUrl, targetUrl].map(
    (connectionString) => new pg.Client({ connectionString }),
  );
  await Promise.all([reading.connect(), writing.connect()]);
  if ((await tablesOf(writing)).length > 0)
    end('There are tables already where the copy is to go: name an empty database');
  await migrate(targetUrl, AppModule.migrations);
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
  for (const { name, value } of await rowsOf(
    reading,
    `SELECT quote_ident(sequencename) AS name, last_value::text AS value FROM pg_sequences WHERE schemaname = 'public'`,
  ))
    if (value !== null) await writing.query('SELECT setval($1::regclass, $2)', [name, value]);
  await writing.query('COMMIT');
  await writing.query('ANALYZE');
  await Promise.all([reading.end(), writing.end()]);
  console.log(`Copied ${rows} rows of ${tables.length} tables`);
}

/** The tables that have rows of their own, or parts, with their columns that are written. */
function tablesOf(client) {
  return rowsOf(
    client,
    `SELECT quote_ident(relname) AS name, string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
       AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
     GROUP BY c.oid, relname ORDER BY relname`,
  );
}

async function checkVersions(reading, writing) {
  const steps = ({ name }) => name;
  const [theirs, ours] = await Promise.all(
    [reading, writing].map(async (client) =>
      (await rowsOf(client, 'SELECT name FROM migrations ORDER BY name')).map(steps),
    ),
  );
  if (theirs.join() !== ours.join())
    end(
      'The schema is that of another version of the service: bring it up to date first (stock-allocation migrate)',
    );
}

/** The log is kept in parts, which are made while it grows. */
async function copyPartsOfLog(reading, writing) {
  const parts = (client) =>
    rowsOf(
      client,
      `SELECT quote_ident(relname) AS name, pg_get_expr(relpartbound, oid) AS bound
       FROM pg_class WHERE oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'log'::regclass)`,
    );
  for (const { name } of await parts(writing)) await writing.query(`DROP TABLE ${name}`);
  for (const { name, bound } of await parts(reading))
    await writing.query(`CREATE TABLE ${name} PARTITION OF log ${bound}`);
}

/** @returns how many rows */
async function copyTable(reading, writing, { name, columns }) {
  await reading.query(`DECLARE rows CURSOR FOR SELECT row_to_json(t)::text AS row FROM ${name} t`);
  let copied = 0;
  for (;;) {
    const rows = await rowsOf(reading, `FETCH ${ROWS} FROM rows`);
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

async function rowsOf(client, text) {
  return (await client.query(text)).rows;
}

function end(message) {
  console.error(message);
  process.exit(2);
}
