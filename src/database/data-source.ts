import { DataSource, type DataSourceOptions } from 'typeorm';
import { WriteModel1790000000000 } from './migrations/1790000000000-write-model';
import { OutboxDelivery1790000001000 } from './migrations/1790000001000-outbox-delivery';
import { MailQueue1790000002000 } from './migrations/1790000002000-mail-queue';
import { Inbox1790000003000 } from './migrations/1790000003000-inbox';
import { Views1790000004000 } from './migrations/1790000004000-views';

/**
 * How to connect to the database at `url`. The schema comes from migrations alone.
 */
export function dataSourceOptions(url: string): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    applicationName: 'stock-allocation',
    migrations: [
      WriteModel1790000000000,
      OutboxDelivery1790000001000,
      MailQueue1790000002000,
      Inbox1790000003000,
      Views1790000004000,
    ],
    migrationsTableName: 'migrations',
    connectTimeoutMS: 5_000,
    extra: {
      max: 10,
      // Statements that do not need each other's answers are sent together.
      pipeline: true,
      // An instance that freezes in the middle of a transaction loses its locks, and one that waits for
      // a lock gives up before its client does.
      idle_in_transaction_session_timeout: 30_000,
      lock_timeout: 10_000,
      // A database that does not answer any more must not keep its callers for ever.
      query_timeout: 30_000,
    },
  };
}

/** A data source for the database at `url`, not connected yet. */
export function createDataSource(url: string): DataSource {
  return new DataSource(dataSourceOptions(url));
}

/** Any number, the same in all instances: who holds the advisory lock of this number migrates. */
const MIGRATION_LOCK = 4_201_960_114;

/**
 * Brings the schema of the database at `url` up to date. Instances that start together take turns.
 * @returns how many migrations were run
 */
export async function migrate(url: string): Promise<number> {
  // Of its own, without the time-outs: a migration of large tables, or waiting for one, may take long.
  const dataSource = await new DataSource({
    ...dataSourceOptions(url),
    extra: {},
  }).initialize();
  try {
    const runner = dataSource.createQueryRunner();
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    // The lock goes with its connection.
    return (await dataSource.runMigrations({ transaction: 'each' })).length;
  } finally {
    await dataSource.destroy();
  }
}
