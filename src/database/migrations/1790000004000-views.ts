import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The read models: made from the events, and so without foreign keys and fit to be thrown away. Each row
 * remembers the sequence number of the event that it shows, so that events may come late or twice.
 */
export class Views1790000004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE view_lines (
        order_id text NOT NULL,
        sku text NOT NULL,
        qty integer NOT NULL,
        state text NOT NULL,
        batch_ref text,
        eta date,
        sequence bigint NOT NULL,
        changed_at timestamptz NOT NULL,
        PRIMARY KEY (order_id, sku)
      )`);
    await runner.query('CREATE INDEX view_lines_by_batch ON view_lines (batch_ref, order_id, sku)');
    await runner.query(`
      CREATE TABLE view_batches (
        ref text PRIMARY KEY,
        sku text NOT NULL,
        eta date,
        position bigint,
        purchased integer,
        purchased_sequence bigint NOT NULL,
        available integer NOT NULL,
        sequence bigint NOT NULL,
        is_open boolean GENERATED ALWAYS AS (available > 0) STORED
      ) WITH (fillfactor = 50)`);
    await runner.query(
      'CREATE INDEX view_batches_by_preference ON view_batches (sku, eta NULLS FIRST, position)',
    );
    await runner.query(
      'CREATE INDEX view_batches_open ON view_batches (sku, eta NULLS FIRST, position) WHERE is_open',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE view_batches, view_lines');
  }
}
