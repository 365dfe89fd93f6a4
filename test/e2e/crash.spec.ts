import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { auditViews, auditWriteModel } from '../support/audit';
import { isDelivered } from '../support/delivered';
import { eventsInRedis } from '../support/events-in-redis';
import { FeedFollower, nameOfEvent } from '../support/feed-follower';
import { embeddedUrl, killServer } from '../support/postmaster';
import { randomRef, randomSku } from '../support/random-refs';
import { describeWithRedis, RedisServer } from '../support/redis-server';
import { RunningService } from '../support/running-service';
import { query } from '../support/sql';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';
import { WebhookReceiver } from '../support/webhook-receiver';

/** How often the service is killed: more in CI's own run of this file. */
const CRASHES = Number(process.env.CRASHES ?? 3);
const CLIENTS = 16;
const SKUS = Array.from({ length: 4 }, () => randomSku('SOFA'));

/** Waits until every event has been delivered to everyone. Claims and leases of a dead instance last 10 s. */
async function delivered(url: string): Promise<void> {
  await until(() => isDelivered(url), 40);
  expect(await query(url, 'SELECT FROM dead_letters')).toEqual([]);
}

/** Sends lines until the service dies; remembers which it acknowledged. */
async function load(service: RunningService, round: number, acknowledged: Set<string>): Promise<void> {
  let next = 0;
  const client = async () => {
    try {
      for (;;) {
        const number = next++;
        const orderId = `order-${round}-${number}`;
        const status = await service.post('/v1/allocations', {
          orderId,
          sku: SKUS[number % SKUS.length],
          qty: 1,
        });
        if (status === 202) acknowledged.add(orderId);
        // The service refuses work until its database is back.
        if (status === 503) await pause(5);
      }
    } catch {
      // It is dead.
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

/** Waits until the service whose database was killed has brought it back, and works. */
async function servesAgain({ lines }: RunningService, acknowledged: Set<string>): Promise<void> {
  await until(() => lines.some((line) => line.includes('PostgreSQL is back')), 30);
  const before = acknowledged.size;
  await until(() => acknowledged.size > before + CLIENTS, 30);
}

describeWithRedis('a service that is killed again and again', () => {
  test(`loses nothing through ${CRASHES} crashes of itself and of its database, nor does who follows it (promises 1, 2, 3 and 5)`, async () => {
    const redis = await RedisServer.start();
    const dataDir = await mkdtemp(join(tmpdir(), 'stock-allocation-crash-'));
    await chmod(dataDir, 0o755); // Under root, postgres runs as another user.
    const receiver = await WebhookReceiver.start();
    const settings = {
      DATA_DIR: dataDir,
      REDIS_URL: redis.url,
      REDIS_MODE: 'streams',
      WEBHOOKS_ALLOW_PRIVATE: 'true',
      LOG_LEVEL: 'info',
    };
    const acknowledged = new Set<string>();
    let service: RunningService | undefined;
    const followers = (['stream', 'poll'] as const).map((way) => new FeedFollower(() => service!.url, way));
    try {
      for (let round = 0; round < CRASHES; round += 1) {
        service = await RunningService.start(settings);
        if (round === 0) {
          expect(await service.post('/v1/webhooks', { url: receiver.url })).toBe(201);
          for (const follower of followers) follower.start();
        }
        // Some of the lines find nothing left.
        for (const sku of SKUS) await service.post('/v1/batches', { ref: randomRef(), sku, qty: 20 });
        const loading = load(service, round, acknowledged);
        // At a moment that nobody chose, in the middle of the work.
        const enough = acknowledged.size + Math.random() * 150;
        await until(() => acknowledged.size > enough);
        // The service, its database, or both.
        if (round % 3 !== 0) killServer(dataDir);
        if (round % 3 === 1) await servesAgain(service, acknowledged);
        await service.stop('SIGKILL');
        await loading;
      }

      service = await RunningService.start(settings);
      const url = embeddedUrl(dataDir);
      await delivered(url);

      expect(await auditWriteModel(url)).toEqual([]);
      expect(await auditViews(url)).toEqual([]);
      const known = await query(
        url,
        `SELECT DISTINCT data->>'orderId' AS id FROM events WHERE type IN ('Allocated', 'OutOfStock')`,
      );
      const kept = new Set(known.map(({ id }) => String(id)));
      expect([...acknowledged].filter((orderId) => !kept.has(orderId))).toEqual([]);
      expect(acknowledged.size).toBeGreaterThan(CRASHES * 2);

      const log = await query(url, 'SELECT id, sku, sequence FROM log ORDER BY position');
      expect(await streamed(redis.url)).toEqual(log.map(({ id }) => id));
      const all = log.map(({ sku, sequence }) => nameOfEvent(String(sku), Number(sequence)));
      for (const { seen } of followers) {
        await until(() => seen.length >= all.length);
        expect(seen).toEqual(all);
      }
      for (const sku of SKUS) {
        const received = [...new Set(receiver.sequencesOf(sku))];
        expect(received).toEqual(received.map((_, index) => index + 1));
        expect(received).toHaveLength(log.filter((event) => event.sku === sku).length);
      }
      console.log(
        `${CRASHES} crashes: ${acknowledged.size} acknowledged lines, ${log.length} events, all accounted for`,
      );
    } finally {
      await Promise.all(followers.map((follower) => follower.stop()));
      await service?.stop('SIGKILL');
      await receiver.stop();
      killServer(dataDir);
      await redis.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  }, 600_000);
});

/** The ids of the events in Redis, each where it came for the first time. */
async function streamed(redisUrl: string): Promise<string[]> {
  return [...new Set((await eventsInRedis(redisUrl)).map(({ id }) => id))];
}

describe('the moment between commit and delivery', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  const mails = () => query(database.url, 'SELECT subject FROM mail_queue');

  /** A line is refused, and its instance dies before anybody has heard of it. */
  async function crash(): Promise<void> {
    const service = await RunningService.start(
      { DATABASE_URL: database.url },
      'test/support/crash-before-dispatch-main.ts',
    );
    await service.post('/v1/batches', { ref: 'b1', sku: SKUS[0], qty: 10 });
    await expect(
      service.post('/v1/allocations', { orderId: 'crash-here', sku: SKUS[0], qty: 30 }),
    ).rejects.toThrow();
    expect(await query(database.url, `SELECT * FROM events WHERE type = 'OutOfStock'`)).toHaveLength(1);
    expect(await mails()).toEqual([]);
  }

  test('shows in the views what was committed', async () => {
    await crash();
    expect(await auditViews(database.url)).toEqual([]);
  });

  test('loses no event: another instance delivers it (promise 3)', async () => {
    await crash();
    const other = await RunningService.start({ DATABASE_URL: database.url });
    try {
      await delivered(database.url);
      expect(await mails()).toEqual([{ subject: `Out of stock for ${SKUS[0]}` }]);
    } finally {
      await other.stop();
    }
  });

  test('loses the event when handlers do not read the log', async () => {
    await crash();
    const other = await RunningService.start(
      { DATABASE_URL: database.url },
      'test/support/no-handler-reader-main.ts',
    );
    // As much as an instance does in its life: it starts, works, and stops.
    await other.post('/v1/allocations', { orderId: 'another', sku: SKUS[0], qty: 1 });
    await other.stop();
    expect(await isDelivered(database.url)).toBe(false);
    expect(await mails()).toEqual([]);
  });
});
