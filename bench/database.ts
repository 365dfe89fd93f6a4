import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { AppModule } from '../src/app.module';
import { migrate } from '../src/database/data-source';
import { EmbeddedPostgres } from '../src/database/embedded-postgres';
import { auditWriteModel } from '../test/support/audit';

/** On the disk of the repository: a temporary folder may lie in memory, where a flush costs nothing. */
const DATA_DIR = join(__dirname, '../.data/bench');

/** The PostgreSQL that all is measured on, as durable as the service has it. */
export class DatabaseServer {
  private databases = 0;

  private constructor(
    private readonly postgres: EmbeddedPostgres,
    readonly version: string,
  ) {}

  static async start(): Promise<DatabaseServer> {
    // Room for the baseline's 128 connections; all else is as the service would start it.
    const postgres = await EmbeddedPostgres.start({
      dataDir: DATA_DIR,
      settings: { max_connections: '200' },
    });
    return connectedTo(postgres.url, async (client) => {
      const left = await client.query<{ name: string }>(
        `SELECT datname AS name FROM pg_database WHERE datname LIKE 'bench\\_%'`,
      );
      for (const { name } of left.rows) await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
      const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
      return new DatabaseServer(postgres, rows[0].server_version);
    });
  }

  /**
   * A new database on the newest schema.
   * @param fill puts into it what is there when the measurement begins
   */
  async create(fill: (client: Client) => Promise<void>): Promise<Database> {
    this.databases += 1;
    const name = `bench_${this.databases}`;
    await connectedTo(this.postgres.url, (client) => client.query(`CREATE DATABASE ${name}`));
    const url = new URL(this.postgres.url);
    url.pathname = name;
    await migrate(url.href, AppModule.migrations);
    await connectedTo(url.href, async (client) => {
      await fill(client);
      await client.query('VACUUM ANALYZE');
      // What was written so far must not be flushed at the cost of what is measured next.
      await client.query('CHECKPOINT');
    });
    const drop = () =>
      connectedTo(this.postgres.url, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
    return new Database(url.href, async () => void (await drop()));
  }

  async stop(): Promise<void> {
    await this.postgres.stop();
    await rm(DATA_DIR, { recursive: true, force: true });
  }
}

export class Database {
  constructor(
    readonly url: string,
    readonly drop: () => Promise<void>,
  ) {}

  /** Allocated lines of all SKUs. */
  async lines(): Promise<number> {
    return connectedTo(this.url, async (client) => {
      const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM allocations');
      return Number(rows[0].count);
    });
  }

  /** @returns what is wrong with the write model, one sentence each */
  audit(): Promise<string[]> {
    return auditWriteModel(this.url);
  }
}

export async function connectedTo<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
