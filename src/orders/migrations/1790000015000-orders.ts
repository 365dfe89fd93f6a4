import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Orders as a whole, each with the step that it has reached. What their lines hold is known to the allocation. */
export class Orders1790000015000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE orders (
        order_id text COLLATE "C" PRIMARY KEY,
        customer_id text COLLATE "C",
        wish jsonb NOT NULL,
        lines jsonb NOT NULL,
        step text NOT NULL,
        tries integer NOT NULL,
        version bigint NOT NULL,
        placed_at timestamptz NOT NULL DEFAULT now(),
        changed_at timestamptz NOT NULL DEFAULT now(),
        due_at timestamptz,
        closed_at timestamptz
      ) WITH (fillfactor = 70)`);
    // Whoever finds an order due goes on with it.
    await runner.query('CREATE INDEX orders_due ON orders (due_at) WHERE due_at IS NOT NULL');
    await runner.query(`CREATE INDEX orders_being_placed ON orders (order_id) WHERE step = 'placing'`);
    // For whoever takes away what is old.
    await runner.query('CREATE INDEX orders_by_age ON orders (closed_at) WHERE closed_at IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE orders');
  }
}
