import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who reads events besides the handlers, and so has them queued from its registration on. It is a fact of the database,
 * the same for every process that writes events, whatever that process is connected to.
 */
export class Readers1790000007000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE readers (
        name text COLLATE "C" PRIMARY KEY,
        registered_at timestamptz NOT NULL DEFAULT now()
      )`);
    // A broker that has events waiting is known to be there, before any of its instances was upgraded.
    await runner.query(`INSERT INTO readers (name) SELECT 'broker' WHERE EXISTS (SELECT FROM broker_queue)`);
    // The newest first is how dead letters are looked at, however many there are.
    await runner.query('CREATE INDEX dead_letters_by_age ON dead_letters (died_at, handler, event_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX dead_letters_by_age');
    await runner.query('DROP TABLE readers');
  }
}
