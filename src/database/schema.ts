import type { DataSource } from 'typeorm';
import { ConfigError } from '../config';
import { connect, type Migration } from './data-source';

/** Whether nothing has ever been made of the database at `url`. @throws ConfigError when there is no connection */
export async function isEmpty(url: string): Promise<boolean> {
  const dataSource = await connect(url);
  try {
    const [{ exists }] = await dataSource.query<[{ exists: boolean }]>(EXISTS);
    return !exists;
  } finally {
    await dataSource.destroy();
  }
}

const EXISTS = `SELECT to_regclass('migrations') IS NOT NULL AS exists`;

/**
 * Checks that the database has the schema of this version, for whoever only looks at it, or mends it, and must not
 * change it under the services that run.
 * @throws ConfigError when it is older or newer, with what to do
 */
export async function checkSchema(dataSource: DataSource, migrations: readonly Migration[]): Promise<void> {
  const [{ exists }] = await dataSource.query<[{ exists: boolean }]>(EXISTS);
  const run = exists ? await dataSource.query<{ name: string }[]>('SELECT name FROM migrations') : [];
  const there = new Set(run.map(({ name }) => name));
  const known = new Set(migrations.map(({ name }) => name));
  if (![...known].every((name) => there.has(name))) {
    throw new ConfigError(
      'The database has the schema of an older version: run "stock-allocation migrate", or start the service, which does that itself',
    );
  }
  if (![...there].every((name) => known.has(name))) {
    throw new ConfigError(
      'The database has the schema of a newer version, or of more modules: use the stock-allocation of that version, with the same MODULES',
    );
  }
}
