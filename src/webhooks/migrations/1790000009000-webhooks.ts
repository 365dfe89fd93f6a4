import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Endpoints that are told of events, and what became of each attempt to tell them. */
export class Webhooks1790000009000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // How far an endpoint has come is kept with the readers of the log.
    await runner.query(`
      CREATE TABLE webhooks (
        id uuid PRIMARY KEY,
        url text NOT NULL,
        types text[],
        skus text[],
        secret text NOT NULL,
        previous_secret text,
        previous_until timestamptz,
        enabled boolean NOT NULL DEFAULT true,
        disabled_because text CHECK (disabled_because IN ('gone', 'failing')),
        failing_since timestamptz,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE webhook_deliveries (
        id uuid NOT NULL,
        webhook_id uuid NOT NULL,
        event_id uuid NOT NULL,
        type text NOT NULL,
        sku text COLLATE "C" NOT NULL,
        sequence bigint NOT NULL,
        attempt integer NOT NULL,
        at timestamptz NOT NULL,
        duration_ms integer NOT NULL,
        status smallint,
        error text,
        PRIMARY KEY (webhook_id, id)
      )`);
    // For whoever takes away what is old.
    await runner.query('CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DELETE FROM redeliveries WHERE reader IN (SELECT name FROM readers WHERE kind = 'webhook')`,
    );
    await runner.query(
      `DELETE FROM dead_letters WHERE handler IN (SELECT name FROM readers WHERE kind = 'webhook')`,
    );
    await runner.query(`DELETE FROM readers WHERE kind = 'webhook'`);
    await runner.query('DROP TABLE webhook_deliveries, webhooks');
  }
}
