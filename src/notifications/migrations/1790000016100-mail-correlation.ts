import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which request or message each mail is due to; null for those of older versions. */
export class MailCorrelation1790000016100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mail_queue ADD COLUMN correlation_id text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mail_queue DROP COLUMN correlation_id');
  }
}
