import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which events still have to reach the handlers or the broker, and what went wrong so far. */
export class OutboxDelivery1790000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE outbox_pending (
        event_id uuid PRIMARY KEY,
        claimed_until timestamptz NOT NULL
      )`);
    await runner.query('CREATE TABLE broker_queue (position bigint PRIMARY KEY)');
    await runner.query(`
      CREATE TABLE failed_deliveries (
        handler text NOT NULL,
        event_id uuid NOT NULL REFERENCES outbox (id),
        attempts integer NOT NULL,
        error text NOT NULL,
        next_attempt_at timestamptz NOT NULL,
        PRIMARY KEY (handler, event_id)
      )`);
    await runner.query('CREATE INDEX failed_deliveries_due ON failed_deliveries (next_attempt_at)');
    await runner.query(`
      CREATE TABLE dead_letters (
        handler text NOT NULL,
        event_id uuid NOT NULL REFERENCES outbox (id),
        attempts integer NOT NULL,
        error text NOT NULL,
        died_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (handler, event_id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE dead_letters, failed_deliveries, broker_queue, outbox_pending');
  }
}
