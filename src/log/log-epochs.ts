import type { Sql, Statements } from '../database/sql';
import type { Query } from '../database/transaction';
import { newId } from '../ids';

/** Positions of an epoch mean the same events in every database that has it, as far as it goes there. */
export interface Epoch {
  readonly id: string;
  /** The position of its first event. */
  readonly first: number;
}

/**
 * The timeline that is written on now. Of a standby that was promoted, `pg_control_checkpoint()` tells the one before until
 * the next checkpoint, minutes later.
 */
export const TIMELINE = `('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int`;

/**
 * Tells this database from its copies: the server, its timeline, the database and the table, none of which a dump takes
 * along. A copy of the files has another timeline once it takes writes: a standby that was promoted, or a backup that
 * was restored up to some moment. Whether events were lost with that is not known, and need not be: a client that has
 * read no further than the log goes is not affected.
 */
const DATABASE = `(SELECT system_identifier FROM pg_control_system()) || '/' ||
  ${TIMELINE} || '/' || (SELECT oid FROM pg_database WHERE datname = current_database()) || '/' || 'log_head'::regclass::oid`;

const IS_ANOTHER = `(SELECT database FROM log_epochs ORDER BY first_position DESC, began_at DESC LIMIT 1)
  IS DISTINCT FROM (${DATABASE})`;

/**
 * Begins an epoch when this database is another one than that which the last epoch began in: it was restored, or another
 * server took over, and events that come now have positions that other events may have had before.
 */
export async function continueEpoch(sql: Sql): Promise<void> {
  await begin(sql, IS_ANOTHER);
}

/** The same in a transaction that holds the row of the head, before anything is numbered in it. */
export async function continueEpochAfter(query: Query, position: string): Promise<void> {
  await query(insertWhere(IS_ANOTHER), [newId(), position]);
}

/**
 * Begins an epoch in any case: only whoever set a database back to an earlier state of its disk knows that it was.
 * @returns the position of the last event that is good for cursors of before
 */
export async function beginEpoch(sql: Sql): Promise<number> {
  return begin(sql, 'true');
}

/** @param condition under which there is to be another epoch */
async function begin(sql: Sql, condition: string): Promise<number> {
  return sql.transaction(async (inner) => {
    const [{ position }] = await inner.rows<{ position: string }>(
      'SELECT position FROM log_head FOR NO KEY UPDATE',
    );
    await inner.count(insertWhere(condition), [newId(), position]);
    return Number(position);
  });
}

function insertWhere(condition: string): string {
  return `INSERT INTO log_epochs (epoch, first_position, database)
    SELECT $1, $2::bigint + 1, ${DATABASE} WHERE ${condition}`;
}

/** All epochs of this database, the newest first. */
export async function epochsOf(sql: Statements): Promise<Epoch[]> {
  const rows = await sql.rows<{ epoch: string; first_position: string }>(
    'SELECT epoch, first_position FROM log_epochs ORDER BY first_position DESC, began_at DESC',
  );
  return rows.map(({ epoch, first_position }) => ({ id: epoch, first: Number(first_position) }));
}
