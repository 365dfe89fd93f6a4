import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { FileLock } from '../../src/database/embedded/file-lock';
import { commandLineOf } from '../../src/database/embedded/processes';
import { acquireServiceLock, Locked } from '../../src/database/embedded/service-lock';
import { compileScript, ScriptProcess, ServiceProcess } from '../support/script-process';
import { until } from '../support/until';

describe('the lock of a data folder', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'service-lock-'));
    path = join(folder, 'lock');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('is held by one at a time, who is named, and can be taken again when it is released', async () => {
    const lock = await acquireServiceLock(path, {});
    const refused = acquireServiceLock(path, {});
    await expect(refused).rejects.toThrow(Locked);
    await expect(refused).rejects.toThrow(`process ${process.pid} on host ${hostname()}`);
    lock.release();
    (await acquireServiceLock(path, {})).release();
  });

  test('is not held by what stands in the file', async () => {
    writeFileSync(path, `process ${process.pid} on host ${hostname()}, and more than a new owner writes\n`);
    const lock = await acquireServiceLock(path, {});
    await expect(acquireServiceLock(path, {})).rejects.not.toThrow('and more');
    lock.release();
  });

  test('is held by a child that has inherited it, until that ends', async () => {
    const lock = (await FileLock.tryAcquire(path, {}))!;
    const child = spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', lock.descriptor] });
    lock.release();
    expect(await FileLock.tryAcquire(path, {})).toBeUndefined();

    child.kill('SIGKILL');
    await until(async () => {
      const next = await FileLock.tryAcquire(path, {});
      next?.release();
      return next !== undefined;
    });
  });

  test('goes to exactly one of the services that go for it at the same moment', async () => {
    const locks = Array.from({ length: 50 }, (_, number) => number);
    const script = compileScript('lock-contender.ts', join(folder, 'script'));
    const moment = Date.now() + 500;
    const contenders = [1, 2, 3].map(() => new ScriptProcess<number[]>(script, folder, locks.length, moment));

    const won = await Promise.all(contenders.map(({ answer }) => answer));
    await Promise.all(contenders.map((contender) => contender.kill()));
    expect(won.flat().sort((a, b) => a - b)).toEqual(locks);
  });

  test('says what to do where files cannot be locked', async () => {
    const script = compileScript('embedded-service.ts', join(folder, 'script'));
    const { PATH } = process.env;
    try {
      process.env.PATH = folder;
      const missing = await new ServiceProcess(script, folder).answer;
      expect(missing.error).toMatch(/program flock.*util-linux.*DATABASE_URL/);

      const refusing = '#!/bin/sh\necho "flock: 3: No locks available" >&2; exit 71\n';
      writeFileSync(join(folder, 'flock'), refusing, { mode: 0o755 });
      const refused = await new ServiceProcess(script, folder).answer;
      expect(refused.error).toMatch(/No locks available.*DATA_DIR.*DATABASE_URL/);
    } finally {
      process.env.PATH = PATH;
    }
  });
});

describe('processes', () => {
  const { platform } = process;
  const { pid: dead } = spawnSync('true');
  afterEach(() => Object.defineProperty(process, 'platform', { value: platform }));

  // macOS knows no /proc, so ps is asked there; most systems have it.
  const platforms = spawnSync('ps').error ? [platform] : [platform, 'darwin'];

  test.each(platforms)('are known on %s', (name) => {
    Object.defineProperty(process, 'platform', { value: name });
    expect(commandLineOf(process.pid)).toContain('node');
    expect(commandLineOf(dead)).toBe('');
  });

  test.each(platforms)('do not run as zombies on %s', async (name) => {
    Object.defineProperty(process, 'platform', { value: name });
    // The shell turns into a program that never asks how its child has ended.
    const parent = spawn('sh', ['-c', 'sleep 30 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const [zombie] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
      expect(commandLineOf(Number(zombie))).toContain('sleep 30');
      process.kill(Number(zombie));
      await until(() => commandLineOf(Number(zombie)) === '');
      expect(() => process.kill(Number(zombie), 0)).not.toThrow();
    } finally {
      parent.kill();
    }
  });
});
