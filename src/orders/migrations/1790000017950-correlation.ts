import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The request that an order was last stored for; null when an instance of the version before did so. */
export class Correlation1790000017950 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE orders ADD COLUMN correlation jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE orders DROP COLUMN correlation');
  }
}
