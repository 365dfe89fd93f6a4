import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { startTimeOf } from './processes';

/**
 * A file that keeps two services off one data folder. It holds the process id and the start time of its owner,
 * so the lock of a service that was killed is told from that of a living one, even if its id is in use again.
 */
export class ServiceLock {
  private constructor(
    private readonly path: string,
    private readonly content: string,
  ) {}

  /** @throws Error when a living process holds the lock; also when it is this process itself */
  static acquire(path: string): ServiceLock {
    const content = `${process.pid} ${startTimeOf(process.pid)}\n`;
    while (!created(path, content)) {
      const found = read(path);
      const [pid, ...startTime] = found?.trim().split(' ') ?? [];
      if (pid && startTimeOf(Number(pid)) === startTime.join(' ')) {
        throw new Error(
          `The data folder is in use by another running service (process ${pid}, says ${path}). ` +
            'Stop that one or set DATA_DIR to another folder; to run several services on one database, set DATABASE_URL',
        );
      }
      if (found !== undefined) {
        removeStale(path, found);
      }
    }
    return new ServiceLock(path, content);
  }

  release(): void {
    if (read(this.path) === this.content) {
      rmSync(this.path, { force: true });
    }
  }
}

function created(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      return false;
    }
    throw error;
  }
  // Between creating and filling, the empty file may have passed for a stale one.
  return read(path) === content;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/** Moves the lock away before deleting it: when two services see the same stale lock, one may hold a new one by now. */
function removeStale(path: string, stale: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return;
    }
    throw error;
  }
  if (read(aside) === stale) {
    rmSync(aside);
  } else {
    renameSync(aside, path);
  }
}
