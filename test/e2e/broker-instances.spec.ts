import { eventsInRedis } from '../support/events-in-redis';
import { randomRef, randomSku } from '../support/random-refs';
import { describeWithRedis, RedisServer } from '../support/redis-server';
import { RunningService } from '../support/running-service';
import { query } from '../support/sql';
import { createTestDatabase } from '../support/test-database';
import { until } from '../support/until';

describeWithRedis('two instances with a Redis', () => {
  test('an instance that froze between reading events and publishing them publishes nothing old when it comes back (promise 5)', async () => {
    const [redis, database] = [await RedisServer.start(), await createTestDatabase()];
    const settings = { DATABASE_URL: database.url, REDIS_URL: redis.url, REDIS_MODE: 'streams' };
    const sku = randomSku('SOFA');
    const allocate = (service: RunningService, orderId: string) =>
      service.post('/v1/allocations', { orderId, sku, qty: 1 });
    const written = async () => {
      const log = await query(database.url, 'SELECT id FROM events ORDER BY sequence');
      return log.map(({ id }) => String(id));
    };
    const sent = async () => (await eventsInRedis(redis.url)).map(({ id }) => id);
    const services: RunningService[] = [];
    try {
      const frozen = await RunningService.start(settings, 'test/support/freeze-before-publish-main.ts');
      services.push(frozen);
      await frozen.post('/v1/batches', { ref: randomRef(), sku, qty: 100 });
      const asked = allocate(frozen, 'freeze-here').catch(() => undefined);
      await until(() => frozen.lines.includes('freezes'));

      // The other one takes over when the lease is over, and publishes what the frozen one has in its hands, and more.
      const other = await RunningService.start(settings);
      services.push(other);
      for (let n = 0; n < 5; n += 1) await allocate(other, randomRef());
      await until(async () => (await sent()).length === 7, 40);

      process.kill(frozen.pid, 'SIGCONT');
      await until(() => frozen.lines.includes('has tried'), 30);
      await asked;
      expect(await allocate(frozen, randomRef())).toBe(202);
      await until(async () => (await sent()).includes((await written()).at(-1)!), 30);
      expect(await sent()).toEqual(await written());
    } finally {
      await Promise.all(services.map((service) => service.stop('SIGKILL')));
      await redis.stop();
      await database.drop();
    }
  }, 300_000);
});
