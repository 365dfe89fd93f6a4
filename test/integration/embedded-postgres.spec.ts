import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedPostgres } from '../../src/database/embedded-postgres';
import { killServer, postmasterPid } from '../support/postmaster';
import { compileScript, ServiceProcess } from '../support/script-process';
import { connected, query } from '../support/sql';
import { until } from '../support/until';

describe('embedded PostgreSQL', () => {
  let folder: string;
  let script: string;
  /** One for most tests, since making a new one takes most of a second: each test has a table of its own. */
  let dataDir: string;
  const started: { stop(): Promise<void> }[] = [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'embedded-postgres-'));
    chmodSync(folder, 0o755);
    script = compileScript('embedded-service.ts', join(folder, 'service'));
    dataDir = join(folder, 'data');
  });
  afterEach(async () => {
    for (const running of started.splice(0).reverse()) await running.stop();
  });
  afterAll(() => {
    for (const name of readdirSync(folder)) killServer(join(folder, name));
    rmSync(folder, { recursive: true, maxRetries: 10 });
  });

  async function start(settings?: Record<string, string>, path = dataDir): Promise<EmbeddedPostgres> {
    const database = await EmbeddedPostgres.start({ dataDir: path, settings });
    started.push(database);
    return database;
  }

  function startProcess(path = dataDir): ServiceProcess {
    const service = new ServiceProcess(script, path);
    started.push({ stop: () => service.kill() });
    return service;
  }

  async function crash(database: EmbeddedPostgres): Promise<Error> {
    process.kill(postmasterPid(dataDir), 'SIGKILL');
    const told = await database.crashed;
    await database.stop();
    return told;
  }

  it('keeps data between starts', async () => {
    const first = await start();
    await write(first.url, 'restarted');
    await first.stop();

    const second = await start();
    expect(await read(second.url, 'restarted')).toEqual(['kept']);
  });

  it('is durable by default', async () => {
    const { url } = await start();
    for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
      expect(await query(url, `SHOW ${setting}`)).toEqual([{ [setting]: 'on' }]);
    }
  });

  it('recovers after its server was killed, and tells of the crash', async () => {
    const first = await start();
    await write(first.url, 'server_killed');
    expect((await crash(first)).message).toContain('PostgreSQL has ended unexpectedly (SIGKILL)');

    const second = await start();
    expect(await read(second.url, 'server_killed')).toEqual(['kept']);
  });

  it('tells of no crash when it is stopped', async () => {
    const database = await start();
    await database.stop();
    expect(await Promise.race([database.crashed, pause(50, 'no crash')])).toBe('no crash');
  });

  it('waits for a query that outlives its killed server', async () => {
    const first = await start();
    const client = await connected(first.url);
    const busy = client.query('SELECT count(*) FROM generate_series(1, 5000000)').catch(() => 'cut off');
    const running =
      "SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%generate_series(1%'";
    await until(async () => (await query(first.url, `${running} AND pid <> pg_backend_pid()`)).length > 0);
    await crash(first);

    const { url } = await start();
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await busy;
  });

  it('recovers when the process id of its killed server is a stranger’s by now', async () => {
    const first = await start();
    await write(first.url, 'stranger');
    await crash(first);
    const { uid } = statSync(join(dataDir, 'postgres'));
    const stranger = spawn('sleep', ['60'], process.getuid?.() === 0 ? { uid } : {});
    started.push({ stop: async () => void stranger.kill() });
    const pidFile = join(dataDir, 'postgres/data/postmaster.pid');
    writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(stranger.pid)));

    const second = await start();
    expect(await read(second.url, 'stranger')).toEqual(['kept']);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  });

  it('takes over from a killed service whose server lives on', async () => {
    const service = startProcess();
    const url = await service.url();
    await write(url, 'service_killed');
    await service.kill();
    expect(await read(url, 'service_killed')).toEqual(['kept']);

    const next = await start();
    expect(await read(next.url, 'service_killed')).toEqual(['kept']);
    await expect(connected(url)).rejects.toThrow('ECONNREFUSED');
  });

  it('refuses to start on the data of a living service, and leaves that one alone', async () => {
    const url = await startProcess().url();

    await expect(start()).rejects.toThrow(
      /in use by another running service \(process \d+.*DATA_DIR.*DATABASE_URL/,
    );
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('serves one of several services that start at the same moment after one was killed', async () => {
    const killed = startProcess();
    await killed.url();
    await killed.kill();

    const answers = await Promise.all([1, 2, 3].map(() => startProcess().answer));
    const refused = answers.filter(({ error }) => error?.includes('in use by another running service'));
    expect(refused).toHaveLength(2);
    const served = answers.find((answer) => answer.url);
    expect(await query(served!.url!, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('does not take a later process with the id of a killed service for that service', async () => {
    writeFileSync(join(dataDir, 'service.lock'), `${process.pid} 1\n`);
    const { url } = await start();
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('begins anew after a service was killed while it made its data', async () => {
    const fresh = join(folder, 'fresh');
    const earlier = join(fresh, 'postgres.new-earlier');
    mkdirSync(earlier, { recursive: true });
    const service = startProcess(fresh);
    const halfMade = () =>
      readdirSync(fresh).some((name) => existsSync(join(fresh, name, 'data/PG_VERSION')));
    await until(halfMade);
    await service.kill();

    const { url } = await start({ fsync: 'off' }, fresh);
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(existsSync(earlier)).toBe(false);
  });

  it('answers on one loopback address only, to who knows the password', async () => {
    const { url } = await start();
    const port = Number(new URL(url).port);

    await expect(reach('127.0.0.1', port)).resolves.toBeUndefined();
    // A server that listened on all addresses would answer on this one too.
    await expect(reach('127.0.0.2', port)).rejects.toThrow();
    await expect(connected(url.replace(/:[^:]*@/, ':guess@'))).rejects.toThrow(
      'password authentication failed',
    );
  });

  it('says why it does not start, and can be started after that', async () => {
    await expect(start({ shared_buffers: 'plenty' })).rejects.toThrow(
      /does not start \(exit code 1\).*invalid value for parameter "shared_buffers": "plenty"/s,
    );
    await expect(start()).resolves.toBeInstanceOf(EmbeddedPostgres);
  });
});

/** Commits a row to a new table. */
async function write(url: string, table: string): Promise<void> {
  await query(url, `CREATE TABLE ${table} AS SELECT 'kept' AS row`);
}

async function read(url: string, table: string): Promise<unknown[]> {
  return (await query(url, `SELECT row FROM ${table}`)).map(({ row }) => row);
}

async function reach(host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, host, () => resolve(void socket.destroy()));
    socket.once('error', reject);
    socket.setTimeout(2_000, () => socket.destroy(new Error('no answer')));
  });
}
