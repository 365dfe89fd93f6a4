import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who has placed how many orders, and which of them were counted. */
export class Customers1790000015100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE customers (
        id text COLLATE "C" PRIMARY KEY,
        email text,
        orders bigint NOT NULL DEFAULT 0 CHECK (orders >= 0),
        vip_since timestamptz,
        congratulation uuid
      ) WITH (fillfactor = 70)`);
    // The key is what lets an order count once, whoever tells of it how often.
    await runner.query(`
      CREATE TABLE customer_orders (
        customer_id text COLLATE "C" NOT NULL REFERENCES customers ON DELETE CASCADE,
        order_id text COLLATE "C" NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (customer_id, order_id)
      )`);
    // For whoever takes away what is old.
    await runner.query('CREATE INDEX customer_orders_by_age ON customer_orders (recorded_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE customer_orders, customers');
  }
}
