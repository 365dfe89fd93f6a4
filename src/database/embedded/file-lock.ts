import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, fchownSync, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { RunAs } from './programs';

/** The flag with which these systems lock a file as they open it: sys/fcntl.h of macOS, uv/win.h of libuv. */
const O_EXLOCK: Partial<Record<NodeJS.Platform, number>> = { darwin: 0x20, win32: 0x10000000 };

/**
 * A lock on a file, kept by the operating system: whoever shares the file's folder meets it, in whichever
 * container, and it is gone with the last process that holds it or has inherited it, however that ended.
 */
export class FileLock {
  private constructor(
    /** The open file that the lock belongs to. A child process that inherits it holds the lock as well. */
    readonly descriptor: number,
  ) {}

  /**
   * Takes the lock, without waiting for it.
   *
   * @param path a file that is made when missing, and stays
   * @param owner whose file it is, so that it does not matter who made it
   * @returns undefined when somebody holds the lock; this process may hold it, too
   * @throws Error when files cannot be locked here
   */
  static async tryAcquire(path: string, { uid, gid }: RunAs): Promise<FileLock | undefined> {
    const exclusively = O_EXLOCK[process.platform];
    const descriptor = open(path, exclusively);
    if (descriptor === undefined) return undefined;
    try {
      if (uid !== undefined && gid !== undefined) fchownSync(descriptor, uid, gid);
      if (exclusively !== undefined || (await lock(descriptor, path))) return new FileLock(descriptor);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
    closeSync(descriptor);
    return undefined;
  }

  /** Lets go of it; children that have inherited it hold it on. */
  release(): void {
    closeSync(this.descriptor);
  }
}

function open(path: string, exclusively?: number): number | undefined {
  const flags = constants.O_RDWR | constants.O_CREAT;
  if (exclusively === undefined) return openSync(path, flags, 0o644);
  try {
    return openSync(path, flags | exclusively | (constants.O_NONBLOCK ?? 0), 0o644);
  } catch (error) {
    if (['EAGAIN', 'EBUSY'].includes((error as NodeJS.ErrnoException).code!)) return undefined;
    throw error;
  }
}

/**
 * Node has no call for flock(2), but util-linux has a program for it. The lock belongs to the open file, which
 * this process shares with that program, and so stays when the program has ended.
 */
async function lock(descriptor: number, path: string): Promise<boolean> {
  const program = spawn('flock', ['-n', '3'], { stdio: ['ignore', 'ignore', 'pipe', descriptor] });
  const complaint = text(program.stderr!);
  let status: number | null;
  try {
    [status] = (await once(program, 'close')) as [number | null];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error(
      `${path} cannot be locked: the program flock, of the package util-linux, is missing. ` +
        'Install it, or set DATABASE_URL to use a PostgreSQL of your own',
      { cause: error },
    );
  }
  if (status === 0) return true;
  if (status === 1) return false;
  throw new Error(
    `${path} cannot be locked: ${(await complaint).trim()}. Set DATA_DIR to a folder on another file system, ` +
      'or set DATABASE_URL to use a PostgreSQL of your own',
  );
}
