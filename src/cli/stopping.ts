import { constants } from 'node:os';

/** How long what is under way may take to end, in milliseconds: less than the ten seconds that containers give. */
const STOP_MS = 8_000;
/** A signal this soon after the first is the same one: npm hands on what the terminal has sent to both. */
export const SAME_SIGNAL_MS = 500;

/** What is to be ended before the process ends, the last one first. */
const endings: (() => Promise<unknown>)[] = [];
let stoppingSince: number | undefined;

/**
 * Has `end` called, and waited for, when the process is told to stop by SIGTERM or SIGINT. Without any such thing the
 * process ends at once.
 * @param end may be called more than once
 */
export function onStop(end: () => Promise<unknown>): void {
  endings.push(end);
}

/**
 * Runs `work`, which is told by the signal to end soon when the process is told to stop; it ends when `work` has.
 * @throws what `work` throws
 */
export async function finishing<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stopping = new AbortController();
  const done = work(stopping.signal);
  onStop(() => {
    stopping.abort();
    return done;
  });
  return done;
}

/**
 * Lets signals end the process, as they do by themselves, but not where it is the first one of a container. Exit code:
 * the one that the command has set, or else that of the signal (130 or 143).
 */
export function stopOnSignal(): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      const exit = () => process.exit(process.exitCode ?? 128 + constants.signals[signal]);
      if (stoppingSince === undefined) {
        stoppingSince = performance.now();
        setTimeout(exit, STOP_MS);
        void endAll().finally(exit);
      } else if (performance.now() - stoppingSince >= SAME_SIGNAL_MS) exit();
    });
  }
}

async function endAll(): Promise<void> {
  for (const end of endings.toReversed()) await end().catch(() => {});
}
