import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseClient } from '../client';
import type { FileLock } from './file-lock';
import { levelOf, LOG_LINE_PREFIX, type PostgresLog } from './log';
import { postgresEnvironment, type RunAs } from './programs';

const DATABASE = 'allocation';
const ANSWER_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;
const TAIL_LINES = 20;
/** SQLSTATE cannot_connect_now: it is starting up, which after a crash takes as long as its log is long. */
const STARTING = '57P03';

/** One run of the program `postgres`. */
export class Server {
  /** Settles when it has ended, with how. */
  readonly ended: Promise<string>;
  private readonly process: ChildProcess;
  private readonly tail: string[] = [];
  private running = true;

  /**
   * @param programs the folder with the program
   * @param lock of the data; all processes of the server inherit it, and this process lets go of it
   */
  constructor(
    programs: string,
    data: string,
    settings: Record<string, string>,
    runAs: RunAs,
    lock: FileLock,
    log: PostgresLog,
  ) {
    const all = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: '100',
      shared_buffers: '128MB',
      // Nobody replicates from here, so the log need only serve recovery.
      wal_level: 'minimal',
      max_wal_senders: '0',
      log_line_prefix: LOG_LINE_PREFIX,
      log_checkpoints: 'off',
      ...settings,
    };
    const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    try {
      this.process = spawn(join(programs, 'postgres'), ['-D', data, ...flags], {
        ...runAs,
        cwd: data,
        env: postgresEnvironment,
        stdio: ['ignore', 'ignore', 'pipe', lock.descriptor],
        // Ctrl-C in a terminal is for the service, which then stops its database last.
        detached: true,
      });
    } finally {
      lock.release();
    }
    const leave = () => this.process.kill('SIGINT');
    process.once('exit', leave);
    this.ended = new Promise((resolve) => {
      const end = async (how: string) => {
        this.running = false;
        process.off('exit', leave);
        // Its last words may still be on their way; backends that outlive it hold the line open.
        await Promise.race([closed, pause(500)]);
        resolve(how);
      };
      const closed = new Promise((close) => this.process.once('close', close));
      this.process.once('error', (error) => void end(error.message));
      this.process.once('exit', (code, signal) => void end(signal ?? `exit code ${code}`));
    });
    let level: keyof PostgresLog = 'warn';
    createInterface({ input: this.process.stderr! }).on('line', (line) => {
      level = levelOf(line) ?? level;
      log[level](line);
      if (level === 'debug') return;
      this.tail.push(line);
      this.tail.splice(0, this.tail.length - TAIL_LINES);
    });
  }

  /**
   * Waits until the server accepts connections, and creates the database when it is missing.
   * @throws Error with the server's last words when it has ended, or says nothing for a minute
   */
  async ready(port: number, password: string): Promise<void> {
    let problem: unknown;
    let deadline = Date.now() + ANSWER_TIMEOUT_MS;
    while (this.running && Date.now() < deadline) {
      try {
        return await createDatabase(databaseUrl(port, password, 'postgres'));
      } catch (error) {
        problem = error;
        if ((error as { code?: unknown }).code === STARTING) deadline = Date.now() + ANSWER_TIMEOUT_MS;
        await pause(20);
      }
    }
    const how = this.running
      ? `not ready, and no answer for ${ANSWER_TIMEOUT_MS / 1000} s: ${String(problem)}`
      : await this.ended;
    throw new Error(`PostgreSQL does not start (${how}).${this.lastWords()}`);
  }

  /** A fast shutdown; when that takes too long, the one that the next start recovers from. */
  async stop(): Promise<void> {
    for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
      if (this.running && this.process.kill(signal)) {
        await Promise.race([this.ended, pause(STOP_TIMEOUT_MS, undefined, { ref: false })]);
      }
    }
    if (this.running) {
      throw new Error(
        `PostgreSQL does not stop: end process ${this.process.pid} by hand.${this.lastWords()}`,
      );
    }
  }

  lastWords(): string {
    return this.tail.map((line) => `\n  ${line}`).join('');
  }
}

export function databaseUrl(port: number, password: string, database = DATABASE): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
}

async function createDatabase(serverUrl: string): Promise<void> {
  const client = new DatabaseClient({ connectionString: serverUrl, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const found = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) {
      await client.query(`CREATE DATABASE ${DATABASE}`);
    }
  } finally {
    await client.end();
  }
}
