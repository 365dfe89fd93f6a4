import { ftruncateSync, readFileSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { FileLock } from './file-lock';
import type { RunAs } from './programs';

/** Another service holds the lock, or this process itself. */
export class Locked extends Error {}

/**
 * Keeps two services off one data folder, whether or not they can see each other's processes. The file says who
 * has it, for people to read: the system keeps the lock, so what a killed service has written there locks nothing.
 *
 * @param path of the file
 * @param owner of the file
 * @throws Locked
 * @throws Error when files cannot be locked there
 */
export async function acquireServiceLock(path: string, owner: RunAs): Promise<FileLock> {
  const lock = await FileLock.tryAcquire(path, owner);
  if (!lock) {
    throw new Locked(
      `The data folder is in use by another running service (${holder(path)}, says ${path}). ` +
        'Stop it or set DATA_DIR to another folder; to run several on one database, set DATABASE_URL',
    );
  }
  ftruncateSync(lock.descriptor);
  writeSync(lock.descriptor, `process ${process.pid} on host ${hostname()}\n`, 0);
  return lock;
}

/** A container is a host of its own, whose processes have ids of their own. */
function holder(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim() || 'it has not said which';
  } catch {
    // Windows lets nobody read what another has locked.
    return 'it cannot be asked which';
  }
}
