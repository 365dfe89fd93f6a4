import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseClient } from '../client';
import type { Cluster } from './cluster';
import { postgresEnvironment, type RunAs } from './programs';

const DATABASE = 'allocation';
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;
const TAIL_LINES = 20;

/** One run of the program `postgres`. */
export class Server {
  /** Settles when it has ended, with how. */
  readonly ended: Promise<string>;
  private readonly process: ChildProcess;
  private readonly tail: string[] = [];
  private running = true;

  constructor(
    programs: string,
    data: string,
    settings: Record<string, string>,
    runAs: RunAs,
    log: (line: string) => void,
  ) {
    const all = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: '100',
      shared_buffers: '128MB',
      // Nobody replicates from here, so the log need only serve recovery.
      wal_level: 'minimal',
      max_wal_senders: '0',
      log_line_prefix: '',
      log_checkpoints: 'off',
      ...settings,
    };
    const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    this.process = spawn(join(programs, 'postgres'), ['-D', data, ...flags], {
      ...runAs,
      cwd: data,
      env: postgresEnvironment,
      stdio: ['ignore', 'ignore', 'pipe'],
      // Ctrl-C in a terminal is for the service, which then stops its database last.
      detached: true,
    });
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
    createInterface({ input: this.process.stderr! }).on('line', (line) => {
      this.tail.push(line);
      this.tail.splice(0, this.tail.length - TAIL_LINES);
      log(line);
    });
  }

  /**
   * Waits until the server accepts connections, and creates the database when it is missing.
   * @returns the URL of the database
   * @throws Error with the server's last words when it has ended, or does not answer before `deadline`
   */
  async ready(port: number, { password }: Cluster, deadline: number): Promise<string> {
    const url = `postgres://postgres:${password}@127.0.0.1:${port}`;
    let problem: unknown;
    while (this.running && Date.now() < deadline) {
      try {
        await createDatabase(`${url}/postgres`);
        return `${url}/${DATABASE}`;
      } catch (error) {
        problem = error;
        await pause(20);
      }
    }
    const how = this.running
      ? `not ready after ${START_TIMEOUT_MS / 1000} s: ${String(problem)}`
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
