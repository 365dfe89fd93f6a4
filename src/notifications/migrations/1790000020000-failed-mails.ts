import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds the few mails that were given up among the many that were sent. */
export class FailedMails1790000020000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX mail_queue_failed ON mail_queue (failed_at) WHERE failed_at IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX mail_queue_failed');
  }
}
