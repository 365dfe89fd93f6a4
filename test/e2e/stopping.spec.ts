import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { describeWithRedis, RedisServer } from '../support/redis-server';
import { RunningService } from '../support/running-service';
import { TestSmtpServer } from '../support/smtp-server';
import { query } from '../support/sql';
import { Stopwatch } from '../support/stalls';
import { TcpProxy } from '../support/tcp-proxy';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

/** What containers give, in milliseconds. */
const GRACE_MS = 10_000;
/** How long the programs of a slow machine may take to begin, in seconds. */
const START_S = 120;
/** The same and some for what is tested, in milliseconds. */
const TEST_MS = 240_000;

const root = join(__dirname, '../..');
let database: TestDatabase;
let databaseProxy: TcpProxy;

beforeEach(async () => {
  database = await createTestDatabase();
  databaseProxy = await TcpProxy.to(database.url);
});
afterEach(async () => {
  await databaseProxy.stop();
  await database.drop();
});

describeWithRedis('a service with all its parts', () => {
  let redis: RedisServer;
  let client: Redis;
  let mails: TestSmtpServer;
  let redisProxy: TcpProxy;
  let mailProxy: TcpProxy;

  beforeEach(async () => {
    redis = await RedisServer.start();
    client = new Redis(redis.url);
    mails = await TestSmtpServer.start();
    redisProxy = await TcpProxy.to(redis.url);
    mailProxy = await TcpProxy.to(mails.url);
  });
  afterEach(async () => {
    client.disconnect();
    await Promise.all([redis.stop(), mails.stop(), redisProxy.stop(), mailProxy.stop()]);
  });

  test.each([
    ['streams', 'nothing'],
    ['pubsub', 'Redis'],
    ['streams', 'SMTP'],
    ['streams', 'Redis and SMTP and the database'],
  ])(
    '(%s) ends within the grace of containers while %s hangs',
    async (mode, hanging) => {
      const service = await RunningService.start({
        DATABASE_URL: databaseProxy.url,
        REDIS_URL: redisProxy.url,
        REDIS_MODE: mode,
        AVAILABILITY_VIEW: 'redis',
        SMTP_URL: mailProxy.url,
        // What is broken off would say so. By default it would also be after a stall; how long it takes is measured.
        ...(hanging === 'nothing' && { SHUTDOWN_GRACE: '60' }),
      });
      try {
        await service.post('/v1/batches', { ref: 'b1', sku: 'LAMP', qty: 1_000 });
        if (hanging.includes('SMTP')) mailProxy.freeze();
        // Mails to send, and messages to take in, are under way.
        for (let i = 0; i < 5; i += 1) {
          await service.post('/v1/batches', { ref: `b-${i}`, sku: `SKU-${i}`, qty: 1 });
          await service.post('/v1/allocations', { orderId: `o-${i}`, sku: `SKU-${i}`, qty: 2 });
        }
        if (hanging.includes('Redis')) redisProxy.freeze();
        if (hanging.includes('database')) databaseProxy.freeze();
        for (let qty = 1; qty <= 20; qty += 1) {
          const data = JSON.stringify({ batchref: 'b1', qty });
          if (mode === 'streams') await client.xadd('batch_quantity_changed', '*', 'data', data);
          else await client.publish('change_batch_quantity', data);
        }
        const unanswered =
          hanging === 'nothing'
            ? []
            : [service.post('/v1/allocations', { orderId: 'o', sku: 'LAMP', qty: 1 })];
        const settled = Promise.allSettled(unanswered);

        const watch = new Stopwatch();
        expect(await service.stop()).toBe(0);
        expect(watch.stop()).toBeLessThan(GRACE_MS);
        await settled;
        if (hanging === 'nothing') {
          expect(service.lines.join()).not.toContain('in time');
          expect(await query(database.url, 'SELECT FROM outbox')).toEqual([]);
        }
      } finally {
        await service.stop('SIGKILL');
      }
    },
    TEST_MS,
  );
});

describe('on the command line', () => {
  let folder: string;
  let child: ChildProcess | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stock-allocation-stopping-'));
    const rows = Array.from({ length: 200_000 }, (_, index) => `b-${index},SKU-${index % 100},5,`);
    await writeFile(join(folder, 'batches.csv'), ['ref,sku,qty,eta', ...rows, ''].join('\n'));
  });
  afterEach(async () => {
    child?.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  const run = (...args: string[]) => {
    const script = ['-r', join(root, 'test/support/register.cjs'), join(root, 'src/cli.ts')];
    child = spawn(process.execPath, [...script, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, DATABASE_URL: databaseProxy.url },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { text: '' };
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (data) => (output.text += data));
    return output;
  };
  const told = async (signal: NodeJS.Signals) => {
    const exit = once(child!, 'exit') as Promise<[number | null]>;
    const watch = new Stopwatch();
    child!.kill(signal);
    const [code] = await exit;
    return { code, took: watch.stop() };
  };
  const batches = async () => Number((await query(database.url, 'SELECT count(*) FROM batches'))[0].count);
  const isConnected = async () =>
    (
      await query(
        database.url,
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'stock-allocation%'`,
      )
    ).length > 0;

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)(
    'import ends after the rows under way when it is told to by %s, and says so',
    async (signal, code) => {
      const output = run('import', 'batches', 'batches.csv');
      await until(async () => (await batches()) > 0, START_S);
      const end = await told(signal);
      expect(end).toEqual({ code, took: expect.any(Number) });
      expect(end.took).toBeLessThan(GRACE_MS);
      const imported = await batches();
      expect(imported).toBeLessThan(200_000);
      expect(output.text).toContain(`${imported} rows imported, 0 refused\n`);
      expect(output.text).toContain('Told to stop');
    },
    TEST_MS,
  );

  test(
    'watch leaves the file where it will go on',
    async () => {
      run('watch', '.');
      await until(async () => (await batches()) > 0, START_S);
      const { code, took } = await told('SIGTERM');
      expect(code).toBe(0);
      expect(took).toBeLessThan(GRACE_MS);
      expect(await batches()).toBeLessThan(200_000);
    },
    TEST_MS,
  );

  test.each(['import batches batches.csv', 'watch .', 'verify'])(
    '%s ends while the database hangs',
    async (command) => {
      await query(
        database.url,
        `INSERT INTO products (sku, version_number, counted_version) VALUES ('x', 1, 1);
       INSERT INTO batches (reference, sku, purchased_quantity, position, sequence)
       SELECT 'b' || n, 'x', 0, n, 1 FROM generate_series(1, 200000) n`,
      );
      run(...command.split(' '));
      await until(isConnected, START_S);
      databaseProxy.freeze();
      const { took } = await told('SIGTERM');
      expect(took).toBeLessThan(GRACE_MS);
    },
    TEST_MS,
  );
});
