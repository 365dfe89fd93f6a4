import type { PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import { prepared } from '../../../database/prepared';

/**
 * Runs a statement with its parameters and answers its rows. Statements are sent at once, without waiting for
 * the answers to those before them; PostgreSQL carries them out in the order in which they were asked.
 */
export type Query = <Row>(sql: string, parameters: unknown[]) => Promise<Row[]>;

/**
 * The statements of this module are few and constant, so each connection parses and plans them once. A plan that
 * is kept must stay right however the tables grow, and PostgreSQL makes it from what it knows of them at first,
 * which may be that they are empty. So the statements are written in such a way that there is no other plan than
 * one down an index for every key: with LATERAL and LIMIT, or with a condition that names all keys even where a
 * join says the same. No whole table is ever read, and none sorted that has its rows in order.
 */
const BEGIN = `BEGIN; SET LOCAL plan_cache_mode = force_generic_plan;
  SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off`;

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
    void send(client.query(BEGIN));
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
