import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Runs a TypeScript file until it writes something, and on for a while; then kills it without a warning.
 * @param milliseconds to go on; absent: until it ends by itself
 * @returns whether it had to be killed
 */
export async function runAndKill(
  script: string,
  args: readonly string[],
  milliseconds?: number,
): Promise<boolean> {
  const child = spawn(process.execPath, ['-r', join(__dirname, 'register.cjs'), script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit') as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  await Promise.race([once(child.stdout, 'data'), exit]);
  if (milliseconds !== undefined) {
    await Promise.race([pause(milliseconds), exit]);
    child.kill('SIGKILL');
  }
  const [code, signal] = await exit;
  if (signal === null && code !== 0) throw new Error(`${script} ended with code ${code}`);
  return signal !== null;
}
