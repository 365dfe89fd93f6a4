import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every column of text that rows are found or ordered by. In the order in which transactions lock the tables. */
const KEYS = {
  products: ['sku'],
  batches: ['reference', 'sku'],
  allocations: ['sku', 'order_id', 'batch_reference'],
  outbox: ['sku'],
  failed_deliveries: ['handler'],
  dead_letters: ['handler'],
  inbox: ['message_id'],
  stock_alerts: ['sku'],
  view_lines: ['order_id', 'sku', 'batch_ref'],
  view_batches: ['ref', 'sku'],
};

/**
 * Keys compare byte by byte, whatever the locale of the database: the pages of a list, exports and the order of locks
 * are the same on every host, an index outlives a new version of the system's C library, and comparing is cheaper.
 *
 * No table is written anew, but every index of these columns is, while nobody can use the tables: about a minute
 * for ten million lines. A database whose own order is that of bytes already (as that of the embedded one) pays
 * this too: what is dumped there may be restored into one with another locale.
 */
export class KeyCollation1790000005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await collate(runner, 'C');
  }

  async down(runner: QueryRunner): Promise<void> {
    await collate(runner, 'default');
  }
}

async function collate(runner: QueryRunner, collation: string): Promise<void> {
  await runner.query(`LOCK TABLE ${Object.keys(KEYS).join()} IN ACCESS EXCLUSIVE MODE`);
  await disconnectInstances(runner);
  for (const [table, columns] of Object.entries(KEYS)) {
    const changes = columns.map((column) => `ALTER COLUMN ${column} TYPE text COLLATE "${collation}"`);
    await runner.query(`ALTER TABLE ${table} ${changes.join()}`);
  }
}

/**
 * Ends the connections of running instances, which then make new ones: a statement that a connection has prepared
 * is refused for ever once the collation of its results is another one. Whoever migrates has another name.
 */
async function disconnectInstances(runner: QueryRunner): Promise<void> {
  await runner.query(`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND pg_has_role(usesysid, 'USAGE')
      AND application_name LIKE 'stock-allocation%' AND application_name <> 'stock-allocation migration'`);
}
