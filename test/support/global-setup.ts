import { rmSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '../../src/database/embedded-postgres';
import { createTemplate, nameOf } from './test-database';

type CleanUp = () => Promise<void>;

/** What is left to do after the tests; global-teardown.ts runs in the same process. */
export const leftToDo = globalThis as typeof globalThis & { cleanUpAfterTests?: CleanUp };

/**
 * Runs once before the tests: starts one PostgreSQL for all of them, and makes the template of their
 * databases. With `TEST_DATABASE_URL` it uses that server, whose user must be allowed to create databases.
 */
export default async function globalSetup(): Promise<void> {
  const server = process.env.TEST_DATABASE_URL
    ? { url: process.env.TEST_DATABASE_URL, stop: async () => {} }
    : await startServer();
  leftToDo.cleanUpAfterTests = server.stop;
  const template = await createTemplate(server.url).catch(async (error) => {
    await server.stop();
    throw error;
  });
  leftToDo.cleanUpAfterTests = async () => {
    await template.drop();
    await server.stop();
  };
  // The processes that run the tests inherit these.
  process.env.TEST_SERVER_URL = server.url;
  process.env.TEST_TEMPLATE = nameOf(template.url);
}

/** A server whose data are thrown away, so nothing need be flushed to disk. */
async function startServer(): Promise<{ url: string; stop: CleanUp }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'stock-allocation-test-'));
  await chmod(dataDir, 0o755); // Under root, postgres runs as another user.
  // On Ctrl-C PostgreSQL is told to end when this process exits, and a signal alone does not make it do so.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(1));
  }
  const remove = () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 10 });
  process.once('exit', remove);
  const server = await EmbeddedPostgres.start({
    dataDir,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  });
  return { url: server.url, stop: () => server.stop().finally(remove) };
}
