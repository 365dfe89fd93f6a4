import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The ids of the messages that were carried out, each written in the transaction that did so: a message
 * that comes again is recognised, however much has happened since.
 */
export class Inbox1790000003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE inbox (
        message_id text PRIMARY KEY,
        received_at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE inbox');
  }
}
