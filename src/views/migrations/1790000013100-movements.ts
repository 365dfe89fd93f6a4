import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Finds the movements of a batch among the events of its SKU, which may be millions. Only events that move pieces are in
 * the index, so allocating has nothing to do with it. While it is made, events are not numbered; commands go on.
 */
export class Movements1790000013100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX log_movements ON log (sku, (data->>'batchRef') COLLATE "C", sequence)
      WHERE type IN ('BatchCreated', 'BatchQuantityChanged', 'StockAdjusted', 'BatchArrived', 'Dispatched')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX log_movements');
  }
}
