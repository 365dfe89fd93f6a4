import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { commandLineOf } from './processes';

const STOP_TIMEOUT_MS = 30_000;

/**
 * Stops the server that a killed service left running on `data`, if any, and waits until it has stopped.
 * To be called only by the holder of the service lock.
 *
 * @throws Error when it does not stop
 */
export async function stopOrphan(data: string): Promise<void> {
  const pidFile = join(data, 'postmaster.pid');
  const content = await readFile(pidFile, 'utf8').catch(() => '');
  const pid = parseInt(content);
  const command = pid > 0 ? commandLineOf(pid) : undefined;
  if (command === undefined) {
    return;
  }
  if (!command.includes(` -D ${data} `)) {
    // That server is dead. Its id may be a stranger's by now, or a zombie's, and postgres would take it for a
    // rival; its parent it would not. The rest of the file leads it to backends that outlived their server.
    await writeFile(pidFile, content.replace(/^\d+/, String(process.pid)));
    return;
  }
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
        throw error;
      }
    }
    // Not the process but its file: the process may stay behind as a zombie.
    for (const end = Date.now() + STOP_TIMEOUT_MS; Date.now() < end; await pause(10)) {
      if (parseInt(await readFile(pidFile, 'utf8').catch(() => '')) !== pid) {
        return;
      }
    }
  }
  throw new Error(
    `The PostgreSQL of an earlier run does not stop: end process ${pid} by hand, with kill -QUIT`,
  );
}
