import type { Client } from 'pg';
import type { Bench } from './bench';
import type { Database } from './database';
import { ServiceProcess } from './service';

/**
 * Runs `work` with a service on a new database, and takes both away afterwards.
 * @param fill puts into the database what is there when the service starts
 * @param main the file to run instead of the service
 * @param settings of the service, besides those that it always gets
 */
export async function withFreshService<T>(
  bench: Bench,
  fill: (client: Client) => Promise<void>,
  work: (service: ServiceProcess, database: Database) => Promise<T>,
  main?: string,
  settings?: NodeJS.ProcessEnv,
): Promise<T> {
  const database = await bench.server.create(fill);
  try {
    const service = await ServiceProcess.start(database.url, main, settings);
    try {
      return await work(service, database);
    } finally {
      await service.stop();
    }
  } finally {
    await database.drop();
  }
}
