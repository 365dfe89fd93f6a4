import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '../../src/database/embedded-postgres';
import { FileLock } from '../../src/database/embedded/file-lock';
import { Container, describeWithContainers } from '../support/container';
import { killServer } from '../support/postmaster';
import { compileScript } from '../support/script-process';
import { query } from '../support/sql';
import { until } from '../support/until';

describeWithContainers('embedded PostgreSQL on a folder that containers share', () => {
  let folder: string;
  let script: string;
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

  async function start(): Promise<EmbeddedPostgres> {
    const database = await EmbeddedPostgres.start({ dataDir, settings: { fsync: 'off' } });
    started.push(database);
    return database;
  }

  function startContainer(hostname: string): Container<{ url?: string; error?: string }> {
    const container = new Container<{ url?: string; error?: string }>(hostname, script, dataDir);
    started.push({ stop: () => container.remove() });
    return container;
  }

  test('serves one of several containers that start at the same moment, and tells the others which', async () => {
    const names = ['mill', 'dock', 'yard'];
    const answers = await Promise.all(names.map((name) => startContainer(name).answer));

    const served = names.filter((_, index) => answers[index].url);
    expect(served).toHaveLength(1);
    for (const { error } of answers.filter(({ url }) => !url)) {
      expect(error).toMatch(/in use by another running service \(.*DATA_DIR.*DATABASE_URL/);
    }
    await expect(start()).rejects.toThrow(new RegExp(`process \\d+ on host ${served[0]}, says ${dataDir}`));
  });

  test('refuses a container what a service outside of it uses', async () => {
    const { url } = await start();
    expect((await startContainer('mill').answer).error).toContain('in use by another running service');
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('starts at once after a container was removed', async () => {
    const container = startContainer('mill');
    expect((await container.answer).url).toBeDefined();
    await container.remove();

    const { url } = await start();
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('ends a server whose service was killed in a container that lives on, before it starts another', async () => {
    const first = await start();
    await query(first.url, "CREATE TABLE kept AS SELECT 'kept' AS row");
    await first.stop();
    const container = startContainer('mill');
    expect((await container.answer).url).toBeDefined();
    await container.killScript();

    // The process id that it has in its container is nobody's here, or a stranger's.
    const lock = join(dataDir, 'postgres/lock');
    expect(await FileLock.tryAcquire(lock, {})).toBeUndefined();
    const next = start();
    const pidFile = join(dataDir, 'postgres/data/postmaster.pid');
    await until(() => !existsSync(pidFile));
    expect(await FileLock.tryAcquire(lock, {})).toBeUndefined();

    expect(await query((await next).url, 'SELECT row FROM kept')).toEqual([{ row: 'kept' }]);
  }, 150_000);
});
