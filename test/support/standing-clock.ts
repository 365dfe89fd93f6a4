import { Client } from 'pg';
import { nameOf } from './test-database';

/** The clock of a database, which stands still until it is told to go on. */
export class StandingClock {
  private constructor(
    private readonly client: Client,
    private time: number,
  ) {}

  /**
   * Gives a database such a clock: whoever connects from then on has it. Named before pg_catalog, a schema has the
   * functions that the service's statements find first.
   */
  static async in(databaseUrl: string, time = '2031-01-01T00:00:00.000Z'): Promise<StandingClock> {
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query('CREATE SCHEMA standing');
    await client.query(`CREATE TABLE standing.clock AS SELECT '${time}'::timestamptz AS time`);
    for (const name of ['clock_timestamp', 'now'])
      await client.query(
        `CREATE FUNCTION standing.${name}() RETURNS timestamptz STABLE LANGUAGE sql AS 'SELECT time FROM standing.clock'`,
      );
    await client.query(
      `ALTER DATABASE ${nameOf(databaseUrl)} SET search_path = public, standing, pg_catalog`,
    );
    return new StandingClock(client, Date.parse(time));
  }

  /** In milliseconds. */
  now(): number {
    return this.time;
  }

  async pass(seconds: number): Promise<void> {
    this.time += seconds * 1_000;
    await this.client.query('UPDATE standing.clock SET time = $1', [new Date(this.time)]);
  }

  async stop(): Promise<void> {
    await this.client.end();
  }
}
