import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Room for events in the first part of the log; later parts are made as large as it turns out to need. */
const FIRST_PART = 10_000;

/**
 * The log: every event at a position of its own, dense, in one order that each reader sees alike. Units of work write
 * their events into the outbox; the sequencer moves them from there into the log once they are committed.
 *
 * The outbox of before becomes the first part of the log, with the positions that it has. Older instances, which write
 * while the upgrade rolls, find an outbox as they know it; what they note beside it (`outbox_pending`, `broker_queue`,
 * `failed_deliveries`) is left to them, and goes with the first version that no longer has to run beside them. Only what
 * they queue for the broker is taken from them while an instance of this version publishes: theirs are some events of a
 * SKU, and a newer one would overtake an older one that this version wrote.
 */
export class Log1790000008000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'LOCK TABLE outbox, outbox_pending, broker_queue, failed_deliveries, dead_letters IN ACCESS EXCLUSIVE MODE',
    );
    await runner.query('ALTER TABLE failed_deliveries DROP CONSTRAINT failed_deliveries_event_id_fkey');
    await runner.query('ALTER TABLE dead_letters DROP CONSTRAINT dead_letters_event_id_fkey');
    const [{ last }] = (await runner.query('SELECT coalesce(max(position), 0) AS last FROM outbox')) as [
      { last: string },
    ];
    await this.turnOutboxIntoLog(runner, Number(last));
    await this.createOutbox(runner);
    await this.createHead(runner, Number(last));
    await this.createReaders(runner);
    await this.createRedeliveries(runner);
    await this.publishInOrder(runner, Number(last));
  }

  private async turnOutboxIntoLog(runner: QueryRunner, last: number): Promise<void> {
    await runner.query(`
      CREATE TABLE log (
        position bigint NOT NULL,
        id uuid NOT NULL,
        type text NOT NULL,
        schema_version smallint NOT NULL,
        sku text COLLATE "C" NOT NULL,
        sequence bigint NOT NULL CHECK (sequence > 0),
        occurred_at timestamptz NOT NULL,
        correlation_id text NOT NULL,
        causation_id text NOT NULL,
        data jsonb NOT NULL,
        claimed_until timestamptz,
        PRIMARY KEY (position)
      ) PARTITION BY RANGE (position)`);
    await runner.query('ALTER TABLE outbox ALTER COLUMN position DROP IDENTITY');
    await runner.query('ALTER TABLE outbox ADD COLUMN claimed_until timestamptz');
    await runner.query('ALTER TABLE outbox RENAME CONSTRAINT outbox_sequence_check TO log_sequence_check');
    await runner.query('ALTER TABLE outbox DROP CONSTRAINT outbox_id_key');
    await runner.query('ALTER TABLE outbox RENAME TO log_1');
    await runner.query('ALTER INDEX outbox_pkey RENAME TO log_1_pkey');
    await runner.query('ALTER INDEX outbox_sku_sequence_key RENAME TO log_1_sku_sequence_key');
    await runner.query(
      `ALTER TABLE log ATTACH PARTITION log_1 FOR VALUES FROM (1) TO (${last + 1 + FIRST_PART})`,
    );
    // For the parts to come. The first one has such an index already, which is unique and so cannot be one of these.
    await runner.query('CREATE INDEX log_by_sku ON ONLY log (sku, sequence)');
  }

  private async createOutbox(runner: QueryRunner): Promise<void> {
    // The position here is the order of arrival. Of a SKU it agrees with the sequence, since both are given out under
    // the lock of the product. Whoever looks for the oldest event passes those that were moved, until VACUUM takes them
    // away; it must not cut off the end of the table, for which it would lock out commands.
    await runner.query(`
      CREATE TABLE outbox (
        position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id uuid NOT NULL,
        type text NOT NULL,
        schema_version smallint NOT NULL,
        sku text COLLATE "C" NOT NULL,
        sequence bigint NOT NULL CHECK (sequence > 0),
        occurred_at timestamptz NOT NULL,
        correlation_id text NOT NULL,
        causation_id text NOT NULL,
        data jsonb NOT NULL,
        claimed_until timestamptz DEFAULT clock_timestamp() + interval '10 s',
        UNIQUE (sku, sequence)
      ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000, autovacuum_vacuum_cost_delay = 0,
              vacuum_truncate = off)`);
    const columns =
      'id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data';
    await runner.query(`
      CREATE VIEW events AS
      SELECT position, ${columns} FROM log UNION ALL SELECT NULL, ${columns} FROM outbox`);
  }

  private async createHead(runner: QueryRunner, last: number): Promise<void> {
    // The row is locked by whoever numbers events. What was retained begins at first_position; the parts end before
    // end_position.
    await runner.query(`
      CREATE TABLE log_head (
        is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
        position bigint NOT NULL,
        first_position bigint NOT NULL,
        end_position bigint NOT NULL,
        CHECK (position < end_position)
      ) WITH (fillfactor = 50)`);
    await runner.query(
      `INSERT INTO log_head (position, first_position, end_position) VALUES (${last}, 1, ${last + 1 + FIRST_PART})`,
    );
    // A database that was restored goes on with another epoch: positions from its beginning on are other events than
    // those that the database gave out which it was copied from.
    await runner.query(`
      CREATE TABLE log_epochs (
        epoch uuid PRIMARY KEY,
        first_position bigint NOT NULL,
        database text NOT NULL,
        began_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(
      `CREATE FUNCTION log_position() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT position FROM log_head'`,
    );
    await this.createPartFunctions(runner);
  }

  /** Parts are made and dropped while the service runs, by a user who may not be the owner of the tables. */
  private async createPartFunctions(runner: QueryRunner): Promise<void> {
    const [{ schema }] = (await runner.query('SELECT quote_ident(current_schema()) AS schema')) as [
      { schema: string },
    ];
    const definer = `LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${schema}, pg_temp`;
    await runner.query(`
      CREATE FUNCTION extend_log(size bigint) RETURNS bigint ${definer} AS $$
      DECLARE
        first bigint;
        part text;
      BEGIN
        SELECT end_position INTO first FROM log_head FOR UPDATE;
        part := 'log_' || first;
        EXECUTE format('CREATE TABLE %I (LIKE log INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
        EXECUTE format('ALTER TABLE log ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', part, first, first + size);
        UPDATE log_head SET end_position = first + size;
        RETURN first + size;
      END $$`);
    // Whatever is dropped ends before the head, so nothing is numbered into it.
    await runner.query(`
      CREATE FUNCTION drop_log_part(part_end bigint) RETURNS void ${definer} AS $$
      DECLARE
        first bigint;
      BEGIN
        SELECT first_position INTO first FROM log_head WHERE position >= part_end - 1 FOR UPDATE;
        IF first IS NULL OR first >= part_end THEN RETURN; END IF;
        EXECUTE format('DROP TABLE %I', 'log_' || first);
        UPDATE log_head SET first_position = part_end;
      END $$`);
  }

  private async createReaders(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE readers
        ADD COLUMN kind text NOT NULL DEFAULT 'broker',
        ADD COLUMN position bigint NOT NULL DEFAULT log_position(),
        ADD COLUMN replayed_to bigint NOT NULL DEFAULT 0,
        ADD COLUMN holder uuid,
        ADD COLUMN held_until timestamptz,
        ADD COLUMN fence bigint NOT NULL DEFAULT 0,
        ADD COLUMN seen_at timestamptz NOT NULL DEFAULT now()`);
    await runner.query(
      `UPDATE readers SET position = coalesce((SELECT min(position) - 1 FROM broker_queue), log_position())`,
    );
    // The handlers of before, from the first event on that one of them may not have had.
    await runner.query(`
      INSERT INTO readers (name, kind, position)
      SELECT name, 'handler', coalesce((SELECT min(l.position) - 1 FROM log l JOIN outbox_pending ON event_id = l.id),
                                       log_position())
      FROM unnest(ARRAY['views', 'stock-alerts']) AS handler (name)`);
    // What each instance has handed to its handlers right after the commit, noted many at a time: the ids of events, and
    // the handlers with the types that they listen to.
    await runner.query(`
      CREATE TABLE handled (
        last_id uuid NOT NULL,
        first_id uuid NOT NULL,
        ids uuid[] NOT NULL,
        handlers text[] NOT NULL,
        noted_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX handled_by_id ON handled (last_id)');
    await runner.query('CREATE INDEX handled_by_age ON handled (noted_at)');
  }

  private async createRedeliveries(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE redeliveries (
        reader text COLLATE "C" NOT NULL,
        sku text COLLATE "C" NOT NULL,
        sequence bigint NOT NULL,
        attempts integer NOT NULL,
        error text NOT NULL,
        next_attempt_at timestamptz NOT NULL,
        first_failed_at timestamptz NOT NULL DEFAULT now(),
        event jsonb,
        PRIMARY KEY (reader, sku, sequence)
      )`);
    await runner.query('CREATE INDEX redeliveries_due ON redeliveries (reader, next_attempt_at)');
    // A dead letter stays when its event is no longer retained, and so has all of it; also while it is replayed.
    await runner.query('ALTER TABLE dead_letters ADD COLUMN event jsonb');
    await runner.query(`
      UPDATE dead_letters d
      SET handler = ${STABLE_NAME},
          event = jsonb_build_object(
            'id', id, 'type', type, 'schemaVersion', schema_version, 'sku', sku, 'sequence', sequence,
            'occurredAt', occurred_at, 'correlationId', correlation_id, 'causationId', causation_id, 'data', data)
      FROM log l WHERE l.id = d.event_id`);
    await runner.query(`
      CREATE TABLE skipped_events (
        reader text COLLATE "C" NOT NULL,
        type text COLLATE "C" NOT NULL,
        first_position bigint NOT NULL,
        last_position bigint NOT NULL,
        PRIMARY KEY (reader, type)
      )`);
    await runner.query(`
      INSERT INTO redeliveries (reader, sku, sequence, attempts, error, next_attempt_at)
      SELECT ${STABLE_NAME}, l.sku, l.sequence, attempts, error, next_attempt_at
      FROM failed_deliveries d JOIN log l ON l.id = d.event_id WHERE d.handler <> 'BrokerPublisher'`);
    await runner.query('DELETE FROM failed_deliveries');
    await runner.query('DELETE FROM outbox_pending');
    await runner.query('DELETE FROM broker_queue');
  }

  /** @param last the position of the last event that may have been queued until now */
  private async publishInOrder(runner: QueryRunner, last: number): Promise<void> {
    await runner.query(`
      CREATE FUNCTION left_to_the_log() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM readers WHERE name = 'broker' AND (held_until > now() OR position < ${last})) THEN
          RETURN NULL;
        END IF;
        RETURN NEW;
      END $$`);
    await runner.query(
      'CREATE TRIGGER left_to_the_log BEFORE INSERT ON broker_queue FOR EACH ROW EXECUTE FUNCTION left_to_the_log()',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION left_to_the_log CASCADE');
    await runner.query('DROP VIEW events');
    await runner.query('DROP FUNCTION extend_log, drop_log_part');
    await runner.query(`
      ALTER TABLE readers
        DROP COLUMN kind, DROP COLUMN position, DROP COLUMN replayed_to, DROP COLUMN holder, DROP COLUMN held_until,
        DROP COLUMN fence, DROP COLUMN seen_at`);
    await runner.query('DROP FUNCTION log_position');
    await runner.query(`DELETE FROM readers WHERE name <> 'broker'`);
    await runner.query('DROP TABLE handled, redeliveries, skipped_events, log_epochs');
    await runner.query('ALTER TABLE dead_letters DROP COLUMN event');
    // The log goes back into an outbox behind what was not numbered yet; its order of arrival is not that of the log.
    await runner.query('CREATE TABLE kept AS SELECT * FROM log');
    await runner.query(`
      INSERT INTO kept SELECT (SELECT position FROM log_head) + row_number() OVER (ORDER BY position),
        id, type, schema_version, sku, sequence, occurred_at, correlation_id, causation_id, data, claimed_until
      FROM outbox`);
    await runner.query('DROP TABLE log, outbox, log_head');
    await runner.query('ALTER TABLE kept DROP COLUMN claimed_until');
    await runner.query('ALTER TABLE kept RENAME TO outbox');
    await runner.query(`
      ALTER TABLE outbox
        ALTER COLUMN position SET NOT NULL, ALTER COLUMN id SET NOT NULL, ALTER COLUMN type SET NOT NULL,
        ALTER COLUMN schema_version SET NOT NULL, ALTER COLUMN sku SET NOT NULL, ALTER COLUMN sequence SET NOT NULL,
        ALTER COLUMN occurred_at SET NOT NULL, ALTER COLUMN correlation_id SET NOT NULL,
        ALTER COLUMN causation_id SET NOT NULL, ALTER COLUMN data SET NOT NULL, ADD CHECK (sequence > 0),
        ADD PRIMARY KEY (position), ADD UNIQUE (id), ADD UNIQUE (sku, sequence),
        ALTER COLUMN position ADD GENERATED ALWAYS AS IDENTITY`);
    await runner.query(
      `SELECT setval(pg_get_serial_sequence('outbox', 'position'), coalesce(max(position), 1)) FROM outbox`,
    );
    await runner.query('ALTER TABLE failed_deliveries ADD FOREIGN KEY (event_id) REFERENCES outbox (id)');
    await runner.query('DELETE FROM dead_letters WHERE event_id NOT IN (SELECT id FROM outbox)');
    await runner.query('ALTER TABLE dead_letters ADD FOREIGN KEY (event_id) REFERENCES outbox (id)');
  }
}

/** Handlers were known by their classes. */
const STABLE_NAME = `CASE d.handler WHEN 'StockAlertHandler' THEN 'stock-alerts' WHEN 'ViewProjection' THEN 'views' ELSE d.handler END`;
