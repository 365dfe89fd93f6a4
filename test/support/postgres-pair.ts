import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findHome, openCluster } from '../../src/database/embedded/cluster';
import { postgresEnvironment, type RunAs, usablePrograms } from '../../src/database/embedded/programs';
import { query } from './sql';
import { TcpProxy } from './tcp-proxy';
import { until } from './until';

const DATABASE = 'allocation';

/** A server whose machine can vanish. */
class Machine {
  constructor(
    readonly port: number,
    readonly url: string,
    private readonly postmaster: ChildProcess,
  ) {}

  /** All of it ends, and nobody has time for a word. */
  kill(): void {
    const pids = this.freeze();
    for (const pid of pids) signal(pid, 'SIGKILL');
  }

  /** From now on it says nothing, and what is connected to it stays so. @returns its processes */
  freeze(): number[] {
    const pid = this.postmaster.pid!;
    // Each backend is the leader of a group of its own. Who has been stopped starts no other.
    signal(pid, 'SIGSTOP');
    const pids = [pid, ...childrenOf(pid)];
    for (const pid of pids) signal(pid, 'SIGSTOP');
    return pids;
  }

  async ended(): Promise<void> {
    if (this.postmaster.exitCode === null && this.postmaster.signalCode === null) {
      await once(this.postmaster, 'exit');
    }
  }
}

/**
 * A primary and a standby of the PostgreSQL that npm brings. A commit is acknowledged when it is on both
 * (`synchronous_standby_names`). Nothing is flushed to disk, since what dies here are processes.
 */
export class PostgresPair {
  private constructor(
    private readonly folder: string,
    readonly primary: Machine,
    readonly standby: Machine,
    /** Between the two. */
    readonly line: TcpProxy,
  ) {}

  /** Both run when it returns, with an empty database, and the standby streams. */
  static async start(): Promise<PostgresPair> {
    const folder = await mkdtemp(join(tmpdir(), 'stock-allocation-pair-'));
    // Under root, postgres runs as another user.
    await chmod(folder, 0o755);
    const { folder: home, runAs } = await findHome(folder);
    const programs = await usablePrograms(home, runAs);
    const { data, password } = await openCluster(home, programs, runAs, false);
    // A server that never ran is copied as it is: pg_basebackup does not come from npm.
    const copy = join(home, 'postgres/standby');
    await cp(data, copy, { recursive: true, preserveTimestamps: true });
    await writeFile(join(copy, 'standby.signal'), '');
    if (runAs.uid !== undefined) spawnSync('chown', ['-R', `${runAs.uid}:${runAs.gid}`, copy]);
    await chmod(copy, 0o700);

    const run = async (data: string, settings: Record<string, string>): Promise<Machine> => {
      const port = await freePort();
      const url = `postgres://postgres:${password}@127.0.0.1:${port}/${DATABASE}`;
      return new Machine(port, url, start(programs, data, runAs, { ...settings, port: String(port) }));
    };
    const primary = await run(data, { synchronous_standby_names: 'standby' });
    const line = await TcpProxy.to(primary.url);
    const { port } = new URL(line.url);
    const standby = await run(copy, {
      primary_conninfo: `host=127.0.0.1 port=${port} user=postgres password=${password} application_name=standby`,
    });
    const pair = new PostgresPair(folder, primary, standby, line);
    try {
      const server = primary.url.replace(`/${DATABASE}`, '/postgres');
      await until(async () => (await answerOf(server, streaming)).length === 1, 60);
      await query(server, `CREATE DATABASE ${DATABASE}`);
      await until(async () => (await answerOf(standby.url, 'SELECT')).length === 1, 60);
      return pair;
    } catch (error) {
      await pair.stop();
      throw error;
    }
  }

  /** Names both, the primary first. */
  get url(): string {
    return this.primary.url.replace(/@[^/]*/, (primary) => `${primary},127.0.0.1:${this.standby.port}`);
  }

  /** Has the standby take over. */
  async promote(): Promise<void> {
    await query(this.standby.url, 'SELECT pg_promote()');
  }

  async stop(): Promise<void> {
    this.primary.kill();
    this.standby.kill();
    await Promise.all([this.primary.ended(), this.standby.ended(), this.line.stop()]);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

const streaming = `SELECT FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = 'sync'`;

/** @returns no rows when the server cannot answer yet */
function answerOf(url: string, statement: string): Promise<unknown[]> {
  return query(url, statement).catch(() => []);
}

function start(programs: string, data: string, runAs: RunAs, settings: Record<string, string>): ChildProcess {
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_buffers: '32MB',
    fsync: 'off',
    full_page_writes: 'off',
    ...settings,
  };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(programs, 'postgres'), ['-D', data, ...flags], {
    ...runAs,
    cwd: data,
    env: postgresEnvironment,
    stdio: 'ignore',
  });
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

function childrenOf(parent: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.filter(([, ppid]) => ppid === parent).map(([pid]) => pid);
}

/** Some end by themselves meanwhile. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
