import 'reflect-metadata';
import { setTimeout as pause } from 'node:timers/promises';
import { type INestApplicationContext, Logger, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { config as readDotEnv } from 'dotenv';
import { AppModule, broughtBy, type Config, loadConfig } from '../app.module';
import { connect, prepareDatabase } from '../database/data-source';
import { findRunning } from '../database/embedded/running';
import { Locked } from '../database/embedded/service-lock';
import { EmbeddedPostgres } from '../database/embedded-postgres';
import { checkSchema, isEmpty } from '../database/schema';
import { printable } from '../printable';
import { onStop } from './stopping';

/** How long a service may take until the database that it starts can be used. */
const SERVICE_START_MS = 10_000;

/** The settings, from the environment and .env. @throws ConfigError */
export function readConfig(): Config {
  readDotEnv({ quiet: true });
  return loadConfig(process.env);
}

/**
 * Finds the database that the settings name: DATABASE_URL, or else that of a service which is running on
 * DATA_DIR, or else one started for the purpose.
 * @returns its URL, and what ends a database that was started
 */
async function openDatabase(config: Config): Promise<{ url: string; release: () => Promise<void> }> {
  const release = () => Promise.resolve();
  if (config.DATABASE_URL) return { url: config.DATABASE_URL, release };
  for (const end = Date.now() + SERVICE_START_MS; ; await pause(100)) {
    const url = await findRunning(config.DATA_DIR);
    if (url) return { url, release };
    try {
      const postgres = await EmbeddedPostgres.start({ dataDir: config.DATA_DIR });
      const release = () => postgres.stop();
      onStop(release);
      return { url: postgres.url, release };
    } catch (error) {
      // The service that holds the folder may just be starting its database.
      if (!(error instanceof Locked) || Date.now() > end) throw error;
    }
  }
}

/** Runs `work` on the database that the settings name. */
export async function withDatabase<T>(config: Config, work: (databaseUrl: string) => Promise<T>): Promise<T> {
  const { url, release } = await openDatabase(config);
  try {
    return await work(url);
  } finally {
    await release();
  }
}

/**
 * Runs `work` on a connection to that database. Its schema stays as it is, since an instance of another version may be
 * running; but an empty database gets one when `work` is what comes before the first start.
 * @throws ConfigError when the schema is not that of this version
 */
export function withDataSource<T>(
  config: Config,
  work: (dataSource: Awaited<ReturnType<typeof connect>>) => Promise<T>,
  { comesFirst = false } = {},
): Promise<T> {
  Logger.overrideLogger(warningsToStderr);
  return withDatabase(config, async (databaseUrl) => {
    const { migrations } = broughtBy(config.modules);
    if (comesFirst && (await isEmpty(databaseUrl))) await prepareDatabase(databaseUrl, migrations);
    const dataSource = await connect(databaseUrl);
    try {
      await checkSchema(dataSource, migrations);
      return await work(dataSource);
    } finally {
      await dataSource.destroy();
    }
  });
}

/**
 * Starts what carries out commands, on the database that the settings name: see `AppModule.forCommands`.
 * @returns it, and what ends it again
 */
export async function openApplication(): Promise<{
  app: INestApplicationContext;
  close: () => Promise<void>;
}> {
  const config = readConfig();
  const { url, release } = await openDatabase(config);
  try {
    await prepareDatabase(url, broughtBy(config.modules).migrations);
    const app = await NestFactory.createApplicationContext(
      AppModule.forCommands({ ...config, DATABASE_URL: url }),
      {
        logger: warningsToStderr,
        abortOnError: false,
      },
    );
    return { app, close: () => app.close().finally(release) };
  } catch (error) {
    await release();
    throw error;
  }
}

/** What goes wrong beside the command itself; stdout belongs to what the command has to say. */
const report = (...said: unknown[]) => {
  // The message comes after the details, if there are any.
  const text = said.find((part) => typeof part === 'string') ?? String(said[0]);
  process.stderr.write(`${printable(text)}\n`);
};
const warningsToStderr: LoggerService = { log: () => {}, warn: report, error: report, fatal: report };

/** Runs `work` with what carries out commands. */
export async function withApplication<T>(work: (app: INestApplicationContext) => Promise<T>): Promise<T> {
  const { app, close } = await openApplication();
  try {
    return await work(app);
  } finally {
    await close();
  }
}
