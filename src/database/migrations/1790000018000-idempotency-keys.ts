import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests that their clients named by keys, with what they came to. */
export class IdempotencyKeys1790000018000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // `result` is what the unit of work came to that wrote the row with what it changed; `answer` is there where the
    // answer does not follow from that. Rows of a bulk request have the numbers of its items.
    await runner.query(`
      CREATE TABLE idempotency_keys (
        caller text COLLATE "C" NOT NULL,
        key text COLLATE "C" NOT NULL,
        part integer NOT NULL,
        fingerprint bytea NOT NULL,
        result json,
        answer json,
        stored_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (caller, key, part)
      )`);
    await runner.query('CREATE INDEX idempotency_keys_by_age ON idempotency_keys (stored_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_keys');
  }
}
