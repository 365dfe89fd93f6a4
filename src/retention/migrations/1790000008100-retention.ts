import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is needed to keep things for a time only: who removes them when, indexes by age, and in the write model what the
 * events told that are removed.
 */
export class Retention1790000008100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // One row for each kind of thing. Whoever moves due_at on does the work; what is older than kept_since is gone, or
    // about to go.
    await runner.query(`
      CREATE TABLE retention (
        name text COLLATE "C" PRIMARY KEY,
        due_at timestamptz NOT NULL DEFAULT now(),
        kept_since timestamptz
      )`);
    await this.rememberAllocations(runner);
    // PostgreSQL gives the name, also to that of a rebuilt table.
    await runner.query(
      `CREATE INDEX ON view_lines (changed_at) WHERE state IN ('deallocated', 'out of stock')`,
    );
    await runner.query('CREATE INDEX inbox_by_age ON inbox (received_at)');
    await runner.query(
      `CREATE INDEX mail_queue_done ON mail_queue ((coalesce(sent_at, failed_at)))
       WHERE sent_at IS NOT NULL OR failed_at IS NOT NULL`,
    );
  }

  /** When a line was allocated is known from here on once its event is gone. Older instances leave it to the default. */
  private async rememberAllocations(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE allocations ADD COLUMN allocated_at timestamptz NOT NULL DEFAULT now()');
    await runner.query(`
      UPDATE allocations a SET allocated_at = e.occurred_at
      FROM events e WHERE e.sku = a.sku AND e.sequence = a.position`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX mail_queue_done, inbox_by_age');
    const [{ index }] = (await runner.query(
      `SELECT indexrelid::regclass AS index FROM pg_index
       WHERE indrelid = 'view_lines'::regclass AND pg_get_indexdef(indexrelid, 1, true) = 'changed_at'`,
    )) as [{ index: string }];
    await runner.query(`DROP INDEX ${index}`);
    await runner.query('ALTER TABLE allocations DROP COLUMN allocated_at');
    await runner.query('DROP TABLE retention');
  }
}
