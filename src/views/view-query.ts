import type { DataSource } from 'typeorm';
import { Unavailable } from '../allocation/contracts';
import { isConnectionError } from '../database/errors';

/**
 * Reads from the views.
 * @throws Unavailable when the database cannot be reached
 */
export async function viewQuery<Row>(
  source: Pick<DataSource, 'query'>,
  sql: string,
  parameters: unknown[],
): Promise<Row[]> {
  try {
    return await source.query<Row[]>(sql, parameters);
  } catch (error) {
    if (isConnectionError(error)) throw new Unavailable('The database cannot be reached', { cause: error });
    throw error;
  }
}
