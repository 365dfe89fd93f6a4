import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../support/debian-package';
import { query } from '../support/sql';
import { until } from '../support/until';
import type { PostgresPrograms } from './postgres-programs';

const NOBODY = 65534;

/**
 * A server set up as a host may have it, and not as the service has its own: with the order of a language where its
 * version can, and all settings as they come. Nothing is flushed to disk, since its data are thrown away.
 */
export class PostgresServer {
  private constructor(
    readonly url: string,
    /** Such as `15.18 (Debian 15.18-0+deb12u1)`. */
    readonly version: string,
    /** Whether it compiles statements just in time. */
    readonly jit: boolean,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  /** @param programsIn gets a folder that any user can enter, to put programs there */
  static async start(programsIn: (folder: string) => PostgresPrograms): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), 'stock-allocation-matrix-'));
    // Also when this process is told to end.
    process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
    chmodSync(folder, 0o755);
    const { bin, env } = programsIn(folder);
    const home = join(folder, 'home');
    mkdirSync(home);
    // PostgreSQL refuses to run as root.
    const runAs = process.geteuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    if (runAs.uid) chownSync(home, NOBODY, NOBODY);
    const options = { ...runAs, cwd: home, env: { ...env, LC_ALL: 'C', TZ: 'UTC' } };
    const data = join(home, 'data');
    const password = randomBytes(16).toString('hex');
    const passwordFile = join(home, 'password');
    writeFileSync(passwordFile, password);
    const major = Number(
      /\d+/.exec(run(join(bin, 'postgres'), ['--version'], { ...process.env, ...env }))![0],
    );
    const language = major >= 15 ? ['--locale-provider=icu', '--icu-locale=und'] : [];
    const initdb = spawn(
      join(bin, 'initdb'),
      [
        `--pgdata=${data}`,
        '--username=postgres',
        '--auth=scram-sha-256',
        `--pwfile=${passwordFile}`,
        '--encoding=UTF8',
        '--no-sync',
        ...language,
      ],
      { ...options, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const [code] = (await once(initdb, 'exit')) as [number];
    if (code !== 0) throw new Error(`initdb of PostgreSQL ${major} has failed`);
    const port = await freePort();
    const settings = {
      port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      fsync: 'off',
      full_page_writes: 'off',
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    // What tests provoke fills its log.
    const child = spawn(join(bin, 'postgres'), ['-D', data, ...flags], { ...options, stdio: 'ignore' });
    process.once('exit', () => child.kill('SIGQUIT'));
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
    await until(
      () =>
        query(url, 'SELECT').then(
          () => true,
          () => false,
        ),
      60,
    );
    const [{ version, jit }] = await query(
      url,
      `SELECT current_setting('server_version') AS version, pg_jit_available() AS jit`,
    );
    return new PostgresServer(url, String(version), Boolean(jit), child, folder);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exited = once(this.child, 'exit');
      this.child.kill('SIGINT');
      await exited;
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
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
