import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether an event is a dead letter, or one that is being replayed, is asked for each event that is no longer retained. */
export class LettersByEvent1790000022000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX dead_letters_by_event ON dead_letters (event_id)');
    // Of all rows: PostgreSQL would take an index of replayed ones alone for queries that ask for no event.
    await runner.query(`CREATE INDEX redeliveries_by_event ON redeliveries (((event->>'id')::uuid))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX redeliveries_by_event, dead_letters_by_event');
  }
}
