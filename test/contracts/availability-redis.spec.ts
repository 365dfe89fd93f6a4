import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/database/data-source';
import { Sql } from '../../src/database/sql';
import {
  type Availability,
  AvailabilityView,
  type BatchState,
  type Changes,
} from '../../src/views/availability/availability';
import { PostgresAvailability } from '../../src/views/availability/postgres-availability';
import { rebuildView } from '../../src/views/maintenance/rebuild';
import { RedisAvailability } from '../../src/views/availability/redis-availability';
import { scripted } from '../../src/views/availability/redis-scripts';
import { randomSku } from '../support/random-refs';
import { describeWithRedis, RedisServer } from '../support/redis-server';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';
import { availabilityContract } from './availability.contract';

Logger.overrideLogger(false);

/** Asks PostgreSQL as long as it may. */
class Fallback extends PostgresAvailability {
  isAllowed = true;

  override async of(skus: readonly string[]): Promise<(Availability | undefined)[]> {
    return this.isAllowed ? super.of(skus) : skus.map(() => undefined);
  }
}

/** Reads from Redis and from nowhere else, what was filled before, and shows changes to SKUs that are there. */
class FilledRedis extends AvailabilityView {
  constructor(
    readonly view: RedisAvailability,
    private readonly dataSource: DataSource,
    private readonly fallback: Fallback,
    private readonly isThere: (sku: string) => Promise<boolean>,
  ) {
    super();
  }

  override async of(skus: readonly string[]): Promise<(Availability | undefined)[]> {
    let found: (Availability | undefined)[] = [];
    // A machine that stalls makes Redis late, which is not asked then.
    await until(async () => {
      const known = await this.fill(skus);
      this.fallback.isAllowed = false;
      found = await this.view.of(skus).finally(() => (this.fallback.isAllowed = true));
      return skus.every((_, index) => !known[index] || found[index]);
    });
    return found;
  }

  override async changed(changes: Changes): Promise<void> {
    await this.view.changed(changes);
    const skus = await this.dataSource.query<{ sku: string }[]>(
      'SELECT DISTINCT sku FROM view_batches WHERE ref = ANY($1)',
      [changes.batches],
    );
    await this.fill(skus.map(({ sku }) => sku));
  }

  /** @returns what PostgreSQL knows of them */
  private async fill(skus: readonly string[]): Promise<(Availability | undefined)[]> {
    const known = await this.fallback.of(skus);
    for (const [index, sku] of skus.entries()) {
      await until(async () => {
        if (!known[index] || (await this.isThere(sku))) return true;
        await this.view.of([sku]);
        return false;
      });
    }
    return known;
  }
}

describeWithRedis('on a real server', () => {
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

  /** Whether the SKU is there, complete. */
  const isThere = async (sku: string) => {
    const epoch = await client.get('available:epoch');
    return epoch !== null && (await client.hget(`available:open:${sku}`, '#')) === epoch;
  };

  let ofContract: FilledRedis | undefined;
  availabilityContract('Redis', async (dataSource) => {
    await client.flushall();
    const fallback = new Fallback(dataSource);
    ofContract = new FilledRedis(
      // When histories happen nothing has expired.
      new RedisAvailability(server.url, dataSource, fallback, () => 0),
      dataSource,
      fallback,
      isThere,
    );
    return ofContract;
  });

  describe('availability in Redis', () => {
    let database: TestDatabase;
    let dataSource: DataSource;
    let view: RedisAvailability;
    let other: RedisAvailability;
    let fallback: Fallback;

    beforeAll(() => ofContract?.view.onApplicationShutdown());
    beforeEach(async () => {
      database = await createTestDatabase();
      dataSource = await createDataSource(database.url).initialize();
      await client.flushall();
      const url = server.url.replace('//', '//alone:secret@');
      fallback = new Fallback(dataSource);
      view = new RedisAvailability(url, dataSource, fallback);
      other = new RedisAvailability(server.url, dataSource, fallback);
      // Each begins an epoch. Whoever asks in the one that is over hears so, and agrees to the other.
      await until(async () => {
        await Promise.all([available(view, 'any'), available(other, 'any')]);
        return areUsed();
      });
    });
    afterEach(async () => {
      view.onApplicationShutdown();
      other.onApplicationShutdown();
      await dataSource.destroy();
      await database.drop();
    });

    const areUsed = () => view.isUsed && other.isUsed;
    let sequence = 0;
    const batch = (sku: string, batchRef: string, available: number): BatchState => ({
      ref: batchRef,
      sku,
      eta: null,
      createdSequence: 1,
      available,
      stock: 50,
      sequence: (sequence += 1),
      version: sequence + 1,
    });

    /** Writes how batches are now, as the projection does. */
    async function write(...batches: readonly BatchState[]): Promise<void> {
      await dataSource.query(
        `INSERT INTO view_batches (ref, sku, position, purchased, purchased_sequence, available, sequence)
         SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::int[], $5::bigint[], $6::int[], $7::bigint[])
         ON CONFLICT (ref) DO UPDATE SET available = excluded.available, sequence = excluded.sequence`,
        [
          batches.map((batch) => batch.ref),
          batches.map(({ sku }) => sku),
          batches.map(({ createdSequence }) => createdSequence),
          batches.map(() => 50),
          batches.map(() => 1),
          batches.map(({ available }) => available),
          batches.map((one) => one.sequence),
        ],
      );
    }
    /** The same, and tells Redis, as a command of the instance does that has the view `through`. */
    async function change(through: RedisAvailability, ...batches: readonly BatchState[]): Promise<void> {
      await write(...batches);
      await through.changed({ batches: batches.map((batch) => batch.ref), linesOf: [] });
    }
    const available = async (through: AvailabilityView, sku: string) => {
      const [open] = await through.of([sku]);
      return open && (open.schedule[0]?.available ?? 0);
    };
    /** What the views answer when PostgreSQL is not asked; undefined when the SKU is not in Redis. */
    const inRedis = async (through: AvailabilityView, sku: string) => {
      fallback.isAllowed = false;
      return available(through, sku).finally(() => (fallback.isAllowed = true));
    };
    let epochOfFilled: string | null = null;
    /** Waits until both answer for the SKU from Redis. */
    const filled = (sku: string) =>
      until(async () => {
        await Promise.all([view.of([sku]), other.of([sku])]);
        epochOfFilled = await client.get('available:epoch');
        return (await inRedis(view, sku)) !== undefined && (await inRedis(other, sku)) !== undefined;
      });
    /**
     * What Redis says of a SKU that was filled. On a machine that stalls it is late for questions, which are asked again, and
     * for changes, after which all is filled anew; if nothing of that has happened, undefined when the SKU is not there.
     */
    async function fromRedis(through: RedisAvailability, sku: string): Promise<number | undefined> {
      let found: number | undefined;
      await until(async () => {
        found = await inRedis(through, sku);
        if (found !== undefined) return true;
        const hasNewEpoch = !areUsed() || (await client.get('available:epoch')) !== epochOfFilled;
        if (hasNewEpoch) await filled(sku);
        else if (!(await isThere(sku))) return true;
        return false;
      });
      return found;
    }

    test('shows at one instance what another has written', async () => {
      for (let i = 0; i < 20; i += 1) {
        const sku = randomSku();
        await change(view, batch(sku, sku, 5));
        await filled(sku);
        const [writer, reader] = i % 2 ? [view, other] : [other, view];
        await change(writer, batch(sku, sku, 4));
        expect([await fromRedis(reader, sku), await fromRedis(writer, sku)]).toEqual([4, 4]);
      }
    });

    test('takes no room for what nobody asks for, and gives room back', async () => {
      await change(view, batch('unasked', 'u', 5));
      await write(batch('asked', 'a', 5));
      await filled('asked');
      expect((await client.keys('*')).sort()).toEqual([
        'available:closed:asked',
        'available:epoch',
        'available:open:asked',
      ]);
      for (const kind of ['open', 'closed'])
        expect(await client.pttl(`available:${kind}:asked`)).toBeGreaterThan(3_500_000);
      await client.unlink('available:open:asked');
      await change(view, batch('asked', 'a', 4));
      expect(await client.exists('available:open:asked')).toBe(0);
    });

    test('is not turned back by what comes late', async () => {
      const late = batch('s', 'b', 5);
      await change(view, batch('s', 'b', 3));
      await filled('s');
      await view.show([late]);
      expect(await fromRedis(view, 's')).toBe(3);
      await change(view, batch('s', 'b', 0));
      await view.show([late]);
      expect(await fromRedis(view, 's')).toBe(0);
      await change(view, batch('s', 'b', 8));
      expect(await fromRedis(other, 's')).toBe(8);
    });

    test('is not turned back by what comes late to a SKU that was filled after it', async () => {
      const late = batch('s', 'b', 5);
      await write(batch('s', 'b', 0));
      await filled('s');
      await view.show([late]);
      expect(await fromRedis(view, 's')).toBe(0);
    });

    test('has what changed while it was filled', async () => {
      await write(batch('s', 'b', 5));
      const { redis } = view as unknown as { redis: { showBatches: (...args: unknown[]) => Promise<null> } };
      const showBatches = redis.showBatches.bind(redis);
      let release!: () => void;
      const released = new Promise<void>((resolve) => (release = resolve));
      let isHeld = false;
      redis.showBatches = async (...args) => {
        isHeld = true;
        await released;
        return showBatches(...args);
      };
      // The batches have been read, and are about to be written.
      await until(async () => {
        await view.of(['s']);
        return isHeld;
      });
      await change(other, batch('s', 'b', 2), batch('s', 'b2', 1));
      release();
      await until(() => isThere('s'));
      expect(await fromRedis(view, 's')).toBe(3);
    });

    test.each(['open', 'closed'])(
      'is not complete when its %s batches vanish while it is filled',
      async (kind) => {
        await write(batch('s', 'b', 5));
        const { redis } = view as unknown as {
          redis: { completeFilling: (...args: unknown[]) => Promise<null> };
        };
        const completeFilling = redis.completeFilling.bind(redis);
        let completions = 0;
        redis.completeFilling = async (...args) => {
          await client.unlink(`available:${kind}:s`);
          const done = await completeFilling(...args);
          completions += 1;
          return done;
        };
        await until(async () => {
          expect(await available(view, 's')).toBe(5);
          return completions > 0;
        });
        expect(await isThere('s')).toBe(false);
        expect(await available(other, 's')).toBe(5);
      },
    );

    test('is read from PostgreSQL when Redis was emptied, and filled anew', async () => {
      await change(view, batch('s', 'b', 5));
      await filled('s');
      await client.flushall();
      await write(batch('s', 'b', 4));
      expect(await available(view, 's')).toBe(4);
      await until(areUsed);
      await filled('s');
      expect(await fromRedis(other, 's')).toBe(4);
    });

    test('is read from PostgreSQL while Redis is gone, and has all that happened meanwhile when it is back', async () => {
      await change(view, batch('s', 'b', 5));
      await filled('s');
      await server.kill();
      await change(view, batch('s', 'b', 4));
      expect([await available(view, 's'), await available(other, 's')]).toEqual([4, 4]);
      await server.restart();
      await until(areUsed);
      await filled('s');
      expect([await fromRedis(view, 's'), await fromRedis(other, 's')]).toEqual([4, 4]);
    });

    test('is not believed after a restart that brought back old data', async () => {
      await change(view, batch('s', 'b', 5));
      await filled('s');
      await client.save();
      await server.kill();
      await write(batch('s', 'b', 2));
      await server.restart();
      await until(areUsed);
      expect([await available(view, 's'), await available(other, 's')]).toEqual([2, 2]);
      await filled('s');
      expect(await fromRedis(other, 's')).toBe(2);
    });

    test('is not believed by anybody once one instance could not write', async () => {
      await change(view, batch('s', 'b', 5));
      await filled('s');
      await client.acl('SETUSER', 'alone', '-@write');
      await change(view, batch('s', 'b', 4));
      expect(await available(view, 's')).toBe(4);
      await client.acl('SETUSER', 'alone', '+@all');
      await until(async () => (await available(other, 's')) === 4);
      await until(areUsed);
      await filled('s');
      expect([await fromRedis(view, 's'), await fromRedis(other, 's')]).toEqual([4, 4]);
    });

    test('keeps nobody waiting for a Redis that does not answer', async () => {
      await change(view, batch('s', 'b', 5));
      await filled('s');
      server.freeze();
      try {
        const begin = Date.now();
        for (let i = 0; i < 40; i += 1) expect(await available(view, 's')).toBe(5);
        await change(view, batch('s', 'b', 4));
        // Each waiting for itself would take 20 seconds.
        expect(Date.now() - begin).toBeLessThan(15_000);
      } finally {
        server.thaw();
      }
      await until(async () => areUsed() && (await available(other, 's')) === 4);
    });

    test('is filled anew when the view was rebuilt', async () => {
      await change(view, batch('s', 'b', 5));
      await filled('s');
      const epoch = await client.get('available:epoch');
      // By somebody who knows nothing of Redis. There are no events, and so no batches.
      await rebuildView(new Sql(dataSource), 'batches');
      await until(async () => areUsed() && (await client.get('available:epoch')) !== epoch);
      expect([await available(view, 's'), await available(other, 's')]).toEqual([undefined, undefined]);
    });

    test('is filled anew by an instance that starts, since others may have changed batches while none ran', async () => {
      await change(view, batch('s', 'b', 5));
      await filled('s');
      view.onApplicationShutdown();
      other.onApplicationShutdown();
      // By the command line, which knows nothing of Redis.
      await write(batch('s', 'b', 4));
      view = new RedisAvailability(server.url, dataSource, fallback);
      await until(() => view.isUsed);
      expect(await available(view, 's')).toBe(4);
    });

    test('is not doubted by an instance that cannot read the batches', async () => {
      const cutOff = await createDataSource(database.url).initialize();
      const broken = new RedisAvailability(server.url.replace('//', '//alone:secret@'), cutOff, fallback);
      try {
        await until(() => broken.isUsed);
        await change(view, batch('s', 'b', 4));
        await filled('s');
        await cutOff.destroy();
        const epoch = await client.get('available:epoch');
        await client.acl('SETUSER', 'alone', '-hset');
        await broken.show([batch('s', 'b', 1)]);
        expect(broken.isUsed).toBe(false);
        await client.acl('SETUSER', 'alone', '+@all');
        await change(view, batch('s', 'b', 5));
        expect(await fromRedis(view, 's')).toBe(5);
        expect(await client.get('available:epoch')).toBe(epoch);
      } finally {
        broken.onApplicationShutdown();
      }
    });

    test('is filled by somebody else when who began it has died', async () => {
      await write(batch('s', 'b', 5));
      const epoch = (await client.get('available:epoch'))!;
      const dead = scripted(client);
      expect(await dead.beginToFill(epoch, 'dead', 3_000, 's')).toEqual(['s']);
      expect(await dead.beginToFill(epoch, 'second', 3_000, 's')).toEqual([]);
      expect(await available(view, 's')).toBe(5);
      expect(await isThere('s')).toBe(false);
      await filled('s');
    });

    describe('of which Redis throws away what it likes,', () => {
      const skus = ['many', 'sold out', 'some gone', 'one'];
      const truth = async () => (await fallback.of(skus)).map((open) => open?.schedule);
      const answers = async (through: AvailabilityView) =>
        (await through.of(skus)).map((open) => open?.schedule);
      const stock = () => [
        ...Array.from({ length: 5 }, (_, index) => batch('many', `m${index}`, 10)),
        batch('sold out', 's', 0),
        ...Array.from({ length: 4 }, (_, index) => batch('some gone', `g${index}`, index % 2 ? 25 : 0)),
        batch('one', 'o', 50),
      ];
      const fillAll = async () => {
        for (const sku of skus) await filled(sku);
        await answers(view); // Also the answers that are kept.
      };

      test('gives no wrong answer, whichever key goes at whatever moment', async () => {
        await change(view, ...stock());
        await fillAll();
        const keys = (await client.keys('*')).sort();
        expect(keys).toEqual(
          [
            'available:epoch',
            ...skus.flatMap((sku) => [`available:closed:${sku}`, `available:open:${sku}`]),
          ].sort(),
        );
        for (const key of keys) {
          await until(areUsed);
          await fillAll();
          expect(await client.unlink(key)).toBe(1);
          // Changes of single batches come to what is left of their SKUs.
          const changed = ['m0', 's', 'g0', 'o'].map((batchRef, index) =>
            batch(skus[index], batchRef, 1 + (sequence % 9)),
          );
          await change(other, ...changed);
          expect([key, await answers(view)]).toEqual([key, await truth()]);
          expect([key, await answers(other)]).toEqual([key, await truth()]);
          await until(areUsed);
          await fillAll();
          expect([key, await answers(other)]).toEqual([key, await truth()]);
        }
      });

      test.each([
        'allkeys-lru',
        'allkeys-lfu',
        'allkeys-random',
        'volatile-lru',
        'volatile-random',
        'volatile-ttl',
      ])('gives no wrong answer with %s, under load', async (policy) => {
        const many = Array.from({ length: 600 }, (_, index) => `sku-${index}`);
        await change(
          view,
          ...many.flatMap((sku) => [batch(sku, `${sku}-a`, 25), batch(sku, `${sku}-b`, 25)]),
        );
        // What could not be filled while the machine was busy is asked for again.
        await until(async () => {
          for (let i = 0; i < many.length; i += 100) await view.of(many.slice(i, i + 100));
          return (await client.dbsize()) > 1_000;
        }, 30);
        const used = Number(/used_memory:(\d+)/.exec(await client.info('memory'))![1]);
        const evictedBefore = await evicted();
        await client.config('SET', 'maxmemory-policy', policy, 'maxmemory', used - 100_000);
        try {
          for (let round = 0; round < 60; round += 1) {
            const through = round % 2 ? view : other;
            const sku = many[(round * 37) % many.length];
            await change(through, batch(sku, `${sku}-a`, round));
            const some = Array.from(
              { length: 40 },
              (_, index) => many[(round * 53 + index * 7) % many.length],
            );
            const expected = (await fallback.of([...some, sku])).map((open) => open?.schedule);
            for (const instance of [view, other]) {
              expect((await instance.of([...some, sku])).map((open) => open?.schedule)).toEqual(expected);
            }
          }
          expect(await evicted()).toBeGreaterThan(evictedBefore);
        } finally {
          await client.config('SET', 'maxmemory', 0);
        }
      });

      test('gives no wrong answer either when Redis is full and throws nothing away', async () => {
        await change(view, ...stock());
        await fillAll();
        const used = Number(/used_memory:(\d+)/.exec(await client.info('memory'))![1]);
        await client.config('SET', 'maxmemory-policy', 'noeviction', 'maxmemory', used - 100_000);
        try {
          await change(view, batch('one', 'o', 3));
          expect(await available(view, 'one')).toBe(3);
        } finally {
          await client.config('SET', 'maxmemory', 0);
        }
        await until(async () => areUsed() && (await available(other, 'one')) === 3);
      });

      const evicted = async () => Number(/evicted_keys:(\d+)/.exec(await client.info('stats'))![1]);
    });
  });
});
