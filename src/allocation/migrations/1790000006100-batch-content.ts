import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The content with which each batch was created, by which a request that comes again is known, whatever happened to
 * the batch since. The BatchCreated event tells it; of a batch without one, what it holds now is the best there is.
 *
 * An older instance, which still writes while the upgrade rolls, does not name these columns; a trigger fills them in.
 */
export class BatchContent1790000006100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE batches ADD COLUMN created_quantity integer, ADD COLUMN created_eta date`,
    );
    await runner.query(`UPDATE batches SET created_quantity = purchased_quantity, created_eta = eta`);
    await runner.query(`
      UPDATE batches b
      SET created_quantity = (data->>'qty')::integer, created_eta = (data->>'eta')::date
      FROM outbox o
      WHERE o.type = 'BatchCreated' AND o.sku = b.sku AND o.sequence = b.position
        AND ((data->>'qty')::integer, (data->>'eta')::date) IS DISTINCT FROM (b.purchased_quantity, b.eta)`);
    await runner.query('ALTER TABLE batches ALTER COLUMN created_quantity SET NOT NULL');
    await runner.query(`
      CREATE FUNCTION remember_batch_content() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.created_quantity := NEW.purchased_quantity;
        NEW.created_eta := NEW.eta;
        RETURN NEW;
      END $$`);
    await runner.query(`
      CREATE TRIGGER batches_of_older_instances BEFORE INSERT ON batches
      FOR EACH ROW WHEN (NEW.created_quantity IS NULL) EXECUTE FUNCTION remember_batch_content()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER batches_of_older_instances ON batches');
    await runner.query('DROP FUNCTION remember_batch_content');
    await runner.query('ALTER TABLE batches DROP COLUMN created_quantity, DROP COLUMN created_eta');
  }
}
