import { throwTranslated } from '../database/errors';

/** Whatever runs a statement and answers its rows: the data source, a transaction, prepared statements. */
export interface Statements {
  query<Rows>(sql: string, parameters: unknown[]): Promise<Rows>;
}

/**
 * Begins a statement whose commit does not wait for the disk; the statement must read from `relaxed`. A crash
 * of the database can take back what it wrote, and with it the note that the events were delivered, which is
 * written later: so they are delivered again.
 */
export const RELAXED = `WITH relaxed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))`;

/**
 * Reads from the views.
 * @throws Unavailable when the database cannot serve right now
 */
export function viewQuery<Row>(source: Statements, sql: string, parameters: unknown[]): Promise<Row[]> {
  return source.query<Row[]>(sql, parameters).catch(throwTranslated);
}
