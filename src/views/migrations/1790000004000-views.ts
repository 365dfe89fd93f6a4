import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The read models: made from the events, and so without foreign keys and fit to be thrown away. Each row
 * remembers the sequence number of the event that it shows, so that events may come late or twice.
 *
 * Indexes are named by PostgreSQL, which gives those of a rebuilt table the same names.
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
    await runner.query('CREATE INDEX ON view_lines (batch_ref, order_id)');
    // What no event has told yet is null. Rule 2 is the order (arrives, position); the condition of an index
    // is a column of its own so that most updates stay within their page (a "heap-only tuple").
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
        arrives date NOT NULL GENERATED ALWAYS AS (coalesce(eta, '-infinity')) STORED,
        is_open boolean NOT NULL GENERATED ALWAYS AS (available > 0 AND position IS NOT NULL) STORED
      ) WITH (fillfactor = 50)`);
    await runner.query('CREATE INDEX ON view_batches (sku, arrives, position) WHERE position IS NOT NULL');
    await runner.query('CREATE INDEX ON view_batches (sku, arrives, position) WHERE is_open');
    await runner.query(`
      INSERT INTO view_lines
      SELECT DISTINCT ON (data->>'orderId', sku) data->>'orderId', sku, (data->>'qty')::integer,
        CASE type WHEN 'Allocated' THEN 'allocated' WHEN 'Deallocated' THEN 'deallocated' ELSE 'out of stock' END,
        CASE type WHEN 'Allocated' THEN data->>'batchRef' END,
        CASE type WHEN 'Allocated' THEN (data->>'eta')::date END, sequence, occurred_at
      FROM outbox WHERE type IN ('Allocated', 'Deallocated', 'OutOfStock')
      ORDER BY data->>'orderId', sku, sequence DESC`);
    await runner.query(`
      INSERT INTO view_batches (ref, sku, eta, position, purchased, purchased_sequence, available, sequence)
      SELECT reference, sku, eta, position, purchased_quantity,
        coalesce((SELECT max(o.sequence) FROM outbox o
                  WHERE o.sku = b.sku AND o.type = 'BatchQuantityChanged' AND o.data->>'batchRef' = reference), position),
        purchased_quantity - allocated_quantity, sequence
      FROM batches b`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE view_batches, view_lines');
  }
}
