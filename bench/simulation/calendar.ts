import type { Client } from 'pg';
import type { ServiceProcess } from '../service';

const DAY_MS = 86_400_000;

/** The days of a simulation. Day 0 is today. */
export class Calendar {
  private readonly startMs = Math.floor(Date.now() / DAY_MS) * DAY_MS;

  /**
   * Gives a database a clock that can be put forward, for connections and tables that are made from then on: the schema
   * comes before pg_catalog, so that statements and defaults of columns find its functions first.
   */
  static async install(client: Client): Promise<void> {
    await client.query('CREATE SCHEMA calendar');
    await putForward(client, 0);
    const { rows } = await client.query<{ name: string }>('SELECT quote_ident(current_database()) AS name');
    await client.query(`ALTER DATABASE ${rows[0].name} SET search_path = public, calendar, pg_catalog`);
  }

  /**
   * @param client of a database with such a clock
   * @param service that runs with `process-clock.ts`
   */
  constructor(
    private readonly client: Client,
    private readonly service: Pick<ServiceProcess, 'notify'>,
  ) {}

  /** Begins a day: both clocks skip what is left of the night before, and go on as ever. */
  async begin(day: number): Promise<void> {
    await putForward(this.client, day);
    await this.service.notify(day * DAY_MS);
  }

  /** As 2030-01-31. */
  dateOf(day: number): string {
    return new Date(this.startMs + day * DAY_MS).toISOString().slice(0, 10);
  }

  dayOf(date: string): number {
    return (Date.parse(date) - this.startMs) / DAY_MS;
  }
}

/** The number of days is part of the functions, so that a statement is planned with it and costs no more than ever. */
async function putForward(client: Client, days: number): Promise<void> {
  for (const [name, volatility] of [
    ['now', 'STABLE'],
    ['clock_timestamp', 'VOLATILE'],
  ])
    await client.query(
      `CREATE OR REPLACE FUNCTION calendar.${name}() RETURNS timestamptz ${volatility} LANGUAGE sql
       AS $$ SELECT pg_catalog.${name}() + interval '${days} days' $$`,
    );
}
