import type { ClientBase } from 'pg';

/** Settings of PostgreSQL by name, with values as `SET` takes them. */
export type SessionSettings = Readonly<Record<string, string>>;

/**
 * What the service counts on in every connection. A host may have set each of these otherwise, for the server, the
 * database or the role (`ALTER DATABASE … SET`), or the URL may (`?options=`).
 */
const DEPENDABLE: SessionSettings = {
  // Up to version 17 a plan that has to do without `enable_seqscan` looks 10^10 dearer than it is, and each execution
  // is compiled: 35 ms a statement. The service's statements are short, so compiling never pays.
  jit: 'off',
  // A statement must see what was committed while the one before it waited for a lock.
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  // Promise 1. What may be lost says so in its own transaction. A stronger `remote_apply` stays.
  synchronous_commit: 'on',
  // Rows that a policy hides would be stock that is not there: better an error.
  row_security: 'off',
  // Time limits are the service's own; 0 is none.
  statement_timeout: '0',
  lock_timeout: '0',
  transaction_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  // An error is answered, and the connection lives on.
  exit_on_error: 'off',
  // How values are written and read.
  client_encoding: 'UTF8',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  transform_null_equals: 'off',
  extra_float_digits: '1',
  // Ways to a row that statements are written for.
  enable_indexscan: 'on',
  enable_indexonlyscan: 'on',
  enable_bitmapscan: 'on',
  enable_nestloop: 'on',
};

/**
 * Makes a hook for pg's pool that sets what the service counts on, and `settings` above it, in each new connection.
 * It overrides the host, and a pooler that refuses settings at the start of a connection does not mind.
 */
export function sessionOf(settings: SessionSettings = {}): (client: ClientBase) => Promise<void> {
  const all = { ...DEPENDABLE, ...settings };
  const statement = {
    // Older versions do not know each of them, and not each system can tell that a connection was closed.
    text: `SELECT set_config(name, value, false) FROM unnest($1::text[], $2::text[]) AS setting (name, value)
           WHERE current_setting(name, true) IS NOT NULL
             AND (name <> 'client_connection_check_interval' OR version() LIKE '%linux%')
             AND NOT (name = 'synchronous_commit' AND current_setting(name) = 'remote_apply')`,
    values: [Object.keys(all), Object.values(all)],
    query_timeout: 5_000,
  };
  return async (client) => {
    await client.query(statement);
  };
}
