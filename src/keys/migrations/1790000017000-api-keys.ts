import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys, of which hashes are stored alone. */
export class ApiKeys1790000017000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Rows stay when keys are revoked: as long as there is any, requests need a key.
    await runner.query(`
      CREATE TABLE api_keys (
        id uuid PRIMARY KEY,
        name text COLLATE "C" NOT NULL,
        scopes text[] NOT NULL,
        hash bytea NOT NULL,
        last_four text NOT NULL,
        previous_hash bytea,
        previous_until timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        rotated_at timestamptz,
        expires_at timestamptz,
        revoked_at timestamptz,
        last_used_at timestamptz
      )`);
    await runner.query('CREATE UNIQUE INDEX api_keys_in_use ON api_keys (name) WHERE revoked_at IS NULL');
    // Instances look at this one row to know whether they have to read the keys again. A trigger counts, so that what
    // is changed by hand counts too; the row orders changes by their commits, as a sequence would not.
    await runner.query('CREATE TABLE api_key_changes (count bigint NOT NULL)');
    await runner.query('INSERT INTO api_key_changes VALUES (0)');
    await runner.query(`
      CREATE FUNCTION count_api_key_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE api_key_changes SET count = count + 1;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER api_key_changed
      AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF name, scopes, hash, previous_hash, previous_until, expires_at, revoked_at
      ON api_keys FOR EACH STATEMENT EXECUTE FUNCTION count_api_key_change()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE api_keys, api_key_changes');
    await runner.query('DROP FUNCTION count_api_key_change()');
  }
}
