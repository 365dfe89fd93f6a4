import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Products, their batches and allocated lines, and the outbox. The constraints hold rule 3 of the
 * business whatever the code above them does: no batch oversold, no line allocated twice.
 */
export class WriteModel1790000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE products (
        sku text PRIMARY KEY,
        version_number bigint NOT NULL CHECK (version_number > 0)
      ) WITH (fillfactor = 50)`);
    await runner.query(`
      CREATE TABLE batches (
        reference text PRIMARY KEY,
        sku text NOT NULL REFERENCES products,
        purchased_quantity integer NOT NULL CHECK (purchased_quantity >= 0),
        allocated_quantity integer NOT NULL DEFAULT 0 CHECK (allocated_quantity BETWEEN 0 AND purchased_quantity),
        eta date,
        position bigint NOT NULL,
        sequence bigint NOT NULL,
        is_open boolean GENERATED ALWAYS AS (purchased_quantity > allocated_quantity) STORED,
        UNIQUE (sku, position)
      ) WITH (fillfactor = 50)`);
    // Rule 2 in an index. Its condition is a column of its own because an update of a counter that the
    // condition named could not stay within its page (a "heap-only tuple").
    await runner.query(
      `CREATE INDEX batches_by_preference ON batches (sku, eta NULLS FIRST, position) WHERE is_open`,
    );
    await runner.query(`
      CREATE TABLE allocations (
        sku text NOT NULL,
        order_id text NOT NULL,
        qty integer NOT NULL CHECK (qty > 0),
        batch_reference text NOT NULL REFERENCES batches,
        position bigint NOT NULL,
        PRIMARY KEY (sku, order_id)
      )`);
    await runner.query(`CREATE INDEX allocations_by_age ON allocations (batch_reference, position)`);
    await runner.query(`
      CREATE TABLE outbox (
        position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id uuid NOT NULL UNIQUE,
        type text NOT NULL,
        schema_version smallint NOT NULL,
        sku text NOT NULL,
        sequence bigint NOT NULL CHECK (sequence > 0),
        occurred_at timestamptz NOT NULL,
        correlation_id text NOT NULL,
        causation_id text NOT NULL,
        data jsonb NOT NULL,
        UNIQUE (sku, sequence)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE outbox, allocations, batches, products');
  }
}
