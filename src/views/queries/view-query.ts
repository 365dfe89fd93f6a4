import { throwTranslated } from '../../database/errors';

/** Whatever runs a statement and answers its rows: the data source, a transaction, prepared statements. */
export interface Statements {
  query<Rows>(sql: string, parameters: unknown[]): Promise<Rows>;
}

/**
 * Reads from the views.
 * @throws Unavailable when the database cannot serve right now
 */
export function viewQuery<Row>(source: Statements, sql: string, parameters: unknown[]): Promise<Row[]> {
  return source.query<Row[]>(sql, parameters).catch(throwTranslated);
}
