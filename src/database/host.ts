import type { ClientBase } from 'pg';
import type { DataSource } from 'typeorm';
import { ConfigError } from '../config';

/** The oldest PostgreSQL that the service is tried with. */
const OLDEST = 14;

/** A database as its host has set it up: what the service cannot set for itself. */
export interface Host {
  /** Such as 140023 for 14.23. */
  readonly versionNumber: number;
  readonly encoding: string;
  /** Where tables are created: the first schema of `searchPath` that exists; null if none does. */
  readonly schema: string | null;
  readonly searchPath: string;
  readonly user: string;
  readonly mayCreate: boolean;
  /** Whether it follows another server, and so takes no writes. */
  readonly standby: boolean;
  readonly readOnly: boolean;
  /** `replica` switches foreign keys off. */
  readonly replicationRole: string;
  readonly fsync: boolean;
  readonly fullPageWrites: boolean;
}

/** Reads how the database is set up. */
export async function hostOf(dataSource: DataSource): Promise<Host> {
  const [host] = await dataSource.query<Host[]>(`
    SELECT current_setting('server_version_num')::int AS "versionNumber",
      current_setting('server_encoding') AS encoding,
      current_schema() AS schema, current_setting('search_path') AS "searchPath", current_user AS user,
      coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS "mayCreate",
      pg_is_in_recovery() AS standby, current_setting('transaction_read_only')::bool AS "readOnly",
      current_setting('session_replication_role') AS "replicationRole",
      current_setting('fsync')::bool AS fsync, current_setting('full_page_writes')::bool AS "fullPageWrites"`);
  return host;
}

/** Whether a connection is to a database that takes no writes: a standby, or one that was told so. */
export async function isReadOnly(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ readOnly: boolean }>(
    `SELECT current_setting('transaction_read_only')::bool AS "readOnly"`,
  );
  return rows[0].readOnly;
}

/** @throws ConfigError when the service cannot work on this database, with what to do, in one line */
export function checkUsable(host: Host): void {
  if (host.versionNumber < OLDEST * 10_000) {
    const version = Math.floor(host.versionNumber / 10_000);
    throw unusable(`is of PostgreSQL ${version}; it must be ${OLDEST} or newer`);
  }
  if (host.encoding !== 'UTF8') {
    throw unusable(
      `has the encoding ${host.encoding}, which does not hold every text; create one with ENCODING 'UTF8' TEMPLATE template0`,
    );
  }
  if (host.schema === null) {
    throw unusable(
      `has none of the schemas in which tables are looked for (search_path is ${host.searchPath || 'empty'}); ` +
        'create the schema, or set search_path to one that exists',
    );
  }
  if (host.replicationRole !== 'origin') {
    throw unusable(
      `has session_replication_role set to ${host.replicationRole}, which switches foreign keys off; it must be origin`,
    );
  }
}

/** @throws ConfigError when nothing can be written to this database, with the reason, in one line */
export function checkWritable(host: Host): void {
  if (host.standby) throw unusable('takes no writes: it is a standby; name the primary');
  if (host.readOnly) {
    throw unusable('takes no writes: default_transaction_read_only is on for it, its server or its user');
  }
}

/** @throws ConfigError when the schema cannot be brought up to date, with what to do, in one line */
export function checkMigratable(host: Host): void {
  checkWritable(host);
  if (!host.mayCreate) {
    throw unusable(
      `has a schema "${host.schema}" in which its user "${host.user}" may not create tables; ` +
        'grant CREATE on it, or run "stock-allocation migrate" as a user who may',
    );
  }
}

/** What of promise 1 this server does not keep, whatever the service does; a text for the log each. */
export function durabilityWarnings(host: Host): string[] {
  const off = [...(host.fsync ? [] : ['fsync']), ...(host.fullPageWrites ? [] : ['full_page_writes'])];
  return off.map(
    (name) =>
      `PostgreSQL runs with ${name} = off: when its machine crashes, what was acknowledged can be lost or corrupted`,
  );
}

function unusable(why: string): ConfigError {
  return new ConfigError(`DATABASE_URL names a database that cannot be used: it ${why}`);
}
