import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { AppModule } from '../src/app.module';
import { migrate } from '../src/database/data-source';
import { EmbeddedPostgres } from '../src/database/embedded-postgres';
import { auditWriteModel } from '../test/support/audit';

/** On the disk of the repository: a temporary folder may lie in memory, where a flush costs nothing. */
const DATA_DIR = join(__dirname, '../.data/bench');

/** What PostgreSQL has from 18 on: the first 48 bits are the time in milliseconds (RFC 9562). */
const UUIDV7 = `
  CREATE FUNCTION uuidv7() RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT encode(
      set_bit(set_bit(overlay(
        uuid_send(gen_random_uuid())
        PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6
      ), 52, 1), 53, 1), 'hex')::uuid
  $$`;

/** The PostgreSQL that all is measured on. */
export class DatabaseServer {
  private databases = 0;

  private constructor(
    private readonly url: string,
    /** Its version and how it is set up, as a report says it. */
    readonly description: string,
    /** Such as `15`. */
    readonly majorVersion: number,
    readonly stop: () => Promise<void>,
  ) {}

  /** The service's own, as durable as the service has it. */
  static async startEmbedded(): Promise<DatabaseServer> {
    // Room for the baseline's 128 connections; all else is as the service would start it.
    const postgres = await EmbeddedPostgres.start({
      dataDir: DATA_DIR,
      settings: { max_connections: '200' },
    });
    return DatabaseServer.on(postgres.url, 'embedded', async () => {
      await postgres.stop();
      await rm(DATA_DIR, { recursive: true, force: true });
    });
  }

  /**
   * One that runs already, with the settings that it has.
   * @param url of any of its databases; the user may create databases
   */
  static connect(url: string): Promise<DatabaseServer> {
    return DatabaseServer.on(url, 'not embedded', async () => {});
  }

  private static on(url: string, kind: string, stop: () => Promise<void>): Promise<DatabaseServer> {
    return connectedTo(url, async (client) => {
      const left = await client.query<{ name: string }>(
        `SELECT datname AS name FROM pg_database WHERE datname LIKE 'bench\\_%'`,
      );
      for (const { name } of left.rows) await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
      const { rows } = await client.query<Record<string, string>>(
        `SELECT current_setting('server_version') AS version, current_setting('server_version_num') AS number,
                current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit,
                current_setting('jit') AS jit, current_setting('shared_buffers') AS shared_buffers`,
      );
      const { version, number, ...settings } = rows[0];
      const shown = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
      return new DatabaseServer(
        url,
        `${version}, ${kind}, ${shown.join(', ')}`,
        Math.floor(Number(number) / 10_000),
        stop,
      );
    });
  }

  /**
   * A new database on the newest schema.
   * @param fill puts into it what is there when the measurement begins
   * @param prepare what the schema has to find
   */
  async create(
    fill: (client: Client) => Promise<void>,
    prepare?: (client: Client) => Promise<void>,
  ): Promise<Database> {
    this.databases += 1;
    const name = `bench_${this.databases}`;
    await connectedTo(this.url, (client) => client.query(`CREATE DATABASE ${name}`));
    const url = new URL(this.url);
    url.pathname = name;
    if (prepare) await connectedTo(url.href, prepare);
    await migrate(url.href, AppModule.migrations);
    await connectedTo(url.href, async (client) => {
      if (this.majorVersion < 18) await client.query(UUIDV7);
      await fill(client);
      await client.query('VACUUM ANALYZE');
      // What was written so far must not be flushed at the cost of what is measured next.
      await client.query('CHECKPOINT');
    });
    const drop = () => connectedTo(this.url, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
    return new Database(url.href, async () => void (await drop()));
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
