import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the buyers were told of lines that were refused while nothing at all was left. Of alerts from before nobody
 * knows how much was left; so the next line that finds nothing makes one more mail, rather than none too many.
 */
export class SoldOutAlerts1790000006200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE stock_alerts
        ADD COLUMN sold_out_sequence bigint NOT NULL DEFAULT 0,
        ADD COLUMN sold_out_alerted_sequence bigint NOT NULL DEFAULT 0,
        ADD COLUMN sold_out_refusal jsonb`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE stock_alerts
        DROP COLUMN sold_out_sequence, DROP COLUMN sold_out_alerted_sequence, DROP COLUMN sold_out_refusal`);
  }
}
