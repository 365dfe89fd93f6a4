import { DataSource, type DataSourceOptions } from 'typeorm';
import { WriteModel1790000000000 } from './migrations/1790000000000-write-model';
import { OutboxDelivery1790000001000 } from './migrations/1790000001000-outbox-delivery';
import { MailQueue1790000002000 } from './migrations/1790000002000-mail-queue';
import { Inbox1790000003000 } from './migrations/1790000003000-inbox';
import { Views1790000004000 } from './migrations/1790000004000-views';
import { Available1790000006000 } from './migrations/1790000006000-available';
import { BatchContent1790000006100 } from './migrations/1790000006100-batch-content';

/**
 * Settings of every connection, which make PostgreSQL find rows by their keys.
 *
 * The service has few statements and asks them all the time, so those of the hot path are planned once for each
 * connection. A plan that is kept must stay right however the tables grow, and PostgreSQL makes it from what it
 * knows of them at first, which may be that they are empty. So hot statements are written in such a way that there
 * is no other plan than one down an index for every key: with LATERAL and LIMIT, or with a condition that names
 * all keys even where a join says the same. No whole table is read, and none sorted that has its rows in order.
 * Whoever does want to read whole tables sets this right in its transaction.
 */
const KEYED_PLANS = '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_sort=off';

/** What a transaction that reads whole tables begins with. */
export const PLANS_OF_WHOLE_TABLES =
  'SET LOCAL plan_cache_mode = auto; SET LOCAL enable_seqscan = on; SET LOCAL enable_sort = on';

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
      Available1790000006000,
      BatchContent1790000006100,
    ],
    migrationsTableName: 'migrations',
    connectTimeoutMS: 5_000,
    extra: {
      max: 10,
      // Statements that do not need each other's answers are sent together.
      pipeline: true,
      options: KEYED_PLANS,
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
