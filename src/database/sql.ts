import { type Client, DatabaseError, type PoolClient, type QueryConfig, type QueryResult } from 'pg';
import type { DataSource } from 'typeorm';
import { currentCorrelation } from '../correlation';
import { recordedPart } from '../idempotent-request';
import { throwTranslated } from './errors';
import { prepared } from './prepared';
import { keyInUse, recordParts } from './recorded-requests';
import { observed } from './statements';
import type { Query } from './transaction';

/** Runs statements. What the driver answers, and what it throws when the database cannot serve, stays in here. */
export abstract class Statements {
  /** @returns the rows that a statement answers, those of a RETURNING included */
  async rows<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.run(text, values)).rows as Row[];
  }

  /** @returns the first of them; undefined when there is none */
  async row<Row>(text: string, values: unknown[] = []): Promise<Row | undefined> {
    return (await this.rows<Row>(text, values))[0];
  }

  /** @returns how many rows a statement has written or removed */
  async count(text: string, values: unknown[] = []): Promise<number> {
    return (await this.run(text, values)).rowCount ?? 0;
  }

  /** `rows` for what is handed a way to send statements, and does not know whether somebody waits between them. */
  readonly query: Query = (text, values) => this.rows(text, values);

  protected abstract run(text: string, values: unknown[]): Promise<QueryResult>;
}

/** How statements are run. */
export interface SqlOptions {
  /** Whether each is planned once for a connection, whatever its values: see `prepared`. */
  readonly isPrepared?: boolean;
  /** How long to wait for an answer, in milliseconds; as the data source has it when left out. */
  readonly answerMs?: number;
}

/** For what a client waits for who may have had to wait for a connection, too: half of what he waits as a rule. */
export const WAITED_FOR: SqlOptions = { answerMs: 4_000 };

/**
 * Statements, each on any connection of a data source, and transactions. Every call throws Unavailable when the database
 * cannot serve right now. Commands have a way of their own, which sends statements without waiting: `inTransaction`.
 */
export class Sql extends Statements {
  constructor(
    private readonly dataSource: DataSource,
    private readonly options: SqlOptions = {},
  ) {
    super();
  }

  /** Runs `work` in a transaction, which is committed when it returns and rolled back when it throws. */
  transaction<T>(work: (sql: Transaction) => Promise<T>): Promise<T> {
    return this.session((session) => session.transaction(work));
  }

  /**
   * Runs `work` in a transaction, as `transaction` does, as the one thing that a request asks for: if its client named it
   * by an Idempotency-Key, what it came to is recorded in the same transaction, and `work` is not run when it was before.
   * @returns what `work` returned, this time or the first time; then as JSON bears it
   * @throws KeyInUse when another request with that key is just being carried out
   */
  async once<T>(work: (sql: Transaction) => Promise<T>): Promise<T> {
    const { idempotency } = currentCorrelation();
    if (!idempotency?.take()) return this.transaction(work);
    if (idempotency.isKnown) return idempotency.result as T;
    try {
      return await this.transaction(async (sql) => {
        const result = await work(sql);
        await recordParts(sql.query, [recordedPart(idempotency, result)]);
        return result;
      });
    } catch (error) {
      const reason = keyInUse(error) ?? error;
      idempotency.release(reason);
      throw reason;
    }
  }

  /** Runs `work` on one connection, for what belongs to a connection: an advisory lock. */
  session<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.onConnection((client) => work(new Session(client, this.options)));
  }

  protected override run(text: string, values: unknown[]): Promise<QueryResult> {
    return this.onConnection((client) => ask(client, text, values, this.options));
  }

  private async onConnection<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      return await work((await runner.connect()) as PoolClient);
    } catch (error) {
      throwTranslated(error);
    } finally {
      await runner.release();
    }
  }
}

/** Statements on one connection, in the order in which they are asked. */
export class Session extends Statements {
  constructor(
    private readonly client: PoolClient,
    private readonly options: SqlOptions = {},
  ) {
    super();
  }

  /** Runs the work in a transaction of this connection, as `Sql.transaction` does on one of the pool. */
  async transaction<T>(work: (sql: Transaction) => Promise<T>): Promise<T> {
    const transaction = new Transaction(this.client, this.options);
    let result: T;
    try {
      await this.run('BEGIN', []);
      result = await work(transaction);
      await this.run('COMMIT', []);
    } catch (error) {
      // What spoiled the transaction counts, and not that a connection which is gone cannot be told.
      await this.run('ROLLBACK', []).catch(() => {});
      throw error;
    }
    transaction.committed();
    return result;
  }

  protected override run(text: string, values: unknown[]): Promise<QueryResult> {
    return ask(this.client, text, values, this.options);
  }
}

/** The statements of one transaction. */
export class Transaction extends Statements {
  private readonly following: (() => void)[] = [];

  constructor(
    private readonly client: PoolClient,
    private readonly options: SqlOptions = {},
  ) {
    super();
  }

  /**
   * Has something done once the transaction is committed, and not at all if it is rolled back. A crash in between leaves
   * it undone, so it may only make sooner what happens anyhow.
   */
  afterCommit(work: () => void): void {
    this.following.push(work);
  }

  /** Does what was to be done once the transaction is committed; called when it is. */
  committed(): void {
    for (const work of this.following) work();
  }

  protected override run(text: string, values: unknown[]): Promise<QueryResult> {
    return ask(this.client, text, values, this.options);
  }
}

async function ask(
  client: PoolClient,
  text: string,
  values: unknown[],
  { isPrepared, answerMs }: SqlOptions,
): Promise<QueryResult> {
  const statement = isPrepared ? prepared(text, values) : { text, values };
  const answered = observed(text);
  try {
    const result = await client.query({ ...statement, query_timeout: answerMs } as QueryConfig);
    answered?.();
    return result;
  } catch (error) {
    answered?.(error);
    // Behind what was not answered in time, the next statement would wait as long again.
    if (!(error instanceof DatabaseError)) (client as unknown as Client).connection.stream.destroy();
    throw error;
  }
}
