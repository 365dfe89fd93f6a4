import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is promised of a SKU, in sums: no question has to go through its lines. They follow from the lines in the view,
 * whose rows remember how they were before (decision record 26). PostgreSQL gives the names of the indexes, also to those
 * of a rebuilt table.
 */
export class ViewSums1790000011000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE view_lines
        ADD COLUMN was_state text,
        ADD COLUMN was_eta date,
        ADD COLUMN was_qty integer`);
    await runner.query(`CREATE INDEX ON view_lines (sku, expires_at) WHERE state = 'reserved'`);
    // Conditions of indexes are columns of their own so that most updates stay within their page.
    await runner.query(`
      CREATE TABLE view_line_sums (
        sku text COLLATE "C" NOT NULL,
        state text COLLATE "C" NOT NULL,
        arrives date NOT NULL,
        lines bigint NOT NULL,
        pieces bigint NOT NULL,
        changes bigint NOT NULL,
        has_lines boolean NOT NULL GENERATED ALWAYS AS (lines <> 0 OR pieces <> 0) STORED,
        PRIMARY KEY (sku, state, arrives)
      ) WITH (fillfactor = 50)`);
    await runner.query('CREATE INDEX ON view_line_sums (sku) WHERE has_lines');
    await runner.query(`
      INSERT INTO view_line_sums (sku, state, arrives, lines, pieces, changes)
      SELECT sku, state, coalesce(eta, '-infinity'), count(*), sum(qty), 1
      FROM view_lines WHERE state IN ('reserved', 'waiting') GROUP BY 1, 2, 3`);
    await runner.query(`
      ALTER TABLE view_batches ADD COLUMN has_stock boolean NOT NULL
        GENERATED ALWAYS AS (position IS NOT NULL AND coalesce(purchased, 0) > dispatched) STORED`);
    await runner.query('CREATE INDEX ON view_batches (sku, arrives) WHERE has_stock');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE view_batches DROP COLUMN has_stock');
    await runner.query('DROP TABLE view_line_sums');
    const [{ index }] = (await runner.query(
      `SELECT indexrelid::regclass AS index FROM pg_index
       WHERE indrelid = 'view_lines'::regclass AND pg_get_indexdef(indexrelid, 2, true) = 'expires_at'`,
    )) as [{ index: string }];
    await runner.query(`DROP INDEX ${index}`);
    await runner.query(
      'ALTER TABLE view_lines DROP COLUMN was_state, DROP COLUMN was_eta, DROP COLUMN was_qty',
    );
  }
}
