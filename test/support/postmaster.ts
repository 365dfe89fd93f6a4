import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLineOf } from '../../src/database/embedded/processes';

/** The process of the server that runs on a data folder of embedded PostgreSQL, or ran there until killed. */
export function postmasterPid(dataDir: string): number {
  return parseInt(readFileSync(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8'));
}

/** Where the server on a data folder of embedded PostgreSQL can be reached. */
export function embeddedUrl(dataDir: string): string {
  const port = readFileSync(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[3];
  const password = readFileSync(join(dataDir, 'postgres/password'), 'utf8');
  return `postgres://postgres:${password}@127.0.0.1:${port}/allocation`;
}

/** Kills the server that a test has left running on a data folder, if there is one. */
export function killServer(dataDir: string): void {
  try {
    const pid = postmasterPid(dataDir);
    if (commandLineOf(pid)?.includes(`-D ${dataDir}`)) process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'ESRCH'].includes((error as NodeJS.ErrnoException).code!)) throw error;
  }
}
