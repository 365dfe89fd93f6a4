import { setTimeout as pause } from 'node:timers/promises';
import type { PostgresLog } from './log';
import type { Server } from './server';

/** A server that has been up for so long has recovered, whatever ends it then. */
const RECOVERED_MS = 5_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Starts a server again whenever it has ended, with growing pauses while that fails.
 *
 * @param restart starts a new one, waiting so many ms at most for what is left of the old one, until it can be used
 * @param giveUpAfterMs how long PostgreSQL may be down, or up for seconds only, before it is given up
 * @returns why it was given up: the last words of PostgreSQL
 * @throws the reason of `signal` when that is aborted
 */
export async function supervise(
  server: Server,
  restart: (timeoutMs: number) => Promise<Server>,
  giveUpAfterMs: number,
  log: PostgresLog,
  signal: AbortSignal,
): Promise<Error> {
  let upSince = -Infinity;
  let outage = { began: 0, pauseMs: 0 };
  for (;;) {
    const how = await server.ended;
    signal.throwIfAborted();
    const ended = Date.now();
    if (ended - upSince > RECOVERED_MS) outage = { began: ended, pauseMs: 0 };
    log.error(`PostgreSQL has ended unexpectedly (${how}) and is started again`);

    let problem = `PostgreSQL has ended unexpectedly (${how}).${server.lastWords()}`;
    for (let up = false; !up;) {
      const msLeft = outage.began + giveUpAfterMs - Date.now();
      if (msLeft < 0) return new Error(problem);
      await pause(outage.pauseMs, undefined, { signal });
      outage.pauseMs = Math.min(Math.max(2 * outage.pauseMs, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
      try {
        server = await restart(msLeft);
        up = true;
      } catch (error) {
        signal.throwIfAborted();
        problem = (error as Error).message;
        log.warn(`${problem.split('\n', 1)[0]} It is tried again in ${outage.pauseMs / 1000} s`);
      }
    }
    upSince = Date.now();
    log.log(`PostgreSQL is back ${(upSince - ended) / 1000} s after it ended`);
  }
}
