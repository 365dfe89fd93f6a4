import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseClient } from '../client';
import { findHome } from './cluster';
import { databaseUrl } from './server';

/**
 * Where the embedded PostgreSQL on `dataDir` can be reached, if one is running: for a command that works
 * beside the service.
 */
export async function findRunning(dataDir: string): Promise<string | undefined> {
  const { folder } = await findHome(dataDir);
  try {
    const pidFile = await readFile(join(folder, 'postgres/data/postmaster.pid'), 'utf8');
    const password = await readFile(join(folder, 'postgres/password'), 'utf8');
    const url = databaseUrl(Number(pidFile.split('\n')[3]), password);
    const client = new DatabaseClient({ connectionString: url, connectionTimeoutMillis: 2_000 });
    await client.connect();
    await client.end();
    return url;
  } catch {
    // Never started, stopped, or what is there is left over from a killed one.
    return undefined;
  }
}
