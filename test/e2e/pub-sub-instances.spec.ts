import { Redis } from 'ioredis';
import { describeWithRedis, RedisServer } from '../support/redis-server';
import { RunningService } from '../support/running-service';
import { query } from '../support/sql';
import { Stopwatch } from '../support/stalls';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

const CHANNEL = 'change_batch_quantity';
/** As docs/messages.md promises, and some for a slow machine, in milliseconds. */
const HAND_OVER_MS = 6_000 + 4_000;

describeWithRedis('among several services on Redis pub/sub', () => {
  let database: TestDatabase;
  let redis: RedisServer;
  let client: Redis;
  const services: RunningService[] = [];

  beforeAll(async () => {
    [database, redis] = await Promise.all([createTestDatabase(), RedisServer.start()]);
    client = new Redis(redis.url);
    // One after the other, so that the first one listens.
    await start();
    await until(async () => (await listeners()) === 1);
    await start();
  });
  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop('SIGKILL')));
    client.disconnect();
    await redis.stop();
    await database.drop();
  });

  const start = async () => {
    const settings = { DATABASE_URL: database.url, REDIS_URL: redis.url, REDIS_MODE: 'pubsub' };
    services.push(await RunningService.start(settings));
  };
  const listeners = async () => Number((await client.pubsub('NUMSUB', CHANNEL))[1]);
  const send = (batchref: string, qty: number) => client.publish(CHANNEL, JSON.stringify({ batchref, qty }));
  /** What the batch was changed to, one after the other. */
  const changes = async (batchRef: string) => {
    const events = `SELECT data->>'qty' AS qty FROM events WHERE type = 'BatchQuantityChanged' AND sku = '${batchRef}'`;
    return (await query(database.url, `${events} ORDER BY sequence`)).map(({ qty }) => Number(qty));
  };
  const create = async (batchRef: string) => {
    expect(await services.at(-1)!.post('/v1/batches', { ref: batchRef, sku: batchRef, qty: 1_000 })).toBe(
      201,
    );
  };
  const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

  test('100 messages make 100 changes, in their order', async () => {
    await create('many');
    for (const qty of upTo(100)) expect(await send('many', qty)).toBe(1);

    await until(async () => (await changes('many')).length >= 100);
    expect(await changes('many')).toEqual(upTo(100));
  });

  test('when the one that listens is killed another goes on, and nothing older comes after anything newer', async () => {
    await create('killed');
    let [qty, taken] = [0, 0];
    const sendNext = async () => {
      qty += 1;
      if ((await send('killed', qty)) === 1) taken = qty;
    };
    for (let i = 0; i < 50; i += 1) await sendNext();
    await services.shift()!.stop('SIGKILL');
    await until(async () => (await listeners()) === 0);
    const next = qty;
    const watch = new Stopwatch();
    await until(async () => {
      await sendNext();
      return taken > next;
    }, 60);
    expect(watch.stop()).toBeLessThan(HAND_OVER_MS);
    for (let i = 0; i < 50; i += 1) await sendNext();

    await until(async () => (await changes('killed')).at(-1) === taken);
    const made = await changes('killed');
    expect(made).toEqual(made.toSorted((a, b) => a - b));
    expect(new Set(made).size).toBe(made.length);
  });

  test('one that was frozen carries out nothing of what another has gone past', async () => {
    await create('frozen');
    await start();
    const [frozen] = services;
    process.kill(frozen.pid, 'SIGSTOP');
    // Redis still counts on it, and sends it these.
    for (const qty of upTo(20)) expect(await send('frozen', qty)).toBe(1);
    const watch = new Stopwatch();
    await until(async () => (await listeners()) === 2, 60);
    expect(watch.stop()).toBeLessThan(HAND_OVER_MS);
    await send('frozen', 500);
    await until(async () => (await changes('frozen')).length > 0);
    process.kill(frozen.pid, 'SIGCONT');
    await until(() => frozen.lines.some((line) => line.includes('another instance has taken over')));
    await until(async () => (await listeners()) === 1);
    expect(await send('frozen', 501)).toBe(1);

    await until(async () => (await changes('frozen')).length > 1);
    expect(await changes('frozen')).toEqual([500, 501]);
  });
});
