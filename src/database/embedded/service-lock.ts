import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { startTimeOf } from './processes';

/** A living process holds the lock; perhaps this one itself. */
export class Locked extends Error {}

/**
 * A file that keeps two services off one data folder. It holds the process id and the start time of its
 * owner, so the lock of a killed service is told from that of a living one, even if its id is in use again.
 */
export class ServiceLock {
  private constructor(private readonly path: string) {}

  /** @throws Locked */
  static async acquire(path: string): Promise<ServiceLock> {
    while (!created(path)) {
      const owner = read(path);
      const [pid, ...startTime] = owner?.trim().split(' ') ?? [];
      if (pid && startTimeOf(Number(pid)) === startTime.join(' ')) {
        throw new Locked(
          `The data folder is in use by another running service (process ${pid}, says ${path}). ` +
            'Stop it or set DATA_DIR to another folder; to run several on one database, set DATABASE_URL',
        );
      }
      if (owner !== undefined) {
        await removeStale(path, owner);
      }
    }
    return new ServiceLock(path);
  }

  release(): void {
    rmSync(this.path, { force: true });
  }
}

/** The file appears with its content or not at all, and only if there is none. */
function created(path: string): boolean {
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, `${process.pid} ${startTimeOf(process.pid)}\n`);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft);
  }
}

/**
 * Services that see the same stale lock take turns to remove it, by a lock on removing: else the slower one
 * would remove what the quicker one has put in its place.
 */
async function removeStale(path: string, stale: string): Promise<void> {
  let turn: ServiceLock;
  try {
    turn = await ServiceLock.acquire(`${path}.removal`);
  } catch (error) {
    if (!(error instanceof Locked)) throw error;
    await pause(5);
    return;
  }
  if (read(path) === stale) {
    rmSync(path);
  }
  turn.release();
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
