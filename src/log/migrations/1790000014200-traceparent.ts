import type { MigrationInterface, QueryRunner } from 'typeorm';

const BEFORE = 'id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data';

/** By which trace an event was caused, if whoever asked for it said so (W3C Trace Context). */
export class Traceparent1790000014200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['outbox', 'log'])
      await runner.query(`ALTER TABLE ${table} ADD COLUMN traceparent text`);
    await this.view(runner, `${BEFORE}, traceparent`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP VIEW events');
    await this.view(runner, BEFORE);
    for (const table of ['outbox', 'log']) await runner.query(`ALTER TABLE ${table} DROP COLUMN traceparent`);
  }

  private async view(runner: QueryRunner, columns: string): Promise<void> {
    await runner.query(`
      CREATE OR REPLACE VIEW events AS
      SELECT position, ${columns} FROM log UNION ALL SELECT NULL, ${columns} FROM outbox`);
  }
}
