import { once } from 'node:events';
import { createServer } from 'node:net';
import { Logger } from '@nestjs/common';
import { ConfigError } from '../../src/config';
import type { DatabaseClient } from '../../src/database/client';
import { connect, dataSourceOptions } from '../../src/database/data-source';
import { query } from '../support/sql';
import { Stopwatch } from '../support/stalls';
import { TcpProxy } from '../support/tcp-proxy';
import { createTestDatabase, nameOf, type TestDatabase } from '../support/test-database';

let database: TestDatabase;
let proxy: TcpProxy;
beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await createTestDatabase();
});
beforeEach(async () => {
  proxy = await TcpProxy.to(database.url);
});
afterEach(() => proxy.stop());
afterAll(() => database.drop());

/** The URL of the test database on these hosts instead of its own. */
function on(...hosts: string[]): string {
  return database.url.replace(/@[^/]*/, `@${hosts.join(',')}`);
}

/** An address at which nobody listens. */
async function closed(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return `127.0.0.1:${port}`;
}

/** @returns the port of the host that a data source connects to */
async function portFor(url: string): Promise<number> {
  const clients: DatabaseClient[] = [];
  const observer = { opened: (client: DatabaseClient) => void clients.push(client) };
  const dataSource = await connect(url, dataSourceOptions(url, { observer }));
  await dataSource.destroy();
  return clients[0].port;
}

const own = () => new URL(database.url).host;
const through = () => new URL(proxy.url).host;
const portIn = (host: string) => Number(host.split(':')[1]);

describe('of several hosts', () => {
  test('the first that takes writes is the one', async () => {
    expect(await portFor(on(through(), own()))).toBe(portIn(through()));
    expect(await portFor(on(await closed(), own(), through()))).toBe(portIn(own()));
  });

  test('one that says nothing is waited for two seconds', async () => {
    proxy.freeze();
    const watch = new Stopwatch();
    expect(await portFor(on(through(), own()))).toBe(portIn(own()));
    expect(watch.stop()).toBeLessThan(5_000);
  });

  test('one that ends each connection is passed by', async () => {
    proxy.sayFatal(0);
    expect(await portFor(on(through(), own()))).toBe(portIn(own()));
  });

  test('another one takes over when the first says nothing, and what waits for that is broken off', async () => {
    const url = on(through(), own());
    const dataSource = await connect(url, dataSourceOptions(url, { connections: 2 }));
    try {
      const runners = [dataSource.createQueryRunner(), dataSource.createQueryRunner()];
      await Promise.all(runners.map((runner) => runner.connect()));
      proxy.freeze();
      const hanging = runners[0].query('SELECT').then(
        () => 'an answer',
        (error: Error) => error.message,
      );
      const other = await connect(url, dataSourceOptions(url, { connections: 1 }));
      expect(await hanging).toMatch(/Connection terminated/);
      await Promise.all(runners.map((runner) => runner.release()));
      expect(await dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await other.destroy();
    } finally {
      await dataSource.destroy();
    }
  });

  test('none takes writes: that is said in one line, with what each host said', async () => {
    const refusing = await closed();
    const readOnly = await createTestDatabase();
    try {
      await query(
        readOnly.url,
        `ALTER DATABASE ${nameOf(readOnly.url)} SET default_transaction_read_only = on`,
      );
      const failed: Error = await connect(readOnly.url.replace('@', `@${refusing},`)).catch((error) => error);
      expect(failed).toBeInstanceOf(ConfigError);
      expect(failed.message).toMatch(
        /^DATABASE_URL cannot be used: no connection to 127\.0\.0\.1:\d+,\S+ \(connect ECONNREFUSED \S+, \S+ takes no writes\)$/,
      );
      expect(failed.message).not.toContain('@');
    } finally {
      await readOnly.drop();
    }
  });
});
