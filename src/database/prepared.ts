import type { PoolClient, QueryConfig } from 'pg';
import type { DataSource } from 'typeorm';

const names = new Map<string, string>();

/**
 * A statement that each connection parses and plans once, and then knows by a name. Only for statements whose
 * text is constant: every text is kept for good, here and in PostgreSQL. How they must be written: see
 * `KEYED_PLANS`.
 */
export function prepared(text: string, values: unknown[]): QueryConfig {
  let name = names.get(text);
  // PostgreSQL takes names of up to 63 characters.
  if (name === undefined) names.set(text, (name = `statement_${names.size + 1}`));
  return { name, text, values };
}

/** Runs single statements, prepared, each on any connection of the data source. */
export class PreparedStatements {
  /** @param answerMs how long to wait for an answer, in milliseconds; as the data source has it when left out */
  constructor(
    private readonly dataSource: DataSource,
    private readonly answerMs?: number,
  ) {}

  /** @returns the rows */
  async query<Rows>(text: string, values: unknown[]): Promise<Rows> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as PoolClient;
      const { rows } = await client.query({
        ...prepared(text, values),
        query_timeout: this.answerMs,
      } as QueryConfig);
      return rows as Rows;
    } finally {
      await runner.release();
    }
  }
}
