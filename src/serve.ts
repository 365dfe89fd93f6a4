import { Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AppModule } from './app.module';
import type { Config } from './config';
import { prepareDatabase } from './database/data-source';
import { EmbeddedPostgres } from './database/embedded-postgres';
import { createApp } from './http/create-app';
import { createLogger } from './http/logging';
import type { HttpAdapter } from './http/http-adapter';

/** A service that runs. */
export interface Service {
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Settles only when the service cannot go on; the error says why. */
  readonly crashed: Promise<Error>;
  /**
   * Finishes the requests under way, and stops all that belongs to the service.
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
    const warnings = await prepareDatabase(databaseUrl);
    const app = await createApp(config, AppModule.forRoot({ ...config, DATABASE_URL: databaseUrl }));
    for (const warning of warnings) logger.warn(warning);
    await app.listen({ port: config.PORT, host: config.HOST });
    const url = (await app.getUrl()).replace(/\/$/, '');
    logger.log(`Listening on ${url}; its documentation is at ${url}/docs`);
    const http = app.get<HttpAdapterHost<HttpAdapter>>(HttpAdapterHost).httpAdapter;
    return {
      url,
      crashed: postgres?.crashed ?? new Promise(() => {}),
      stop: async (delay = 0) => {
        logger.log('Stopping');
        await http.announceStop(delay);
        await app.close();
        await postgres?.stop();
      },
      hasten: () => http.hasten(),
    };
  } catch (error) {
    await postgres?.stop();
    throw error;
  }
}
