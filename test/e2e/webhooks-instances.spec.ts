import { setTimeout as pause } from 'node:timers/promises';
import { randomRef, randomSku } from '../support/random-refs';
import { RunningService } from '../support/running-service';
import { query } from '../support/sql';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';
import { WebhookReceiver } from '../support/webhook-receiver';

/** How often an instance is killed; WEBHOOK_CRASHES has it done more often by hand. */
const CRASHES = Number(process.env.WEBHOOK_CRASHES ?? 3);
const SKUS = Array.from({ length: 4 }, () => randomSku('SOFA'));

let database: TestDatabase;
let receiver: WebhookReceiver;
const services = new Set<RunningService>();

beforeEach(async () => {
  database = await createTestDatabase();
  receiver = await WebhookReceiver.start();
});
afterEach(async () => {
  await Promise.all([...services].map((service) => service.stop('SIGKILL')));
  services.clear();
  await receiver.stop();
  await database.drop();
});

async function start(): Promise<RunningService> {
  const service = await RunningService.start({ DATABASE_URL: database.url, WEBHOOKS_ALLOW_PRIVATE: 'true' });
  services.add(service);
  return service;
}

async function kill(service: RunningService): Promise<void> {
  services.delete(service);
  await service.stop('SIGKILL');
}

/** Sends lines to whichever instance lives, until it is told to stop. */
function load(): { stop: () => Promise<void> } {
  let isOver = false;
  const client = async () => {
    while (!isOver) {
      const [service] = [...services].toSorted(() => Math.random() - 0.5);
      const sku = SKUS[Math.floor(Math.random() * SKUS.length)];
      const line = { orderId: randomRef(), sku, qty: 1 };
      await service?.post('/v1/allocations', line).catch(() => pause(5));
      await pause(5);
    }
  };
  const clients = Promise.all(Array.from({ length: 4 }, client));
  return {
    stop: async () => {
      isOver = true;
      await clients;
    },
  };
}

/** Reads as a receiver does: what it has seen is skipped, and the rest has to be the next one. */
function flawsIn(sequences: readonly number[]): string[] {
  let last = 0;
  return sequences.flatMap((sequence) => {
    if (sequence <= last) return [];
    const flaw = sequence === last + 1 ? [] : [`${sequence} after ${last}`];
    last = sequence;
    return flaw;
  });
}

async function written(): Promise<Map<string, number>> {
  const rows = await query(database.url, 'SELECT sku, max(sequence) AS last FROM events GROUP BY sku');
  return new Map(rows.map(({ sku, last }) => [String(sku), Number(last)]));
}

async function holder(): Promise<string | null> {
  const [row] = await query(database.url, `SELECT holder FROM readers WHERE kind = 'webhook'`);
  return row.holder as string | null;
}

const everythingCame = async () =>
  [...(await written())].every(([sku, last]) => Math.max(0, ...receiver.sequencesOf(sku)) === last);

test(`an endpoint misses nothing, and gets every SKU in order, through ${CRASHES} kills of one of two instances (promises 3 and 5)`, async () => {
  let first = await start();
  let second = await start();
  await first.post('/v1/webhooks', { url: receiver.url });
  for (const sku of SKUS) await first.post('/v1/batches', { ref: randomRef(), sku, qty: 100_000 });
  // It takes its time, and fails on some events when they come for the first time: few, since each holds up its SKU for
  // five seconds, however fast lines come.
  const failed = new Set<string>();
  receiver.answer = ({ event: { id } }, response) => {
    const fails = failed.size < 20 && Math.random() < 0.01 && !failed.has(id);
    if (fails) failed.add(id);
    setTimeout(() => response.writeHead(fails ? 500 : 204).end(), Math.random() * 20);
  };
  const loading = load();
  for (let crash = 0; crash < CRASHES; crash += 1) {
    const enough = receiver.received.length + 50 + Math.random() * 100;
    await until(() => receiver.received.length > enough, 60);
    // The one that has most probably read for it, and the other in turns.
    await kill(first);
    first = second;
    second = await start();
  }
  await loading.stop();
  await until(everythingCame, 60);
  for (const sku of SKUS) expect(flawsIn(receiver.sequencesOf(sku))).toEqual([]);
  console.log(`${CRASHES} kills: ${receiver.received.length} deliveries, all in order and none missing`);
}, 600_000);

test('an instance that was frozen in the middle of its deliveries sends nothing old when it comes back', async () => {
  const frozen = await start();
  await frozen.post('/v1/webhooks', { url: receiver.url });
  await frozen.post('/v1/batches', { ref: randomRef(), sku: SKUS[0], qty: 100_000 });
  await until(() => receiver.received.length === 1);
  receiver.answer = (_, response) => {
    setTimeout(() => response.writeHead(204).end(), 50);
  };
  for (let n = 0; n < 20; n += 1)
    await frozen.post('/v1/allocations', { orderId: randomRef(), sku: SKUS[0], qty: 1 });
  const before = await holder();
  process.kill(frozen.pid, 'SIGSTOP');
  try {
    const other = await start();
    await until(async () => (await holder()) !== before, 30);
    await other.post('/v1/allocations', { orderId: randomRef(), sku: SKUS[0], qty: 1 });
    await until(everythingCame, 30);
    const came = receiver.received.length;
    const [{ position }] = await query(database.url, `SELECT position FROM readers WHERE kind = 'webhook'`);
    process.kill(frozen.pid, 'SIGCONT');
    // It lives: it carries out commands, and leaves the endpoint to the other one.
    await until(
      async () => (await frozen.post('/v1/batches', { ref: randomRef(), sku: SKUS[1], qty: 1 })) === 201,
    );
    await until(everythingCame, 30);
    expect(receiver.received.length).toBe(came + 1);
    expect(flawsIn(receiver.sequencesOf(SKUS[0]))).toEqual([]);
    const [after] = await query(database.url, `SELECT position FROM readers WHERE kind = 'webhook'`);
    expect(Number(after.position)).toBeGreaterThanOrEqual(Number(position));
  } finally {
    process.kill(frozen.pid, 'SIGCONT');
  }
}, 300_000);
