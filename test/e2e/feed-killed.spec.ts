import { setTimeout as pause } from 'node:timers/promises';
import { FeedFollower, nameOfEvent } from '../support/feed-follower';
import { randomRef, randomSku } from '../support/random-refs';
import { RunningService } from '../support/running-service';
import { query } from '../support/sql';
import { createTestDatabase } from '../support/test-database';
import { until } from '../support/until';

/** How often an instance is killed; FEED_KILLS has it done more often by hand. */
const KILLS = Number(process.env.FEED_KILLS ?? 10);
const SKUS = Array.from({ length: 4 }, () => randomSku('SOFA'));

/** Sends lines to whichever instance there is, until it is told to stop. */
async function load(services: readonly RunningService[], name: string, isOver: () => boolean): Promise<void> {
  for (let n = 0; !isOver(); n += 1) {
    const service = services[n % services.length];
    await service
      .post('/v1/allocations', { orderId: `${name}-${n}`, sku: SKUS[n % SKUS.length], qty: 1 })
      .catch(() => pause(5));
  }
}

test(`followers see each event once, and none is missing, through ${KILLS} kills of one of two instances (promise 5)`, async () => {
  const database = await createTestDatabase();
  const settings = { DATABASE_URL: database.url };
  const start = () => RunningService.start(settings);
  const services = [await start(), await start()];
  const anyUrl = () => services[Math.floor(Math.random() * services.length)].url;
  const followers = [
    ...Array.from({ length: 4 }, () => new FeedFollower(anyUrl, 'stream').start()),
    ...Array.from({ length: 4 }, () => new FeedFollower(anyUrl, 'poll').start()),
  ];
  const filtered = (['stream', 'poll'] as const).map((way) =>
    new FeedFollower(anyUrl, way, `sku=${encodeURIComponent(SKUS[0])}&type=Allocated`).start(),
  );
  let isOver = false;
  try {
    for (const sku of SKUS) await services[0].post('/v1/batches', { ref: randomRef(), sku, qty: 1_000_000 });
    const loading = Array.from({ length: 6 }, (_, n) => load(services, `client-${n}`, () => isOver));

    for (let kill = 0; kill < KILLS; kill += 1) {
      // At a moment that nobody chose.
      await pause(200 + Math.random() * 400);
      followers[kill % followers.length].cut();
      await services[kill % 2].stop('SIGKILL');
      services[kill % 2] = await start();
    }
    isOver = true;
    await Promise.all(loading);

    await until(async () => (await query(database.url, 'SELECT FROM outbox')).length === 0);
    const log = await query(database.url, 'SELECT sku, sequence, type FROM log ORDER BY position');
    const all = log.map(({ sku, sequence }) => nameOfEvent(String(sku), Number(sequence)));
    const some = log
      .filter(({ sku, type }) => sku === SKUS[0] && type === 'Allocated')
      .map(({ sku, sequence }) => nameOfEvent(String(sku), Number(sequence)));
    for (const [expected, group] of [
      [all, followers],
      [some, filtered],
    ] as const) {
      for (const { seen } of group) await until(() => seen.length >= expected.length).catch(() => {});
      for (const { seen, refused } of group) {
        expect(refused).toEqual([]);
        expect(differences(seen, expected)).toEqual([]);
      }
    }
    expect(all.length).toBeGreaterThan(KILLS * 20);
    const connections = followers.reduce((sum, follower) => sum + follower.connections, 0);
    console.log(
      `${KILLS} kills: ${all.length} events; ${connections} connections of ${followers.length} followers`,
    );
  } finally {
    isOver = true;
    await Promise.all([...followers, ...filtered].map((follower) => follower.stop()));
    await Promise.all(services.map((service) => service.stop('SIGKILL')));
    await database.drop();
  }
}, 300_000);

/** Where what was seen is not what happened, the first few places. */
function differences(seen: readonly string[], expected: readonly string[]): string[] {
  const places = Array.from({ length: Math.max(seen.length, expected.length) }, (_, index) => index);
  return places
    .filter((index) => seen[index] !== expected[index])
    .slice(0, 5)
    .map((index) => `${index}: ${seen[index]} in the place of ${expected[index]}`);
}
