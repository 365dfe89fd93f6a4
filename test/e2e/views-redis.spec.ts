import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule, loadConfig } from '../../src/app.module';
import { createApp } from '../../src/http/create-app';
import { AvailabilityView } from '../../src/views/availability/availability';
import { RedisAvailability } from '../../src/views/availability/redis-availability';
import { randomOrderId, randomRef, randomSku } from '../support/random-refs';
import { describeWithRedis, RedisServer } from '../support/redis-server';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

describeWithRedis('with availability in Redis', () => {
  let database: TestDatabase;
  let redis: RedisServer;
  let instances: NestFastifyApplication[];

  beforeAll(async () => {
    [database, redis] = await Promise.all([createTestDatabase(), RedisServer.start()]);
    instances = [];
    for (let i = 0; i < 2; i += 1) {
      const settings = { DATABASE_URL: database.url, REDIS_URL: redis.url, AVAILABILITY_VIEW: 'redis' };
      const config = loadConfig({ ...settings, LOG_LEVEL: 'silent' });
      const app = await createApp(config, AppModule.forRoot(config), AppModule.apis);
      await app.init();
      await app.getHttpAdapter().getInstance().ready();
      instances.push(app);
    }
    await until(areUsed);
  });
  afterAll(async () => {
    await Promise.all(instances.map((app) => app.close()));
    await redis.stop();
    await database.drop();
  });

  const areUsed = () =>
    instances.every((app) => (app.get<AvailabilityView>(AvailabilityView) as RedisAvailability).isUsed);
  const post = (instance: number, url: string, payload: object) =>
    instances[instance].inject({ method: 'POST', url, payload });
  const availableAt = async (instance: number, sku: string) =>
    (await instances[instance].inject({ method: 'GET', url: `/v1/availability/${sku}?qty=1` })).json();

  /** Writes at one instance, and looks at once at the other. */
  async function writeAndRead(): Promise<void> {
    const sku = randomSku();
    for (let left = 5; left > 0; left -= 1) {
      const writer = left % 2;
      if (left === 5) await post(writer, '/v1/batches', { ref: randomRef(), sku, qty: 5, eta: '2031-01-01' });
      expect(await availableAt(1 - writer, sku)).toMatchObject({
        available: left,
        schedule: [{ eta: '2031-01-01', available: left }],
        promise: { canPromise: true, eta: '2031-01-01' },
      });
      await post(writer, '/v1/allocations', { orderId: randomOrderId(), sku, qty: 1 });
    }
    for (const instance of [0, 1])
      expect(await availableAt(instance, sku)).toMatchObject({ available: 0, schedule: [] });
  }

  test('what one instance has written the other shows, whatever becomes of Redis', async () => {
    await writeAndRead();
    await redis.kill();
    await until(() => !areUsed());
    await writeAndRead();
    await redis.restart();
    await until(areUsed);
    await writeAndRead();
  });
});
