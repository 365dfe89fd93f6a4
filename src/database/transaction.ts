import type { Duplex } from 'node:stream';
import { type Client, DatabaseError, type QueryConfig, type QueryResult } from 'pg';
import type { DataSource } from 'typeorm';
import { arrayLiteral } from './array-literal';
import { prepared } from './prepared';
import { observed } from './statements';

/**
 * Runs a statement with its parameters and answers its rows. Statements are sent at once, without waiting for
 * the answers to those before them; PostgreSQL carries them out in the order in which they were asked.
 */
export type Query = <Row>(sql: string, parameters: unknown[]) => Promise<Row[]>;

export interface TransactionOptions {
  /** How long a statement may wait for a lock, a whole number of milliseconds. */
  readonly lockTimeoutMs: number;
  /** How long to wait for the answer to a statement, in milliseconds. */
  readonly answerMs?: number;
  /**
   * Called when the transaction begins to wait for the database, and with each answer: it is alive.
   * @param isWaiting whether answers are still to come; if not, the service itself is at work
   */
  readonly onProgress?: (isWaiting: boolean) => void;
}

/**
 * How long a single statement may take, in milliseconds. A database that does not answer any more must not keep
 * its callers for longer than they wait themselves; large changes are sent in many statements.
 */
const STATEMENT_MS = 8_000;

/**
 * Runs `work` in a transaction, which is committed when it returns and rolled back when it throws.
 * @throws what `work` or one of its statements throws
 */
export async function inTransaction<R>(
  dataSource: DataSource,
  { lockTimeoutMs, answerMs = STATEMENT_MS, onProgress }: TransactionOptions,
  work: (query: Query) => Promise<R>,
): Promise<R> {
  const runner = dataSource.createQueryRunner();
  let unanswered = 0;
  onProgress?.(true);
  try {
    const client = (await runner.connect()) as Client;
    const sent = new Set<Promise<unknown>>();
    let failure: { readonly error: unknown } | undefined;
    const send = <Row>(statement: QueryConfig): Promise<Row[]> => {
      holdBack(client.connection.stream);
      const answered = observed(statement.text);
      if (unanswered === 0) onProgress?.(true);
      unanswered += 1;
      const rows = new Promise<Row[]>((resolve, reject) => {
        // The driver calls back at once, before anything behind it is sent, when it cannot even write the
        // statement. A promise of the driver would be rejected only after the COMMIT has left.
        const { name, text, values } = statement;
        client.query({ name, text, values, query_timeout: answerMs } as QueryConfig, (error, result) => {
          unanswered -= 1;
          // What the driver says by itself, of a lost connection or of time that is up, is no answer.
          if (!error || error instanceof DatabaseError) onProgress?.(unanswered > 0);
          answered?.(error);
          if (error) {
            failure ??= { error };
            reject(error);
          } else resolve((result as unknown as QueryResult<Row & object>).rows);
        });
      });
      sent.add(rows);
      // Nobody has to wait for it; if it fails, the transaction does.
      rows.then(
        () => sent.delete(rows),
        () => {},
      );
      return rows;
    };
    const query: Query = (text, values) => {
      if (!failure) return send(prepared(text, values.map(written)));
      // If it was BEGIN that failed, the statement would be committed by itself.
      const refused = Promise.reject(new Error('An earlier statement failed', { cause: failure.error }));
      refused.catch(() => {});
      return refused;
    };
    void send({ text: `BEGIN; SET LOCAL lock_timeout = ${lockTimeoutMs}` });
    try {
      const result = await work(query);
      if (failure) throw failure.error;
      // After a statement that failed at the server this is a rollback, but then that statement throws here.
      void send({ text: 'COMMIT' });
      await Promise.all(sent);
      return result;
    } catch (error) {
      // A statement that could not be written leaves the driver in the dark about what the server has prepared.
      if (failure && !(failure.error instanceof DatabaseError)) client.connection.stream.destroy();
      void send({ text: 'ROLLBACK' });
      await Promise.allSettled(sent);
      // What failed first is the cause; those behind it only say that the transaction was aborted.
      throw failure ? failure.error : error;
    }
  } finally {
    await runner.release();
  }
}

/**
 * Runs `work`, which need not wait for the statements that it sends, and waits for the answers to all of them.
 * @throws what `work` or one of its statements throws
 */
export async function untilAnswered(query: Query, work: (query: Query) => Promise<void>): Promise<void> {
  const sent: Promise<unknown>[] = [];
  await work((sql, parameters) => {
    const rows = query<never>(sql, parameters);
    rows.catch(() => {});
    sent.push(rows);
    return rows;
  });
  await Promise.all(sent);
}

function written(value: unknown): unknown {
  return Array.isArray(value) ? arrayLiteral(value) : value;
}

/**
 * Lets what is written to the stream from here to the end of the current turn go out at once. A system call for
 * each statement, and a database that is woken up by each, take more time than the statements themselves.
 */
function holdBack(stream: Duplex): void {
  stream.cork();
  process.nextTick(() => stream.uncork());
}
