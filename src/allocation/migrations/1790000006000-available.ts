import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How many pieces all batches of a product have left together, and an index of the products that have none.
 *
 * `counted_version` is the version that `available` was counted for. An older instance, which still writes while the
 * upgrade rolls, knows neither column: it leaves `counted_version` behind, and then a trigger counts anew before
 * its transaction commits. Of whoever does count, the trigger costs no more than the comparison of two numbers.
 */
export class Available1790000006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The condition of the index is a column of its own because an update of a counter that the condition named could
    // not stay within its page (a "heap-only tuple").
    await runner.query(`
      ALTER TABLE products
        ADD COLUMN available bigint NOT NULL DEFAULT 0 CHECK (available >= 0),
        ADD COLUMN counted_version bigint NOT NULL DEFAULT 0,
        ADD COLUMN is_out_of_stock boolean NOT NULL GENERATED ALWAYS AS (available = 0) STORED`);
    await runner.query(
      `CREATE INDEX products_out_of_stock ON products (is_out_of_stock, sku) WHERE is_out_of_stock`,
    );
    await runner.query(`
      UPDATE products p
      SET counted_version = version_number,
          available = coalesce((SELECT sum(purchased_quantity - allocated_quantity) FROM batches b WHERE b.sku = p.sku), 0)`);
    await runner.query(`
      CREATE FUNCTION count_available() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE products p
        SET counted_version = version_number,
            available = coalesce((SELECT sum(purchased_quantity - allocated_quantity) FROM batches b WHERE b.sku = p.sku), 0)
        WHERE p.sku = NEW.sku AND counted_version <> version_number;
        RETURN NULL;
      END $$`);
    // Deferred, since the batches are written after their product.
    await runner.query(`
      CREATE CONSTRAINT TRIGGER products_of_older_instances AFTER INSERT OR UPDATE ON products
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.counted_version <> NEW.version_number)
      EXECUTE FUNCTION count_available()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER products_of_older_instances ON products');
    await runner.query('DROP FUNCTION count_available');
    await runner.query(
      'ALTER TABLE products DROP COLUMN is_out_of_stock, DROP COLUMN available, DROP COLUMN counted_version',
    );
  }
}
