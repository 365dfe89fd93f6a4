import { setTimeout as pause } from 'node:timers/promises';

/** Waits for something to come true; fails when it has not within `seconds`. */
export async function until(condition: () => boolean | Promise<boolean>, seconds = 30): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Not come true within ${seconds} s: ${condition.toString()}`);
    await pause(5);
  }
}
