import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What views show of the life of a line and of a batch: priorities, reservations, the wait-list, and days that change.
 * An older instance leaves the columns to their defaults, which are right for the lines and batches that it knows.
 * PostgreSQL gives the names of the indexes, also to those of a rebuilt table.
 */
export class ViewLives1790000010100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE view_lines
        ADD COLUMN priority integer NOT NULL DEFAULT 0,
        ADD COLUMN asked_sequence bigint,
        ADD COLUMN expires_at timestamptz`);
    await runner.query(
      `CREATE INDEX ON view_lines (sku, priority DESC, asked_sequence) WHERE state = 'waiting'`,
    );
    await this.indexClosedLines(runner, `'deallocated', 'out of stock', 'expired'`);
    await runner.query(`
      ALTER TABLE view_batches
        ADD COLUMN eta_sequence bigint NOT NULL DEFAULT 0,
        ADD COLUMN expected date,
        ADD COLUMN dispatched integer NOT NULL DEFAULT 0`);
    await runner.query('UPDATE view_batches SET eta_sequence = coalesce(position, 0), expected = eta');
    await runner.query('CREATE INDEX ON view_batches (eta, ref) WHERE eta IS NOT NULL');
  }

  private async indexClosedLines(runner: QueryRunner, states: string): Promise<void> {
    const [{ index }] = (await runner.query(
      `SELECT indexrelid::regclass AS index FROM pg_index
       WHERE indrelid = 'view_lines'::regclass AND pg_get_indexdef(indexrelid, 1, true) = 'changed_at'`,
    )) as [{ index: string }];
    await runner.query(`DROP INDEX ${index}`);
    await runner.query(`CREATE INDEX ON view_lines (changed_at) WHERE state IN (${states})`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE view_batches DROP COLUMN eta_sequence, DROP COLUMN expected, DROP COLUMN dispatched',
    );
    await this.indexClosedLines(runner, `'deallocated', 'out of stock'`);
    await runner.query(
      'ALTER TABLE view_lines DROP COLUMN priority, DROP COLUMN asked_sequence, DROP COLUMN expires_at',
    );
  }
}
