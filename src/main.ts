import { config as readDotEnv } from 'dotenv';
import { loadConfig } from './app.module';
import { SAME_SIGNAL_MS } from './cli/stopping';
import { ConfigError } from './config';
import { Locked } from './database/embedded/service-lock';
import { compact } from './printable';
import { serve, type Service } from './serve';

/**
 * Runs the service until it is told to stop by SIGTERM, or at once by SIGINT (Ctrl-C). A second signal leaves
 * requests under way no more time. Exit codes: 1 it could not go on, 2 it could not start.
 */
async function main(): Promise<void> {
  readDotEnv({ quiet: true });
  const config = loadConfig(process.env);

  let service: Service | undefined;
  let stopping: Promise<void> | undefined;
  let stoppingSince = 0;
  const stop = (delay: number) => {
    // Nobody was served yet, and a PostgreSQL that is starting is told to end when this process exits.
    if (!service) process.exit(0);
    if (!stopping) {
      stoppingSince = performance.now();
      stopping = service.stop(delay).then(
        () => process.exit(0),
        (error: unknown) => fail(error, 1),
      );
    } else if (performance.now() - stoppingSince >= SAME_SIGNAL_MS) service.hasten();
  };
  process.on('SIGTERM', () => stop(config.SHUTDOWN_DELAY));
  process.on('SIGINT', () => stop(0));
  const started = (service = await serve(config));
  void started.crashed.then((error) => (stopping ??= started.stop().finally(() => fail(error, 1))));
}

function fail(error: unknown, exitCode: number): void {
  const cause = error instanceof Error ? error : new Error(String(error));
  // Settings need no stack to be understood; for anything else it is what the log is for.
  const understood = cause instanceof ConfigError || cause instanceof Locked;
  process.stderr.write(`${understood ? compact(cause.message) : (cause.stack ?? cause.message)}\n`);
  process.exit(exitCode);
}

void main().catch((error: unknown) => fail(error, 2));
