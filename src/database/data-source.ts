import { DataSource, type DataSourceOptions, MigrationExecutor, type MigrationInterface } from 'typeorm';
import { ConfigError } from '../config';
import { placeOfDatabase } from '../database-url';
import { messageOf } from '../error-text';
import { type ConnectionObserver, DatabaseClient } from './client';
import { unavailable } from './errors';
import { checkMigratable, checkUsable, checkWritable, durabilityWarnings, type Host, hostOf } from './host';
import { sessionOf, type SessionSettings } from './session';

/**
 * Settings of every connection, which make PostgreSQL find rows by their keys.
 *
 * The service has few statements and asks them all the time, so those of the hot path are planned once for each
 * connection. A plan that is kept must stay right however the tables grow, and PostgreSQL makes it from what it
 * knows of them at first, which may be that they are empty. So hot statements are written in such a way that there
 * is no other plan than one down an index for every key: with LATERAL and LIMIT, or with a condition that names
 * all keys even where a join says the same. No whole table is read, and none sorted that has its rows in order.
 * Whoever goes through whole tables does so in slices, along a key.
 */
const KEYED_PLANS: SessionSettings = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_sort: 'off',
};

/**
 * An instance that freezes in the middle of a transaction loses its locks, and one that waits for a lock gives up
 * before its client does. Who gives a statement up closes the connection, and the server, which looks that often, ends it.
 */
const TIME_LIMITS: SessionSettings = {
  idle_in_transaction_session_timeout: '30s',
  lock_timeout: '10s',
  client_connection_check_interval: '500ms',
};

/** The name of the data source for questions. */
export const READS = 'reads';

/** What one pool of connections has for itself. */
export interface PoolOptions {
  /** Follows the name of the service where the server lists its connections. */
  readonly name?: string;
  /** The most connections that the pool opens. */
  readonly connections?: number;
  readonly session?: SessionSettings;
  /** How long to wait for the answer to a statement. A database that is gone must not keep its callers for ever. */
  readonly answerMs?: number;
  readonly observer?: ConnectionObserver;
}

/**
 * What is given up here must not go on over there, also where the server is not told that the connection is closed: so it
 * ends a statement by itself. Commands that change a lot do so in many statements, which have that time each. Longer than
 * any of them waits for a lock.
 */
export const WRITES_LIMITS: PoolOptions = { session: { statement_timeout: '9s' }, answerMs: 9_500 };

/**
 * The same for questions, each of which is one statement along an index: half of what clients wait as a rule, since a
 * question may have to wait for a connection first, or for those that share a statement before it.
 */
export const READS_LIMITS: PoolOptions = {
  session: { statement_timeout: '4s', default_transaction_read_only: 'on' },
  answerMs: 4_800,
};

/**
 * How to connect to the database at `url`. Its schema comes from migrations alone: see `migrate`.
 * @param pool by default without limits of time for a statement, for commands that go through whole tables
 */
export function dataSourceOptions(
  url: string,
  { name, connections = 10, session, answerMs, observer }: PoolOptions = {},
): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    applicationName: ['stock-allocation', name].filter(Boolean).join(' '),
    migrationsTableName: 'migrations',
    // Also the longest wait for a connection while all are in use.
    connectTimeoutMS: 5_000,
    extra: {
      Client: DatabaseClient,
      observer,
      max: connections,
      // Statements that do not need each other's answers are sent together.
      pipeline: true,
      onConnect: sessionOf({ ...KEYED_PLANS, ...TIME_LIMITS, ...session }),
      query_timeout: answerMs,
    },
  };
}

/** A data source for the database at `url`, not connected yet. */
export function createDataSource(url: string): DataSource {
  return new DataSource(dataSourceOptions(url));
}

/**
 * Connects to the database at `url`.
 * @throws ConfigError when it cannot be reached or does not let the service in; one line, without the password
 */
export async function connect(url: string, options = dataSourceOptions(url)): Promise<DataSource> {
  try {
    return await new DataSource(options).initialize();
  } catch (error) {
    throw unusable(`no connection to ${placeOfDatabase(url)}`, error);
  }
}

function unusable(what: string, cause: unknown): ConfigError {
  return new ConfigError(`DATABASE_URL cannot be used: ${what} (${reasonOf(cause)})`, { cause });
}

/** What PostgreSQL or the network says; neither repeats the password. */
function reasonOf(error: unknown): string {
  const message = messageOf(error);
  return message.includes('client password must be a string') ? 'the server asks for a password' : message;
}

/** A step of the schema. Modules bring theirs; all of them are run in the order of the times in their names. */
export type Migration = new () => MigrationInterface;

/** Any number, the same in all instances: who holds the advisory lock of this number migrates. */
const MIGRATION_LOCK = 4_201_960_114;

/**
 * Brings the schema of the database at `url` up to date. Instances that start together take turns.
 * @returns how many migrations were run
 * @throws ConfigError when there is no connection, the service cannot work on this database, or it cannot be migrated
 */
export function migrate(url: string, migrations: readonly Migration[]): Promise<number> {
  return onHost(url, migrations, bringUpToDate);
}

/**
 * Prepares the database at `url` for an instance: its schema is up to date then, and it takes writes.
 * @returns what of the service's promises this database does not keep, a text for the log each
 * @throws ConfigError when there is no connection, the service cannot work on this database, or it cannot be migrated
 */
export function prepareDatabase(url: string, migrations: readonly Migration[]): Promise<string[]> {
  return onHost(url, migrations, async (dataSource, host) => {
    checkWritable(host);
    await bringUpToDate(dataSource, host);
    return durabilityWarnings(host);
  });
}

/** Runs `work` on connections without the service's time limits: a migration of large tables may take long. */
async function onHost<T>(
  url: string,
  migrations: readonly Migration[],
  work: (dataSource: DataSource, host: Host) => Promise<T>,
): Promise<T> {
  const dataSource = await connect(url, {
    ...dataSourceOptions(url),
    migrations: [...migrations],
    applicationName: 'stock-allocation migration',
    extra: { Client: DatabaseClient, onConnect: sessionOf() },
  } as DataSourceOptions);
  try {
    const host = await hostOf(dataSource);
    checkUsable(host);
    return await work(dataSource, host);
  } catch (error) {
    // A disk that is full, a privilege that is missing: what the operator can mend and nobody has to debug.
    throw unavailable(error) ? unusable(`${placeOfDatabase(url)} cannot be prepared`, error) : error;
  } finally {
    await dataSource.destroy();
  }
}

async function bringUpToDate(dataSource: DataSource, host: Host): Promise<number> {
  const runner = dataSource.createQueryRunner();
  // The lock goes with its connection.
  await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
  if ((await new MigrationExecutor(dataSource).getPendingMigrations()).length > 0) checkMigratable(host);
  return (await dataSource.runMigrations({ transaction: 'each' })).length;
}
