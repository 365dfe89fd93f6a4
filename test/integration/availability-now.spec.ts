import fc from 'fast-check';
import { Redis } from 'ioredis';
import type { Recorded } from '../../src/allocation/contracts';
import type { AvailabilityView } from '../../src/views/availability/availability';
import { CurrentAvailability } from '../../src/views/availability/current-availability';
import { PostgresAvailability } from '../../src/views/availability/postgres-availability';
import { quote } from '../../src/views/availability/quotes';
import { RedisAvailability } from '../../src/views/availability/redis-availability';
import { ViewProjection } from '../../src/views/projections/view-projection';
import { auditViews } from '../support/audit';
import { LifeService, type LifeSystem } from '../support/life-system';
import { PostgresStore } from '../support/postgres-store';
import { describeWithRedis, RedisServer } from '../support/redis-server';
import { steps } from '../support/side-by-side';
import { until } from '../support/until';

const RUNS = { numRuns: 40 };

let store: PostgresStore;
let service: LifeService<PostgresStore>;

beforeEach(async () => {
  store = await PostgresStore.open();
  service = await new LifeService(store).start();
});
afterEach(async () => {
  await service.stop();
  await store.close();
});

/** Any wishes, and time that passes at last, in which nobody notices what runs out. */
const life = fc.tuple(steps, fc.constantFrom(0, 1, 10, 60));

/**
 * Plays lives, and compares what is quoted after each with what would be done to a line, and with what is done.
 * @param halfway called when half of the wishes were carried out
 * @param played called when all were
 */
async function compare(
  view: AvailabilityView,
  halfway: (system: LifeSystem) => Promise<void> = async () => {},
  played: (system: LifeSystem) => Promise<void> = async () => {},
): Promise<void> {
  const availability = new CurrentAvailability(view, service.commands);
  let expired = 0;
  await fc.assert(
    fc.asyncProperty(life, fc.integer({ min: 1, max: 12 }), async ([wishes, seconds], asked) => {
      const system = service.newSku();
      for (const [index, step] of wishes.entries()) {
        if (index === Math.floor(wishes.length / 2)) await halfway(system);
        if (step.do === 'wait') await system.pass(step.seconds);
        else await system.carryOut(step);
      }
      await played(system);
      await system.pass(seconds);

      const quantities = Array.from({ length: 12 }, (_, index) => index + 1);
      const explainedRefs = [];
      for (const qty of quantities) {
        const explained = await system.explain({ do: 'ask', order: 'next', qty });
        explainedRefs.push(typeof explained === 'string' ? null : explained.batchRef);
      }
      if ((await view.ofOne(system.sku))?.hasExpired) expired += 1;
      const found = await availability.ofOne(system.sku);
      const quoted = quantities.map((qty) => found && quote(found.batches, qty)?.ref.split(' ')[0]);
      expect(quoted.map((found) => found ?? null)).toEqual(explainedRefs);
      expect(found?.hasExpired ?? false).toBe(false);

      if (!found) return;
      await system.carryOut({ do: 'ask', order: 'next', qty: asked });
      const { batchRef } = (await system.look()).lines.next;
      expect(batchRef ?? null).toBe(explainedRefs[asked - 1]);
    }),
    RUNS,
  );
  expect(expired).toBeGreaterThan(0);
  expect(await auditViews(store.database.url)).toEqual([]);
}

test('rules 12, 13 and 19: availability from PostgreSQL is what Explain tells and Allocate does, whatever ran out by now', async () => {
  const view = new PostgresAvailability(store.dataSources[0]);
  store.projections.forEach((projections, index) => {
    new ViewProjection(store.dataSources[index], view, projections);
  });
  await compare(view);
}, 300_000);

describeWithRedis('with Redis', () => {
  let server: RedisServer;
  beforeAll(async () => void (server = await RedisServer.start()));
  afterAll(() => server.stop());

  test('availability from Redis is what Explain tells and Allocate does, whatever ran out by now', async () => {
    const [dataSource] = store.dataSources;
    const client = new Redis(server.url);
    const fallback = new PostgresAvailability(dataSource);
    const view = new RedisAvailability(server.url, dataSource, fallback, () => store.now());
    const projection = new ViewProjection(dataSource, view, store.projections[0]);
    new ViewProjection(store.dataSources[1], view, store.projections[1]);
    /** What the EventBus brings. */
    const showEvents = async (sku: string) => {
      const events = (await store.eventsOf(sku)).map((event, index) => ({ event, sequence: index + 1 }));
      await projection.handleAll(
        events.map((some) => ({ ...some, occurredAt: new Date() }) as unknown as Recorded),
      );
    };
    try {
      await until(() => view.isUsed);
      const filled = async ({ sku }: LifeSystem) => {
        if (!(await fallback.ofOne(sku))) return;
        await until(async () => {
          await view.of([sku]);
          return (await client.hget(`available:open:${sku}`, '#')) === (await client.get('available:epoch'));
        });
      };
      await compare(view, filled, ({ sku }) => showEvents(sku));
    } finally {
      view.onApplicationShutdown();
      client.disconnect();
    }
  }, 300_000);
});
