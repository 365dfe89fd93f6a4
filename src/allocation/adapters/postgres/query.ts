import type { Duplex } from 'node:stream';
import type { Client, QueryConfig } from 'pg';
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
    const client = (await runner.connect()) as Client;
    const sent: Promise<unknown>[] = [];
    const send = <Row>(statement: string | QueryConfig): Promise<Row[]> => {
      holdBack(client.connection.stream);
      const rows = client.query<Row & object>(statement).then((result) => result.rows as Row[]);
      // Nobody has to wait for it; if it fails, the transaction does.
      rows.catch(() => {});
      sent.push(rows);
      return rows;
    };
    const query: Query = (text, values) => send(prepared(text, values));
    void send('BEGIN');
    try {
      const result = await work(query);
      // After a statement that failed this would be a rollback, but then that statement throws here.
      void send('COMMIT');
      await Promise.all(sent);
      return result;
    } catch (error) {
      void send('ROLLBACK');
      await Promise.allSettled(sent);
      throw error;
    }
  } finally {
    await runner.release();
  }
}

/**
 * Lets what is written to the stream from here to the end of the current turn go out at once. A system call for
 * each statement, and a database that is woken up by each, take more time than the statements themselves.
 */
function holdBack(stream: Duplex): void {
  stream.cork();
  process.nextTick(() => stream.uncork());
}
