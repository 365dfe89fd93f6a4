import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** What a command said and how it ended. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in a process of its own, without a terminal. */
export function stockAllocation(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['-r', './test/support/register.cjs', 'src/cli.ts', ...args],
      {
        cwd: join(__dirname, '../..'),
        env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
      },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}
