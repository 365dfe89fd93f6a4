import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The events that were committed without the views and are not in them yet: none, as a rule. Any instance can tell by it
 * that a command which is sent again, and changes nothing, may not be seen yet (promise 4).
 */
export class PendingViews1790000014000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE pending_views (
        sku text COLLATE "C" NOT NULL,
        sequence bigint NOT NULL,
        noted_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (sku, sequence)
      )`);
    await runner.query('CREATE INDEX pending_views_by_age ON pending_views (noted_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE pending_views');
  }
}
