import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRunning } from '../../src/database/embedded/running';
import { type CommandResult, stockAllocation } from '../support/command-line';
import { RunningService } from '../support/running-service';
import { TcpProxy } from '../support/tcp-proxy';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** The URL of the test database with something exchanged. */
function changed(change: (url: URL) => void): string {
  const url = new URL(database.url);
  change(url);
  return url.href;
}

describe('a DATABASE_URL that leads nowhere', () => {
  const cases: [string, () => string, RegExp][] = [
    ['a sign that is not encoded', () => database.url.replace('@', '%s3cret@'), /% as %25/],
    ['a wrong password', () => changed((url) => (url.password = 's3cret')), /password authentication failed/],
    ['no password', () => changed((url) => (url.password = '')), /the server asks for a password/],
    ['an unknown database', () => changed((url) => (url.pathname = '/nowhere')), /"nowhere" does not exist/],
    ['an unknown host', () => 'postgres://user:s3cret@nowhere.invalid/stock', /nowhere\.invalid/],
    ['a closed port', () => 'postgres://user:s3cret@localhost:1/stock', /localhost:1\/stock .*ECONNREFUSED/],
    [
      'a missing certificate',
      () => 'postgres://user:s3cret@localhost:1/stock?sslrootcert=/nowhere.pem',
      /ENOENT.*nowhere\.pem/,
    ],
  ];

  function expectOneLine({ code, stdout, stderr }: CommandResult, reason: RegExp): void {
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^.*DATABASE_URL .*\n$/);
    expect(stderr).toMatch(reason);
    expect(stderr).not.toContain('s3cret');
  }

  test.each(cases)('is named in one line, without the password: %s', async (_name, url, reason) => {
    expectOneLine(await stockAllocation(['migrate'], { DATABASE_URL: url() }), reason);
  });

  test.each([['serve'], ['export', 'batches'], ['watch', '--once']])(
    'is named in one line by %s, too',
    async (...args) => {
      // Whatever goes wrong, watch moves files of this folder alone.
      const folder = mkdtempSync(join(tmpdir(), 'stock-allocation-drop-'));
      try {
        if (args[0] === 'watch') args.push(folder);
        for (const [, url, reason] of cases.slice(0, 2)) {
          expectOneLine(await stockAllocation(args, { DATABASE_URL: url(), LOG_LEVEL: 'warn' }), reason);
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});

describe('a connection that PostgreSQL ends as soon as it is ready', () => {
  let proxy: TcpProxy;
  beforeEach(async () => {
    proxy = await TcpProxy.to(database.url);
  });
  afterEach(() => proxy.stop());

  // The first statement of a connection sets it up.
  test.each([0, 1])(
    'does not end the service after %d statements, which answers 503 until it gets one that lasts',
    async (statements) => {
      const service = await RunningService.start({ DATABASE_URL: proxy.url });
      try {
        const get = (path: string) => fetch(service.url + path).then(({ status }) => status);
        const calls = ['/v1/batches?sku=LAMP', '/v1/batches/b1', '/v1/out-of-stock', '/health/ready'];
        const answers = () => Promise.all([...calls.map(get), service.post('/v1/batches', batch)]);
        const batch = { ref: 'b1', sku: 'LAMP', qty: 1 };
        expect(await service.post('/v1/batches', batch)).toBe(201);

        proxy.sayFatal(statements);
        for (let round = 1; round <= 5; round += 1) expect(await answers()).toEqual(Array(5).fill(503));

        proxy.open();
        await until(async () => (await get('/health/ready')) === 200);
        expect(await answers()).toEqual([200, 200, 200, 200, 201]);
      } finally {
        await service.stop();
      }
    },
  );

  test('does not end a command, which says so', async () => {
    proxy.sayFatal(0);
    const { code, stderr } = await stockAllocation(['migrate'], { DATABASE_URL: proxy.url });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: DATABASE_URL .*\n$/);
  });

  test('does not end whoever looks for a server that runs', async () => {
    proxy.sayFatal(0);
    const folder = mkdtempSync(join(tmpdir(), 'find-running-'));
    mkdirSync(join(folder, 'postgres/data'), { recursive: true });
    writeFileSync(join(folder, 'postgres/password'), 'any');
    writeFileSync(join(folder, 'postgres/data/postmaster.pid'), `1\n2\n3\n${new URL(proxy.url).port}\n`);
    try {
      await expect(findRunning(folder)).resolves.toBeDefined();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
