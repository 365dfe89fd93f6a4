import { config as readDotEnv } from 'dotenv';
import { ConfigError, loadConfig } from './config';
import { serve } from './serve';

/** Runs the service until it is told to stop by SIGTERM or SIGINT. Exit code 1: it could not start or go on. */
async function main(): Promise<void> {
  readDotEnv({ quiet: true });
  const service = await serve(loadConfig(process.env));

  let stopping: Promise<void> | undefined;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stopping ??= service.stop().then(() => process.exit(0), fail);
    });
  }
  void service.crashed.then((error) => stopping ?? service.stop().finally(() => fail(error)));
}

function fail(error: unknown): void {
  const cause = error instanceof Error ? error : new Error(String(error));
  // Settings need no stack to be understood; for anything else it is what the log is for.
  process.stderr.write(`${cause instanceof ConfigError ? cause.message : (cause.stack ?? cause.message)}\n`);
  process.exit(1);
}

void main().catch(fail);
