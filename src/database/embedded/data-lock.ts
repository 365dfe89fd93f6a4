import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { FileLock } from './file-lock';
import type { PostgresLog } from './log';
import { commandLineOf } from './processes';
import type { RunAs } from './programs';

const RETRY_MS = 50;
/** How long a fast shutdown may take before a server is told to end at once. */
const SHUTDOWN_MS = 30_000;

/**
 * Waits until no process of an earlier server is at work on `data` any more: such a process has inherited the
 * lock of the data, and two servers would destroy them. A server that a killed service left running is stopped.
 * To be called only by the holder of the service lock.
 *
 * @param timeoutMs how long to wait
 * @returns the lock of the data, for the next server to inherit
 * @throws Error when somebody holds it on; the reason of `signal` when that is aborted
 */
export async function lockData(
  data: string,
  owner: RunAs,
  timeoutMs: number,
  log: PostgresLog,
  signal: AbortSignal,
): Promise<FileLock> {
  const pidFile = join(data, 'postmaster.pid');
  const began = Date.now();
  let warned = false;
  let signalled: NodeJS.Signals | undefined;
  for (;;) {
    signal.throwIfAborted();
    const lock = await FileLock.tryAcquire(join(data, '../lock'), owner);
    const pid = parseInt(await readFile(pidFile, 'utf8').catch(() => ''));
    const visible = pid > 0 && commandLineOf(pid)?.includes(` -D ${data} `);
    if (!visible) {
      // That server is dead, and its id may be a stranger's, whom postgres would take for a rival. Or it runs
      // where its process cannot be seen from here: it looks for this file once a minute, and ends without it.
      await rm(pidFile, { force: true });
      if (lock) return lock;
    }
    lock?.release();

    const waited = Date.now() - began;
    if (waited > timeoutMs) {
      throw new Error(
        `A PostgreSQL of an earlier run is still at work on ${data} and does not stop: ` +
          (visible ? `end process ${pid} by hand, with kill -QUIT` : 'stop the container that it runs in'),
      );
    }
    if (visible) {
      const wanted = waited < SHUTDOWN_MS ? 'SIGINT' : 'SIGQUIT';
      if (signalled !== wanted) kill(pid, wanted);
      signalled = wanted;
    }
    if (!warned && waited > 1_000) {
      log.warn(
        `Waiting for the PostgreSQL of an earlier run to end its work on ${data}. ` +
          'If it runs in another container, it will notice within a minute that it is no longer wanted',
      );
      warned = true;
    }
    await pause(RETRY_MS, undefined, { signal });
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
