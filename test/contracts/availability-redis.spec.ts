import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import type { DataSource } from 'typeorm';
import { untilAnswered } from '../../src/database/transaction';
import { createDataSource } from '../../src/database/data-source';
import type { AvailabilityView } from '../../src/views/availability';
import { writeBatches } from '../../src/views/batch-rows';
import { PostgresAvailability } from '../../src/views/postgres-availability';
import { forgetCopy, RedisAvailability } from '../../src/views/redis-availability';
import { queryOn } from '../support/query-on';
import { randomSku } from '../support/random-refs';
import { describeWithRedis, RedisServer } from '../support/redis-server';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';
import { availabilityContract } from './availability.contract';
import { eventsOf, play } from './availability.histories';

Logger.overrideLogger(false);

/** Knows nothing, so that what is answered comes from Redis. */
const nothing = {
  of: async (wanted: unknown[]) => wanted.map(() => undefined),
} as unknown as AvailabilityView;

describeWithRedis('with Redis', () => {
  let server: RedisServer;
  let client: Redis;
  beforeAll(async () => {
    server = await RedisServer.start('--user', 'alone', 'on', '>secret', '~*', '+@all');
    client = new Redis(server.url);
    client.on('error', () => {});
  });
  afterAll(async () => {
    client.disconnect();
    await server.stop();
  });

  const isComplete = async (view: RedisAvailability) =>
    view.isComplete && /^complete/.test((await client.get('availability:state').catch(() => '')) ?? '');

  const isBuilding = async () => /^building/.test((await client.get('availability:state')) ?? '');
  let ofContract: RedisAvailability | undefined;
  availabilityContract('Redis', async (dataSource) => {
    await client.flushall();
    const view = new RedisAvailability(server.url, dataSource, nothing);
    ofContract = view;
    await until(() => isComplete(view));
    return view;
  });

  describe('availability in Redis', () => {
    let database: TestDatabase;
    let dataSource: DataSource;
    let view: RedisAvailability;
    let other: RedisAvailability;

    beforeAll(() => ofContract?.onApplicationShutdown());
    beforeEach(async () => {
      database = await createTestDatabase();
      dataSource = await createDataSource(database.url).initialize();
      await client.flushall();
      const url = server.url.replace('//', '//alone:secret@');
      view = new RedisAvailability(url, dataSource, new PostgresAvailability(dataSource));
      other = new RedisAvailability(server.url, dataSource, new PostgresAvailability(dataSource));
      await until(async () => (await isComplete(view)) && (await isComplete(other)));
    });
    afterEach(async () => {
      view.onApplicationShutdown();
      other.onApplicationShutdown();
      await dataSource.destroy();
      await database.drop();
    });

    /** Creates a batch of five, as a command of the instance does that has the view `through`. */
    async function create(through: RedisAvailability): Promise<string> {
      const product = play([], randomSku());
      await untilAnswered(queryOn(dataSource), (query) => writeBatches(query, eventsOf(product)));
      await through.batchesChanged([`b0 of ${product.sku}`]);
      return product.sku;
    }
    const available = async (through: AvailabilityView, sku: string) =>
      (await through.of([sku]))[0]?.schedule[0]?.available;
    /** What Redis itself holds. */
    const inRedis = (sku: string) => client.hlen(`availability:open:${sku}`);

    test('shows at one instance what another has written', async () => {
      for (let i = 0; i < 20; i += 1) {
        const sku = await create(i % 2 ? view : other);
        await dataSource.query('DELETE FROM view_batches'); // So that it can only come from Redis.
        expect(await available(i % 2 ? other : view, sku)).toBe(5);
      }
    });

    test('is not turned back by what comes late', async () => {
      const state = { ref: 'b', sku: 's', eta: null, position: 1, available: 3, sequence: 7 };
      await view.show([state]);
      await view.show([{ ...state, available: 5, sequence: 6 }]);
      expect(await available(view, 's')).toBe(3);
      await view.show([{ ...state, available: 0, sequence: 9 }]);
      await view.show([{ ...state, available: 4, sequence: 8 }]);
      expect((await view.of(['s']))[0]?.schedule).toEqual([]);
    });

    test('is read from PostgreSQL when Redis was emptied, and copied anew', async () => {
      const sku = await create(view);
      await client.flushall();
      await until(async () => {
        expect(await available(view, sku)).toBe(5);
        return (await inRedis(sku)) === 1 && (await isComplete(view));
      });
      await dataSource.query('DELETE FROM view_batches');
      expect(await available(other, sku)).toBe(5);
    });

    test('is read from PostgreSQL while Redis is gone, and has all that happened meanwhile when it is back', async () => {
      const before = await create(view);
      await server.kill();
      const meanwhile = await create(view);
      for (const sku of [before, meanwhile]) {
        expect([await available(view, sku), await available(other, sku)]).toEqual([5, 5]);
      }
      await server.restart();
      await until(async () => (await isComplete(view)) && (await isComplete(other)));
      expect([await inRedis(before), await inRedis(meanwhile)]).toEqual([1, 1]);
    });

    test('is copied anew after a restart that brought back old data', async () => {
      const sku = await create(view);
      await client.save();
      const state = await client.get('availability:state');
      await server.kill();
      await dataSource.query('UPDATE view_batches SET available = 2, sequence = 9');
      await server.restart();
      await until(() => view.isComplete && other.isComplete);
      expect([await available(view, sku), await available(other, sku)]).toEqual([2, 2]);
      await until(async () => {
        await available(view, sku);
        return (await isComplete(view)) && (await client.get('availability:state')) !== state;
      });
      expect([await available(view, sku), await available(other, sku)]).toEqual([2, 2]);
    });

    test('heals when one instance alone could not write', async () => {
      await client.acl('SETUSER', 'alone', '-@write');
      const sku = await create(view);
      expect(await available(view, sku)).toBe(5);
      expect(await inRedis(sku)).toBe(0);
      await client.acl('SETUSER', 'alone', '+@all');
      await until(async () => (await inRedis(sku)) === 1 && (await isComplete(view)));
      expect(await available(other, sku)).toBe(5);
    });

    test('keeps nobody waiting for a Redis that does not answer', async () => {
      const sku = await create(view);
      server.freeze();
      try {
        const begin = Date.now();
        for (let i = 0; i < 20; i += 1) expect(await available(view, sku)).toBe(5);
        await create(view);
        expect(Date.now() - begin).toBeLessThan(1_500);
      } finally {
        server.thaw();
      }
      await until(() => isComplete(view));
    });

    test('is made anew when it is told so', async () => {
      const sku = await create(view);
      await client.hset(`availability:open:${sku}`, `b0 of ${sku}`, '000000000000000000000001|99|1000');
      await forgetCopy(server.url);
      await until(async () => {
        expect(await available(view, sku)).toBe(5);
        return isComplete(view);
      });
      expect(await client.hvals(`availability:open:${sku}`)).toEqual(['000000000000000000000001|5|1']);
    });

    test('is whole, although an instance that is slow to make it was overtaken by another', async () => {
      await dataSource.query(
        `INSERT INTO view_batches (ref, sku, position, purchased, purchased_sequence, available, sequence)
         SELECT n, n, 1, 5, 1, 5, 1 FROM generate_series(1, 3000) n`,
      );
      const { redis } = other as unknown as { redis: Redis };
      const scan = redis.scan.bind(redis) as (...args: unknown[]) => Promise<[string, string[]]>;
      let release!: () => void;
      const released = new Promise<void>((resolve) => (release = resolve));
      redis.scan = async (...args: unknown[]) => {
        await released;
        return scan(...args);
      };
      await client.set('availability:state', 'complete:before');
      await until(async () => {
        await available(other, '1');
        return isBuilding();
      });

      await client.acl('SETUSER', 'alone', '-@write');
      await create(view);
      await client.acl('SETUSER', 'alone', '+@all');
      await until(() => isComplete(view));
      release();
      await (other as unknown as { building?: Promise<void> }).building;
      expect(await client.dbsize()).toBe(3002);
      expect(await isComplete(other)).toBe(true);
    });

    test('is not taken over by an instance that cannot read the batches', async () => {
      const cutOff = await createDataSource(database.url).initialize();
      const broken = new RedisAvailability(server.url, cutOff, nothing);
      try {
        await until(() => isComplete(broken));
        await cutOff.destroy();
        const state = await client.get('availability:state');
        const shown = { ref: 'b', sku: 's', eta: null, position: 1, available: 1, sequence: 1 };
        await broken.show([shown]);
        await broken.show([{ ...shown, sequence: 'unreadable' as unknown as number }]);
        expect(broken.isComplete).toBe(false);
        await create(view);
        expect(await client.get('availability:state')).toBe(state);
      } finally {
        broken.onApplicationShutdown();
      }
    });

    test('is made anew when making it was cut off', async () => {
      await dataSource.query(
        `INSERT INTO view_batches (ref, sku, position, purchased, purchased_sequence, available, sequence)
         VALUES ('b', 's', 1, 5, 1, 5, 1)`,
      );
      other.onApplicationShutdown();
      await client.set('availability:state', 'complete:before');
      await client.acl('SETUSER', 'alone', '-hset');
      // Each read that finds the copy incomplete sees to it.
      await until(async () => {
        await available(view, 's');
        return isBuilding();
      });
      await client.client('KILL', 'TYPE', 'normal', 'USER', 'alone');
      await client.acl('SETUSER', 'alone', '+@all');
      await until(async () => (await isComplete(view)) && (await inRedis('s')) === 1, 5);
    });

    test('asks PostgreSQL for a SKU that Redis has thrown away', async () => {
      const sku = await create(view);
      await client.unlink(`availability:open:${sku}`);
      expect(await available(view, sku)).toBe(5);
    });
  });
});
