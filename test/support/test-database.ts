import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { dataSourceOptions, migrate as migrateWith, type Migration } from '../../src/database/data-source';

export interface TestDatabase {
  readonly url: string;
  /** Also ends the connections that are left. */
  drop(): Promise<void>;
}

/** A database of its own for a test file, with the schema of the migrations and no rows. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { serverUrl, template } = testServer();
  return createDatabase(serverUrl, `TEMPLATE ${template}`);
}

/** A database without any tables. @param options of `CREATE DATABASE`, such as its encoding */
export function createEmptyDatabase(options = 'TEMPLATE template0'): Promise<TestDatabase> {
  return createDatabase(testServer().serverUrl, options);
}

/**
 * A database as the versions of the service left it that knew nothing of a migration yet.
 * @param migration the name of its class
 */
export async function createDatabaseBefore(migration: string): Promise<TestDatabase> {
  const database = await createDatabase(testServer().serverUrl);
  const all = migrations().toSorted((a, b) => timeOf(a) - timeOf(b));
  const earlier = all.slice(
    0,
    all.findIndex(({ name }) => name === migration),
  );
  const dataSource = await new DataSource({
    ...dataSourceOptions(database.url),
    // A migration may end the connections of instances.
    applicationName: 'stock-allocation migration',
    migrations: earlier,
  } as DataSourceOptions).initialize();
  await dataSource.runMigrations({ transaction: 'each' });
  await dataSource.destroy();
  return database;
}

/** Brings the schema of a database up to date. @returns how many migrations were run */
export function migrate(url: string): Promise<number> {
  return migrateWith(url, migrations());
}

/** Loaded when needed, since most tests with a database can do without the whole service. */
export function migrations(): readonly Migration[] {
  const { AppModule } = require('../../src/app.module') as typeof import('../../src/app.module');
  return AppModule.migrations;
}

/** When a migration was written, as its name says. */
function timeOf({ name }: Migration): number {
  return Number(name.slice(-13));
}

function testServer(): { serverUrl: string; template: string } {
  const { TEST_SERVER_URL: serverUrl, TEST_TEMPLATE: template } = process.env;
  if (!serverUrl || !template) {
    throw new Error('There is no test server: global-setup.ts, which starts it, has not run');
  }
  return { serverUrl, template };
}

/** The database that the others are copied from; migrations run here and nowhere else. */
export async function createTemplate(serverUrl: string): Promise<TestDatabase> {
  const template = await createDatabase(serverUrl);
  await migrate(template.url);
  // PostgreSQL copies only a database that nobody is connected to.
  await onServer(serverUrl, `ALTER DATABASE ${nameOf(template.url)} ALLOW_CONNECTIONS false`);
  return template;
}

export function nameOf(databaseUrl: string): string {
  return new URL(databaseUrl).pathname.slice(1);
}

async function createDatabase(serverUrl: string, options = ''): Promise<TestDatabase> {
  const url = new URL(serverUrl);
  url.pathname = `test_${randomUUID().replaceAll('-', '')}`;
  const name = nameOf(url.href);
  await onServer(serverUrl, `CREATE DATABASE ${name} ${options}`);
  return { url: url.href, drop: () => onServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function onServer(serverUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
