import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
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
  /** What was logged in a test. */
  const lines: { level: string; line: string }[] = [];
  const said = (level: string, words: string) =>
    lines.some((logged) => logged.level === level && logged.line.includes(words));

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'embedded-postgres-'));
    chmodSync(folder, 0o755);
    script = compileScript('embedded-service.ts', join(folder, 'service'));
    dataDir = join(folder, 'its data');
  });
  afterEach(async () => {
    for (const running of started.splice(0).reverse()) await running.stop();
    lines.length = 0;
  });
  afterAll(() => {
    for (const name of readdirSync(folder)) killServer(join(folder, name));
    rmSync(folder, { recursive: true, maxRetries: 10 });
  });

  async function start(settings?: Record<string, string>, path = dataDir): Promise<EmbeddedPostgres> {
    const to = (level: string) => (line: string) => void lines.push({ level, line });
    const log = { debug: to('debug'), log: to('log'), warn: to('warn'), error: to('error') };
    const database = await EmbeddedPostgres.start({ dataDir: path, settings, log });
    started.push(database);
    return database;
  }

  function startProcess(path = dataDir): ServiceProcess {
    const service = new ServiceProcess(script, path);
    started.push({ stop: () => service.kill() });
    return service;
  }

  /** Kills the server of a living service. */
  function killPostmaster(): void {
    process.kill(postmasterPid(dataDir), 'SIGKILL');
  }

  test('keeps data between starts', async () => {
    const first = await start();
    await write(first.url, 'restarted');
    await first.stop();

    const second = await start();
    expect(await read(second.url, 'restarted')).toEqual(['kept']);
  });

  test('is durable by default (promise 1)', async () => {
    const { url } = await start();
    for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
      expect(await query(url, `SHOW ${setting}`)).toEqual([{ [setting]: 'on' }]);
    }
  });

  test('is started again when its server was killed, with what was committed, where it was before', async () => {
    const { url } = await start();
    await write(url, 'server_killed');
    killPostmaster();

    await until(() => said('log', 'PostgreSQL is back'));
    expect(said('error', 'PostgreSQL has ended unexpectedly (SIGKILL)')).toBe(true);
    expect(await read(url, 'server_killed')).toEqual(['kept']);
  });

  test('recovers when one of its processes was killed, and says so', async () => {
    const { url } = await start();
    await write(url, 'process_killed');
    const client = await connected(url);
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const postmaster = postmasterPid(dataDir);
    process.kill(rows[0].pid, 'SIGKILL');

    await until(() => said('warn', 'was terminated by signal 9'));
    await until(async () => (await query(url, 'SELECT 1').catch(() => [])).length > 0);
    expect(await read(url, 'process_killed')).toEqual(['kept']);
    expect(postmasterPid(dataDir)).toBe(postmaster);
  });

  test('waits for a query that outlives its killed server', async () => {
    const { url } = await start();
    const client = await connected(url);
    const busy = client.query('SELECT count(*) FROM generate_series(1, 5000000)').catch(() => 'cut off');
    const running =
      "SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%generate_series(1%'";
    await until(async () => (await query(url, `${running} AND pid <> pg_backend_pid()`)).length > 0);
    let answered = false;
    void busy.then(() => (answered = true));
    killPostmaster();

    await until(() => said('log', 'PostgreSQL is back'));
    expect(answered).toBe(true);
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  describe('whose data are out of reach', () => {
    const { giveUpAfterMs } = EmbeddedPostgres;
    const control = () => join(dataDir, 'postgres/data/global/pg_control');
    afterEach(() => {
      EmbeddedPostgres.giveUpAfterMs = giveUpAfterMs;
      if (existsSync(`${control()}.away`)) renameSync(`${control()}.away`, control());
    });

    /** Kills the server, which then cannot start. */
    async function destroy(): Promise<EmbeddedPostgres> {
      const database = await start();
      await query(database.url, 'SELECT 1');
      renameSync(control(), `${control()}.away`);
      killPostmaster();
      await until(() => said('warn', 'PostgreSQL does not start'));
      return database;
    }

    test('is tried again, and comes back when they do', async () => {
      const { url } = await destroy();
      renameSync(`${control()}.away`, control());
      await until(() => said('log', 'PostgreSQL is back'));
      expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    });

    test('is given up after a while, and tells its last words', async () => {
      EmbeddedPostgres.giveUpAfterMs = 1_500;
      const { crashed } = await destroy();
      const tries = () => lines.filter(({ line }) => line.startsWith('PostgreSQL does not start')).length;
      expect((await crashed).message).toMatch(/does not start \(exit code \d\).*pg_control/s);
      // 0, 0.1, 0.3, 0.7 and 1.5 s after its end, if each takes no time.
      expect(tries()).toBeLessThan(6);
    });

    test('can be stopped meanwhile, at once and for good', async () => {
      const database = await destroy();
      const began = Date.now();
      await database.stop();
      expect(Date.now() - began).toBeLessThan(10_000);

      const before = lines.length;
      await pause(500);
      expect(lines.slice(before)).toEqual([]);
    });
  });

  test('is stopped while it recovers', async () => {
    const database = await start();
    await write(database.url, 'stopped_early');
    killPostmaster();
    await until(() => said('error', 'ended unexpectedly'));
    await database.stop();
    await expect(connected(database.url)).rejects.toThrow('ECONNREFUSED');

    const { url } = await start();
    expect(await read(url, 'stopped_early')).toEqual(['kept']);
  });

  test('recovers when the process id of its killed server is a stranger’s by now', async () => {
    const service = startProcess();
    await write(await service.url(), 'stranger');
    await service.kill();
    killPostmaster();
    const { uid } = statSync(join(dataDir, 'postgres'));
    const stranger = spawn('sleep', ['60'], process.getuid?.() === 0 ? { uid } : {});
    started.push({ stop: async () => void stranger.kill() });
    const pidFile = join(dataDir, 'postgres/data/postmaster.pid');
    writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(stranger.pid)));

    const second = await start();
    expect(await read(second.url, 'stranger')).toEqual(['kept']);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  });

  test('takes over from a killed service whose server lives on', async () => {
    const service = startProcess();
    const url = await service.url();
    await write(url, 'service_killed');
    await service.kill();
    expect(await read(url, 'service_killed')).toEqual(['kept']);

    const next = await start();
    expect(await read(next.url, 'service_killed')).toEqual(['kept']);
    await expect(connected(url)).rejects.toThrow('ECONNREFUSED');
  });

  test('refuses to start on the data of a living service, and leaves that one alone', async () => {
    const url = await startProcess().url();

    await expect(start()).rejects.toThrow(
      /in use by another running service \(process \d+ on host .*DATA_DIR.*DATABASE_URL/,
    );
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('serves one of several services that start at the same moment after one was killed', async () => {
    const killed = startProcess();
    await killed.url();
    await killed.kill();

    const answers = await Promise.all([1, 2, 3].map(() => startProcess().answer));
    const refused = answers.filter(({ error }) => error?.includes('in use by another running service'));
    expect(refused).toHaveLength(2);
    const served = answers.find((answer) => answer.url);
    expect(await query(served!.url!, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('begins anew after a service was killed while it made its data', async () => {
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

  test('answers on one loopback address only, to who knows the password', async () => {
    const { url } = await start();
    const port = Number(new URL(url).port);

    await expect(reach('127.0.0.1', port)).resolves.toBeUndefined();
    // A server that listened on all addresses would answer on this one too.
    await expect(reach('127.0.0.2', port)).rejects.toThrow();
    await expect(connected(url.replace(/:[^:]*@/, ':guess@'))).rejects.toThrow(
      'password authentication failed',
    );
  });

  test('says why it does not start, and can be started after that', async () => {
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
