import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { isDelivered } from '../support/delivered';
import { auditViews, auditWriteModel } from '../support/audit';
import { type CommandResult, stockAllocation } from '../support/command-line';
import { describeWithRedis, RedisServer } from '../support/redis-server';
import { RunningService } from '../support/running-service';
import { TestSmtpServer } from '../support/smtp-server';
import { query } from '../support/sql';
import { Stopwatch } from '../support/stalls';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

/*
 * The command line has its own environment: it may know the database and neither the broker nor the mail server nor the
 * copy in Redis that the service has.
 */
describeWithRedis('a command line that knows the database alone, beside a service:', () => {
  let database: TestDatabase;
  let redis: RedisServer;
  let client: Redis;
  let mails: TestSmtpServer;
  let folder: string;
  let service: RunningService | undefined;

  beforeEach(async () => {
    [database, redis, mails] = await Promise.all([
      createTestDatabase(),
      RedisServer.start(),
      TestSmtpServer.start(),
    ]);
    client = new Redis(redis.url);
    folder = await mkdtemp(join(tmpdir(), 'stock-allocation-beside-'));
  });
  afterEach(async () => {
    await service?.stop();
    service = undefined;
    client.disconnect();
    await Promise.all([redis.stop(), mails.stop(), rm(folder, { recursive: true })]);
    await database.drop();
  });

  const startService = async () => {
    service = await RunningService.start({
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      REDIS_MODE: 'streams',
      AVAILABILITY_VIEW: 'redis',
      SMTP_URL: mails.url,
    });
    return service;
  };
  const importRows = async (kind: 'batches' | 'orders', ...rows: string[]): Promise<CommandResult> => {
    const header = kind === 'batches' ? 'ref,sku,qty,eta' : 'orderid,sku,qty';
    await writeFile(join(folder, 'rows.csv'), `${[header, ...rows].join('\n')}\n`);
    const result = await stockAllocation(['import', kind, join(folder, 'rows.csv')], {
      DATABASE_URL: database.url,
    });
    expect(result).toMatchObject({ code: 0, stdout: `${rows.length} rows imported, 0 refused\n` });
    return result;
  };
  const get = async (path: string) => (await fetch(service!.url + path)).json();
  /** The sequence numbers that the stream has of each SKU, in its order. */
  const streamed = async () => {
    const sequences: Record<string, number[]> = {};
    for (const [, fields] of await client.xrange('allocation_events', '-', '+')) {
      const field = (name: string) => fields[fields.indexOf(name) + 1];
      (sequences[field('sku')] ??= []).push(Number(field('sequence')));
    }
    return sequences;
  };
  const allDelivered = () => isDelivered(database.url);

  test('what it does reaches broker, mail server and Redis by the service, as what the service does itself', async () => {
    const { url, post } = await startService();
    expect(url).toBeTruthy();
    await post.call(service, '/v1/batches', { ref: 'b1', sku: 'LAMP', qty: 5 });
    expect(await get('/v1/availability/LAMP')).toMatchObject({ available: 5 });
    await until(async () => (await client.hget('available:open:LAMP', '#')) !== null);

    const { stderr } = await importRows('batches', 'b2,LAMP,20,2031-01-31', 'b3,SOFA,1,');
    await importRows('orders', 'o1,LAMP,3', 'o2,SOFA,2');
    // Seen at once: the views are written by whoever commands.
    expect(await get('/v1/allocations/o1')).toMatchObject({
      lines: [{ state: 'allocated', batchRef: 'b1' }],
    });
    await until(allDelivered);
    await post.call(service, '/v1/allocations', { orderId: 'o3', sku: 'LAMP', qty: 1 });
    await until(allDelivered);

    expect(await streamed()).toEqual({ LAMP: [1, 2, 3, 4], SOFA: [1, 2] });
    await until(() => mails.received.length > 0);
    expect(mails.subjects).toEqual(['Out of stock for SOFA']);
    expect(stderr).toBe('');
    await until(
      async () => (await query(database.url, 'SELECT FROM mail_queue WHERE sent_at IS NULL')).length === 0,
    );
    expect(await get('/v1/availability/LAMP')).toMatchObject({
      schedule: [
        { eta: null, available: 1 },
        { eta: '2031-01-31', available: 20 },
      ],
    });
    expect(await client.hget('available:open:LAMP', '=b2')).toMatch(/\|20\|2$/);
    expect(await auditWriteModel(database.url)).toEqual([]);
    expect(await auditViews(database.url)).toEqual([]);
  }, 300_000);

  test('what it did while no service ran, the next one delivers; thousands of rows within seconds, in few lines', async () => {
    await startService();
    await service!.stop();
    const batches = Array.from({ length: 200 }, (_, index) => `b${index},SKU-${index % 20},100000,`);
    const orders = Array.from({ length: 10_000 }, (_, index) => `o${index},SKU-${index % 20},1`);
    await importRows('batches', ...batches);
    await importRows('orders', ...orders);
    expect(await query(database.url, 'SELECT count(*)::int FROM outbox')).toEqual([{ count: 10_200 }]);

    const { lines } = await startService();
    const watch = new Stopwatch();
    await until(allDelivered, 120);
    expect(watch.stop()).toBeLessThan(60_000);
    const sequences = await streamed();
    expect(Object.keys(sequences)).toHaveLength(20);
    for (const ofSku of Object.values(sequences))
      expect(ofSku).toEqual(Array.from({ length: 510 }, (_, index) => index + 1));
    expect(lines.filter((line) => line.includes('events from the log')).length).toBeLessThan(10);
    expect(await auditViews(database.url)).toEqual([]);
  }, 300_000);
});
