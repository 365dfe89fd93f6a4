import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Pool } from 'pg';
import { type ConnectionObserver, DatabaseClient } from './client';
import { DatabaseSettings } from './database-settings';
import { databaseErrorCode, DISK_FULL, PERMISSION_DENIED, READ_ONLY, throwTranslated } from './errors';
import { isReadOnly } from './host';
import { sessionOf } from './session';
import { announced } from '../unavailable';

/** What keeps a database that answers from being written to, and what the log says of it. */
const TROUBLES = {
  [READ_ONLY]: 'it is read-only (it became a standby, or default_transaction_read_only is on)',
  [DISK_FULL]: 'its disk is full',
};
type Trouble = keyof typeof TROUBLES;

/** The pause between two attempts to write while there is trouble. */
const PAUSE_MS = 1_000;

/**
 * A write that needs room on the disk, durable like that of a command, of which nothing stays. So much room that a
 * command finds some too.
 */
const WRITE = `BEGIN; SET LOCAL temp_tablespaces = '';
  CREATE TEMP TABLE room ON COMMIT DROP AS SELECT repeat('x', 1000) FROM generate_series(1, 1000);
  COMMIT`;

/**
 * Knows whether the database answers and takes writes. That it does not, it learns from the errors on the connections
 * for commands; that it does again, by writing something itself from then on. Its own connection is used by neither
 * commands nor questions, so that whoever asks does not wait behind them.
 */
@Injectable()
export class DatabaseHealth implements ConnectionObserver, OnApplicationShutdown {
  private readonly logger = new Logger(DatabaseHealth.name);
  private readonly pool: Pool;
  private readonly followers = new Set<DatabaseClient>();
  private trouble?: Trouble;
  private examination?: Promise<void>;
  private timer?: NodeJS.Timeout;
  private stopped = false;

  constructor({ DATABASE_URL: connectionString }: DatabaseSettings) {
    const options: object = {
      Client: DatabaseClient,
      connectionString,
      application_name: 'stock-allocation health',
      max: 1,
      connectionTimeoutMillis: 1_000,
      query_timeout: 2_000,
      idleTimeoutMillis: 60_000,
      onConnect: sessionOf({ statement_timeout: '1s', lock_timeout: '1s' }),
    };
    this.pool = new Pool(options);
    // The next examination finds out.
    this.pool.on('error', () => undefined);
  }

  /** Watches a connection for commands. */
  opened(client: DatabaseClient): void {
    this.follow(client);
    client.connection.on('errorMessage', (error: { code?: string }) => {
      if (!isTrouble(error.code)) return;
      announced.add(error);
      this.begin(error.code);
    });
  }

  /** Gives the connection up when another server may have taken over. */
  follow(client: DatabaseClient): void {
    this.followers.add(client);
    client.once('end', () => this.followers.delete(client));
  }

  /** @throws Unavailable when the database does not answer, or takes no writes */
  async check(): Promise<void> {
    await this.examine();
    if (this.trouble) throwTranslated({ code: this.trouble });
  }

  /**
   * Runs a short statement on the same connection, for what must not wait behind commands and questions either.
   * @throws Unavailable
   */
  async ask<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    const { rows } = await this.pool.query(text, values).catch(throwTranslated);
    return rows as Row[];
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.examination?.catch(() => undefined);
    await this.pool.end();
  }

  /** Asks the database. Who asks meanwhile gets the same answer. @throws Unavailable when it does not answer */
  private examine(): Promise<void> {
    this.examination ??= this.look().finally(() => (this.examination = undefined));
    return this.examination;
  }

  private async look(): Promise<void> {
    const client = await this.pool.connect().catch(throwTranslated);
    try {
      if (await isReadOnly(client)) throw Object.assign(new Error(), { code: READ_ONLY });
      if (this.trouble) await client.query(WRITE);
      client.release();
      this.end();
    } catch (error) {
      // A new connection may lead to another server, which has taken over.
      client.release(true);
      const code = databaseErrorCode(error);
      if (isTrouble(code)) this.begin(code);
      // Where temporary tables are not allowed, the next command has to show it.
      else if (code === PERMISSION_DENIED) this.end();
      else throwTranslated(error);
    }
  }

  private begin(trouble: Trouble): void {
    if (this.trouble !== trouble) {
      this.logger.error(
        `The database takes no writes: ${TROUBLES[trouble]}. Until it does, commands are answered 503 and the service is not ready`,
      );
      this.trouble = trouble;
    }
    if (this.timer || this.stopped) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.examine().then(
        () => this.trouble && this.begin(this.trouble),
        () => this.trouble && this.begin(this.trouble),
      );
    }, PAUSE_MS).unref();
  }

  private end(): void {
    if (!this.trouble) return;
    // What is connected to a server that has become a standby would stay there, and read what is long outdated.
    if (this.trouble === READ_ONLY) for (const client of this.followers) client.giveUp();
    this.trouble = undefined;
    this.logger.log('The database takes writes again');
  }
}

function isTrouble(code: string | undefined): code is Trouble {
  return code !== undefined && code in TROUBLES;
}
