import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which batches are expected and when, and for which day the buyers were told that one is overdue. Those that are overdue
 * at the upgrade count as told: until then nobody could report that a batch had arrived.
 */
export class ExpectedBatches1790000013000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE expected_batches (
        ref text COLLATE "C" PRIMARY KEY,
        sku text COLLATE "C" NOT NULL,
        eta date,
        sequence bigint NOT NULL,
        told date
      )`);
    await runner.query(
      'CREATE INDEX expected_batches_due ON expected_batches (eta, ref) WHERE told IS NULL OR told < eta',
    );
    await runner.query(`
      INSERT INTO expected_batches (ref, sku, eta, sequence, told)
      SELECT reference, sku, eta, sequence, CASE WHEN eta < (now() AT TIME ZONE 'UTC')::date THEN eta END
      FROM batches WHERE eta IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE expected_batches');
  }
}
