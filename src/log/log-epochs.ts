import type { Sql, Statements } from '../database/sql';
import { newId } from '../ids';

/** Positions of an epoch mean the same events in every database that has it, as far as it goes there. */
export interface Epoch {
  readonly id: string;
  /** The position of its first event. */
  readonly first: number;
}

/**
 * What a dump does not take along: the server, the database and the table. A copy of the files, such as a standby, is the
 * same database.
 */
const DATABASE = `(SELECT system_identifier FROM pg_control_system()) || '/' ||
  (SELECT oid FROM pg_database WHERE datname = current_database()) || '/' || 'log_head'::regclass::oid`;

/**
 * Begins an epoch when this database is another one than that which the last epoch began in: it was restored from a dump,
 * and events that come now have positions that other events may have in the database of before.
 */
export async function continueEpoch(sql: Sql): Promise<void> {
  await sql.transaction(async (inner) => {
    await inner.rows('SELECT FROM log_head FOR NO KEY UPDATE');
    await inner.count(
      `INSERT INTO log_epochs (epoch, first_position, database)
       SELECT $1, (SELECT position + 1 FROM log_head), ${DATABASE}
       WHERE (SELECT database FROM log_epochs ORDER BY first_position DESC, began_at DESC LIMIT 1)
         IS DISTINCT FROM (${DATABASE})`,
      [newId()],
    );
  });
}

/** All epochs of this database, the newest first. */
export async function epochsOf(sql: Statements): Promise<Epoch[]> {
  const rows = await sql.rows<{ epoch: string; first_position: string }>(
    'SELECT epoch, first_position FROM log_epochs ORDER BY first_position DESC, began_at DESC',
  );
  return rows.map(({ epoch, first_position }) => ({ id: epoch, first: Number(first_position) }));
}
