import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { refuseSecrets } from './secrets-in-log';

/** What a command said and how it ended. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Commands that are there to print a secret, once. */
const TELL_SECRETS = ['keys', 'webhooks'];

/** Runs the command line in a process of its own, without a terminal. @throws Error when it writes a secret */
export async function stockAllocation(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<CommandResult> {
  const result = await new Promise<CommandResult>((resolve) => {
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
  const { stdout, stderr } = result;
  const said = TELL_SECRETS.includes(args[0]) ? stderr : stdout + stderr;
  refuseSecrets(said.split('\n'), environment);
  return result;
}
