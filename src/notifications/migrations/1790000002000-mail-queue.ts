import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the buyers were told of each SKU, and the mails that wait to be sent, were sent, or failed. */
export class MailQueue1790000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE stock_alerts (
        sku text PRIMARY KEY,
        arrived_sequence bigint NOT NULL DEFAULT 0,
        refused_sequence bigint NOT NULL DEFAULT 0,
        alerted_sequence bigint NOT NULL DEFAULT 0,
        refusal jsonb
      ) WITH (fillfactor = 50)`);
    await runner.query(`
      CREATE TABLE mail_queue (
        id uuid PRIMARY KEY,
        recipient text NOT NULL,
        subject text NOT NULL,
        body text NOT NULL,
        queued_at timestamptz NOT NULL DEFAULT now(),
        due_at timestamptz NOT NULL DEFAULT now(),
        attempts integer NOT NULL DEFAULT 0,
        sent_at timestamptz,
        failed_at timestamptz,
        error text,
        CHECK (sent_at IS NULL OR failed_at IS NULL)
      )`);
    await runner.query(
      `CREATE INDEX mail_queue_due ON mail_queue (due_at) WHERE sent_at IS NULL AND failed_at IS NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE mail_queue, stock_alerts');
  }
}
