import type { PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import { prepared } from '../../../database/prepared';

/**
 * Runs a statement with its parameters and answers its rows. Statements are sent at once, without waiting for
 * the answers to those before them; PostgreSQL carries them out in the order in which they were asked.
 */
export type Query = <Row>(sql: string, parameters: unknown[]) => Promise<Row[]>;

/**
 * Runs `work` in a transaction, which is committed when it returns and rolled back when it throws.
 * @throws what `work` or one of its statements throws
 */
export async function inTransaction<R>(
  dataSource: DataSource,
  work: (query: Query) => Promise<R>,
): Promise<R> {
  const runner = dataSource.createQueryRunner();
  try {
    const client = (await runner.connect()) as PoolClient;
    const sent: Promise<unknown>[] = [];
    const send = <T>(answer: Promise<T>): Promise<T> => {
      // Nobody has to wait for it; if it fails, the transaction does.
      answer.catch(() => {});
      sent.push(answer);
      return answer;
    };
    void send(client.query('BEGIN'));
    const query = <Row>(text: string, values: unknown[]) =>
      send(client.query<Row & object>(prepared(text, values)).then(({ rows }) => rows as Row[]));
    try {
      const result = await work(query);
      // After a statement that failed this would be a rollback, but then that statement throws here.
      await Promise.all([...sent, client.query('COMMIT')]);
      return result;
    } catch (error) {
      await Promise.allSettled([...sent, client.query('ROLLBACK')]);
      throw error;
    }
  } finally {
    await runner.release();
  }
}
