import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A batch that has no pieces left to come is lost, and overdue no more. */
export class LostBatches1790000023000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE expected_batches
        ADD COLUMN is_lost boolean NOT NULL DEFAULT false, ADD COLUMN qty_sequence bigint NOT NULL DEFAULT 0`);
    await runner.query(`
      UPDATE expected_batches e SET is_lost = true, qty_sequence = b.sequence
      FROM batches b WHERE b.reference = e.ref AND b.purchased_quantity = 0`);
    await runner.query('DROP INDEX expected_batches_due');
    await runner.query(`
      CREATE INDEX expected_batches_due ON expected_batches (eta, ref) WHERE (told IS NULL OR told < eta) AND NOT is_lost`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX expected_batches_due');
    await runner.query('ALTER TABLE expected_batches DROP COLUMN is_lost, DROP COLUMN qty_sequence');
    await runner.query(
      'CREATE INDEX expected_batches_due ON expected_batches (eta, ref) WHERE told IS NULL OR told < eta',
    );
  }
}
