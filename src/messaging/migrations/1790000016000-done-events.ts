import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which events have been done by whoever must do each only once: see `takeNew`. */
export class DoneEvents1790000016000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE done_events (
        handler text COLLATE "C" NOT NULL,
        event_id uuid NOT NULL,
        occurred_at timestamptz NOT NULL,
        PRIMARY KEY (handler, event_id)
      )`);
    await runner.query('CREATE INDEX done_events_by_age ON done_events (occurred_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE done_events');
  }
}
