import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { commandLineOf, startTimeOf } from '../../src/database/embedded/processes';
import { Locked, ServiceLock } from '../../src/database/embedded/service-lock';
import { compileScript, ScriptProcess } from '../support/script-process';
import { until } from '../support/until';

describe('the lock of a data folder', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'service-lock-'));
    path = join(folder, 'lock');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is held by one at a time, and can be taken again when it is released', async () => {
    const lock = await ServiceLock.acquire(path);
    await expect(ServiceLock.acquire(path)).rejects.toThrow(Locked);
    lock.release();
    (await ServiceLock.acquire(path)).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not held by a dead process, nor by a later one with its id', async () => {
    const { pid: dead } = spawnSync('true');
    for (const stale of [`${dead} 1`, `${process.pid} 1`, '']) {
      writeFileSync(path, stale);
      (await ServiceLock.acquire(path)).release();
    }
  });

  it('goes to exactly one of the services that find a stale one at the same moment', async () => {
    const locks = Array.from({ length: 100 }, (_, number) => number);
    for (const lock of locks) writeFileSync(join(folder, String(lock)), 'nobody');
    const script = compileScript('lock-contender.ts', join(folder, 'script'));
    const moment = Date.now() + 500;
    const contenders = [1, 2, 3].map(() => new ScriptProcess<number[]>(script, folder, locks.length, moment));

    const won = await Promise.all(contenders.map(({ answer }) => answer));
    await Promise.all(contenders.map((contender) => contender.kill()));
    expect(won.flat().sort((a, b) => a - b)).toEqual(locks);
  });
});

describe('processes', () => {
  const { platform } = process;
  const { pid: dead } = spawnSync('true');
  afterEach(() => Object.defineProperty(process, 'platform', { value: platform }));

  // macOS knows no /proc, so ps is asked there; most systems have it.
  const platforms = spawnSync('ps').error ? [platform] : [platform, 'darwin'];

  it.each(platforms)('are known on %s', (name) => {
    Object.defineProperty(process, 'platform', { value: name });
    expect(startTimeOf(process.pid)).toMatch(/\d/);
    expect(commandLineOf(process.pid)).toContain('node');
    expect(startTimeOf(dead)).toBeUndefined();
    expect(commandLineOf(dead)).toBe('');
  });

  it.each(platforms)('do not run as zombies on %s', async (name) => {
    Object.defineProperty(process, 'platform', { value: name });
    // The shell turns into a program that never asks how its child has ended.
    const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const [zombie] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
      await until(() => startTimeOf(Number(zombie)) === undefined);
      expect(() => process.kill(Number(zombie), 0)).not.toThrow();
    } finally {
      parent.kill();
    }
  });
});
