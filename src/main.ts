import { config as readDotEnv } from 'dotenv';
import { compact } from './cli/output';
import { ConfigError, loadConfig } from './config';
import { serve } from './serve';

/**
 * Runs the service until it is told to stop by SIGTERM or SIGINT. Exit codes: 1 it could not go on, 2 it could not
 * start.
 */
async function main(): Promise<void> {
  readDotEnv({ quiet: true });
  const service = await serve(loadConfig(process.env));

  let stopping: Promise<void> | undefined;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stopping ??= service.stop().then(
        () => process.exit(0),
        (error: unknown) => fail(error, 1),
      );
    });
  }
  void service.crashed.then((error) => stopping ?? service.stop().finally(() => fail(error, 1)));
}

function fail(error: unknown, exitCode: number): void {
  const cause = error instanceof Error ? error : new Error(String(error));
  // Settings need no stack to be understood; for anything else it is what the log is for.
  process.stderr.write(
    `${cause instanceof ConfigError ? compact(cause.message) : (cause.stack ?? cause.message)}\n`,
  );
  process.exit(exitCode);
}

void main().catch((error: unknown) => fail(error, 2));
