import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AppModule, broughtBy, type Config } from './app.module';
import { ConfigError } from './config';
import { connect, prepareDatabase } from './database/data-source';
import { EmbeddedPostgres } from './database/embedded-postgres';
import { isLoopback } from './http/access/access';
import { createApp } from './http/create-app';
import { createLogger } from './http/logging';
import type { HttpAdapter } from './http/http-adapter';
import { anyKeyOn } from './keys/contracts';
import { CommandConsumer } from './messaging/entrypoints/command-consumer';

/** What the rest may take to end, beyond the time that requests have, in milliseconds. */
const REST_MS = 1_200;
/** PostgreSQL has so much at least, to be told and to begin. */
const POSTGRES_MS = 300;

/** A service that runs. */
export interface Service {
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Settles only when the service cannot go on; the error says why. */
  readonly crashed: Promise<Error>;
  /**
   * Finishes the requests under way, and stops all that belongs to the service. Returns at the latest two seconds after
   * the delay and the grace of the requests, whatever hangs: what was not finished bears to be cut off.
   * @param delay seconds for which it goes on as ever before, but says that it is not ready
   */
  stop(delay?: number): Promise<void>;
  /** Leaves a stop no more time: requests under way are answered 503. */
  hasten(): void;
}

/**
 * Starts the service: its database, unless the settings name one, then HTTP.
 * @throws Error when something cannot start; what was started before is stopped again. ConfigError when the fault lies
 *   with a setting
 */
export async function serve(config: Config): Promise<Service> {
  // Lines that are written before there is an application look like those after it.
  Logger.overrideLogger(createLogger(config));
  const logger = new Logger('Service');
  const postgres = config.DATABASE_URL
    ? undefined
    : await EmbeddedPostgres.start({ dataDir: config.DATA_DIR, log: new Logger('PostgreSQL') });
  try {
    const databaseUrl = config.DATABASE_URL ?? postgres!.url;
    const { migrations, apis } = broughtBy(config.modules);
    const warnings = await prepareDatabase(databaseUrl, migrations);
    if (!isLoopback(config.HOST)) await checkThatThereIsAKey(databaseUrl, config.HOST);
    const module = AppModule.forRoot({ ...config, DATABASE_URL: databaseUrl });
    const app = await createApp(config, module, apis);
    for (const warning of warnings) logger.warn(warning);
    await app.listen({ port: config.PORT, host: config.HOST });
    const url = (await app.getUrl()).replace(/\/$/, '');
    logger.log(`Listening on ${url}; its documentation is at ${url}/docs`);
    const http = app.get<HttpAdapterHost<HttpAdapter>>(HttpAdapterHost).httpAdapter;
    let deadline = Infinity;
    const endBy = (milliseconds: number) => {
      deadline = Math.min(deadline, performance.now() + milliseconds);
    };
    return {
      url,
      crashed: postgres?.crashed ?? new Promise(() => {}),
      stop: async (delay = 0) => {
        logger.log('Stopping');
        endBy((delay + config.SHUTDOWN_GRACE) * 1_000 + REST_MS);
        // The sooner another instance takes over the messages, the better; closing waits for it, too.
        void app.get(CommandConsumer).stop();
        await http.announceStop(delay);
        if (!(await isDoneBy(app.close(), () => deadline)))
          logger.warn('Not all that is under way can be ended in time; it is made good for later');
        if (!postgres) return;
        const latest = Math.max(deadline, performance.now() + POSTGRES_MS);
        if (!(await isDoneBy(postgres.stop(), () => latest)))
          logger.warn('PostgreSQL takes longer to stop than there is time; it goes on with that');
      },
      hasten: () => {
        endBy(REST_MS);
        http.hasten();
      },
    };
  } catch (error) {
    await postgres?.stop();
    throw error;
  }
}

/** @throws ConfigError when there is none, so that whoever reaches the service could do everything */
async function checkThatThereIsAKey(databaseUrl: string, host: string): Promise<void> {
  const dataSource = await connect(databaseUrl);
  const anyKey = await anyKeyOn(dataSource).finally(() => dataSource.destroy());
  if (anyKey) return;
  throw new ConfigError(
    `HOST is ${host}, so others can reach the service, and it has no key yet. Create one first: ` +
      'stock-allocation keys create --name admin --scopes admin (with Docker: docker compose run --rm service ' +
      'stock-allocation keys create --name admin --scopes admin). Or let HOST be 127.0.0.1, for this machine alone.',
  );
}

/**
 * Waits for `work`, but not beyond a moment that may be moved meanwhile.
 * @returns whether it is done
 * @throws what `work` throws
 */
async function isDoneBy(work: Promise<unknown>, deadline: () => number): Promise<boolean> {
  const done = work.then(() => true);
  for (;;) {
    const left = deadline() - performance.now();
    const answer = await Promise.race([done, pause(Math.max(Math.min(left, 50), 0), false)]);
    if (answer || left <= 0) return answer;
  }
}
