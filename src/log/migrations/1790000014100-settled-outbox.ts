import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Up to which place the outbox is settled: everything there is numbered, and nothing can arrive there any more. Whoever
 * looks for events begins behind it, since rows that were moved stay in the way for as long as some snapshot could see them.
 */
export class SettledOutbox1790000014100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE log_head ADD COLUMN settled bigint NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE log_head DROP COLUMN settled');
  }
}
