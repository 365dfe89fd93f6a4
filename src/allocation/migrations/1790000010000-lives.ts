import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The life of a line and of a batch (rules 11 to 18). A line has a state; one that waits or whose reservation ran out
 * has no batch. The constraints go on to hold rule 3: what a batch has promised, and what has left it, is no more than it
 * has.
 *
 * An older instance, which still writes while the upgrade rolls, names none of these columns: its lines are allocated, on
 * the terms that all lines had, and a trigger fills in their age. It cannot take back what was dispatched, since the
 * batch refuses that. It knows of no wait-list; whoever waits is served by the next one that frees pieces.
 */
export class Lives1790000010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE allocations
        ADD COLUMN state text COLLATE "C" NOT NULL DEFAULT 'allocated',
        ADD COLUMN priority integer NOT NULL DEFAULT 0,
        ADD COLUMN wait boolean NOT NULL DEFAULT false,
        ADD COLUMN asked_sequence bigint,
        ADD COLUMN expires_at timestamptz,
        ADD COLUMN reserve_for integer,
        ADD COLUMN promised_batch text COLLATE "C",
        ADD COLUMN promised_eta date,
        ALTER COLUMN batch_reference DROP NOT NULL,
        ADD CHECK (state IN ('reserved', 'allocated', 'waiting', 'dispatched', 'expired')),
        ADD CHECK ((batch_reference IS NULL) = (state IN ('waiting', 'expired'))),
        ADD CHECK ((expires_at IS NOT NULL) = (state = 'reserved'))`);
    await runner.query('UPDATE allocations SET asked_sequence = position');
    await runner.query('ALTER TABLE allocations ALTER COLUMN asked_sequence SET NOT NULL');
    await runner.query(`
      CREATE FUNCTION remember_age_of_line() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.asked_sequence := NEW.position;
        RETURN NEW;
      END $$`);
    await runner.query(`
      CREATE TRIGGER allocations_of_older_instances BEFORE INSERT ON allocations
      FOR EACH ROW WHEN (NEW.asked_sequence IS NULL) EXECUTE FUNCTION remember_age_of_line()`);
    await this.createIndexes(runner);
    await runner.query(`
      ALTER TABLE batches
        ADD COLUMN dispatched_quantity integer NOT NULL DEFAULT 0,
        ADD CHECK (dispatched_quantity BETWEEN 0 AND allocated_quantity)`);
  }

  /** Each line is in one index of its batch, as before, and in others only while it is reserved, waits or has expired. */
  private async createIndexes(runner: QueryRunner): Promise<void> {
    for (const index of [
      // Rule 7: whom a batch displaces first, read backwards. So new lines come last in it, where there is room.
      `allocations_by_precedence ON allocations (batch_reference, priority DESC, asked_sequence)
       WHERE state <> 'dispatched'`,
      `allocations_dispatched ON allocations (batch_reference) WHERE state = 'dispatched'`,
      // Rule 12: what ran out, of one product and of all.
      `allocations_reserved ON allocations (sku, expires_at) WHERE state = 'reserved'`,
      `allocations_by_expiry ON allocations (expires_at, sku) WHERE state = 'reserved'`,
      // Rule 13: who is served first, of all and of those that want the same.
      `allocations_waiting ON allocations (sku, priority DESC, asked_sequence) WHERE state = 'waiting'`,
      `allocations_waiting_by_qty ON allocations (sku, qty, priority DESC, asked_sequence) WHERE state = 'waiting'`,
      `allocations_expired ON allocations (allocated_at) WHERE state = 'expired'`,
    ]) {
      await runner.query(`CREATE INDEX ${index}`);
    }
    await runner.query('DROP INDEX allocations_by_age');
  }

  /** Only lines that are allocated can be kept. @throws Error when there are others */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM allocations WHERE state = 'expired'`);
    await runner.query(
      `ALTER TABLE allocations ADD CONSTRAINT only_allocated CHECK (state = 'allocated') NOT VALID`,
    );
    await runner.query('ALTER TABLE allocations VALIDATE CONSTRAINT only_allocated');
    await runner.query('ALTER TABLE batches DROP COLUMN dispatched_quantity');
    await runner.query('DROP TRIGGER allocations_of_older_instances ON allocations');
    await runner.query('DROP FUNCTION remember_age_of_line');
    await runner.query(`
      ALTER TABLE allocations
        DROP COLUMN state, DROP COLUMN priority, DROP COLUMN wait, DROP COLUMN asked_sequence,
        DROP COLUMN expires_at, DROP COLUMN reserve_for, DROP COLUMN promised_batch, DROP COLUMN promised_eta,
        ALTER COLUMN batch_reference SET NOT NULL`);
    await runner.query('CREATE INDEX allocations_by_age ON allocations (batch_reference, position)');
  }
}
