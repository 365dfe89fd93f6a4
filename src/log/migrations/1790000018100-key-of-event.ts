import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By which key an event was caused, if it was caused by one. */
export class KeyOfEvent1790000018100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['outbox', 'log']) await runner.query(`ALTER TABLE ${table} ADD COLUMN key_id uuid`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['outbox', 'log']) await runner.query(`ALTER TABLE ${table} DROP COLUMN key_id`);
  }
}
