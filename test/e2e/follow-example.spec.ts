import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { RunningService } from '../support/running-service';
import { query } from '../support/sql';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

interface Batch {
  readonly sku: string;
  readonly eta: string | null;
  readonly purchased: number;
  readonly available: number;
  readonly sequence: number;
}

let database: TestDatabase;
let folder: string;
let service: RunningService;
let port: string;
let example: ChildProcess | undefined;
let output: string;

beforeEach(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'stock-allocation-follow-'));
  port = await freePort();
  output = '';
  await startService();
});
afterEach(async () => {
  if (example) await kill(example);
  await service.stop('SIGKILL');
  await rm(folder, { recursive: true });
  await database.drop();
});

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(port);
}

async function startService(): Promise<void> {
  service = await RunningService.start({ DATABASE_URL: database.url, PORT: port });
}

function startExample(): void {
  const args = [
    'examples/follow-stock/follow.mjs',
    '--url',
    service.url,
    '--file',
    join(folder, 'stock.json'),
  ];
  example = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [example.stdout!, example.stderr!]) {
    stream.on('data', (piece) => (output += String(piece)));
  }
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** The events by which what a batch has changes. */
const changesOfBatches = [
  'BatchCreated',
  'BatchQuantityChanged',
  'StockAdjusted',
  'BatchArrived',
  'BatchEtaChanged',
  'Allocated',
  'Reserved',
  'ReservationExpired',
  'Deallocated',
  'Dispatched',
];

/** What the example has; undefined before it has anything. */
async function copied(): Promise<Record<string, Batch> | undefined> {
  const text = await readFile(join(folder, 'stock.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { batches: Record<string, Batch> }).batches;
}

/** The same as the service answers it. */
async function answered(): Promise<Record<string, Batch>> {
  const batches: Record<string, Batch> = {};
  let after = '';
  do {
    const answer = (await (await fetch(`${service.url}/v1/batches?limit=1000${after}`)).json()) as {
      items: (Omit<Batch, 'available' | 'purchased'> & {
        ref: string;
        purchasedQuantity: number;
        availableQuantity: number;
      })[];
      next: string | null;
    };
    for (const { ref: batchRef, sku, eta, purchasedQuantity, availableQuantity, sequence } of answer.items)
      batches[batchRef] = { sku, eta, purchased: purchasedQuantity, available: availableQuantity, sequence };
    after = answer.next === null ? '' : `&after=${answer.next}`;
  } while (after);
  return batches;
}

async function expectSame(): Promise<void> {
  const expected = JSON.stringify(sorted(await answered()));
  await until(async () => JSON.stringify(sorted((await copied()) ?? {})) === expected, 20).catch(() => {});
  expect(sorted((await copied()) ?? {})).toEqual(sorted(await answered()));
}

function sorted<Value>(record: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** All that can happen to stock, at random, for as long as it is wanted. */
async function trade(name: string, isOver: () => boolean): Promise<void> {
  const send = async (method: string, path: string, body?: object) => {
    const headers = { 'content-type': 'application/json' };
    const init = body ? { method, headers, body: JSON.stringify(body) } : { method };
    await (await fetch(service.url + path, init)).text();
  };
  for (let n = 0; !isOver(); n += 1) {
    const sku = `sku-${n % 5}`;
    const batch = `/v1/batches/${name}-${n - (n % 5)}`;
    const ofLine = (m: number) => `/v1/allocations/${name}-${m}/sku-${m % 5}`;
    try {
      if (n % 5 === 0) {
        const eta = n % 10 === 0 ? null : '2031-01-31';
        await send('POST', '/v1/batches', { ref: `${name}-${n}`, sku: `sku-${(n / 5) % 5}`, qty: 10, eta });
      }
      // Of three lines one is allocated at once, one is reserved for a second, and one waits if it must.
      const terms = [{}, { reserveFor: 1 }, { wait: true, reserveFor: 900, priority: n % 2 }][n % 3];
      await send('POST', '/v1/allocations', { orderId: `${name}-${n}`, sku, qty: 1 + (n % 4), ...terms });
      // Never a multiple of what decides about SKU and terms, so that everything meets everything.
      if (n % 7 === 0) await send('POST', `${ofLine(n - 1)}/confirm`);
      if (n % 7 === 1) await send('DELETE', ofLine(n - 4));
      if (n % 7 === 2) await send('POST', `${ofLine(n - (n % 3))}/dispatch`);
      if (n % 7 === 3) await send('POST', `${ofLine(n - 3)}/reallocate`);
      if (n % 7 === 4) await send('POST', `${batch}/adjustments`, { delta: n % 2 || -1, reason: 'counted' });
      if (n % 7 === 5) await send('PATCH', batch, { eta: `2031-02-${10 + (n % 10)}` });
      if (n % 14 === 13) await send('PATCH', batch, { qty: n % 9 });
      if (n % 14 === 6) await send('POST', `${batch}/arrive`, { qty: 5 + (n % 10) });
    } catch {
      await pause(20);
    }
  }
}

test('the example keeps a copy of the stock, through kills of itself and of the service', async () => {
  let isOver = false;
  const trading = ['a', 'b', 'c'].map((name) => trade(name, () => isOver));
  try {
    await until(async () => Object.keys(await answered()).length > 10);
    startExample();
    for (let round = 0; round < 6; round += 1) {
      await pause(300 + Math.random() * 500);
      if (round % 2 === 0) await kill(example!);
      if (round % 3 !== 1) {
        await service.stop('SIGKILL');
        await startService();
      }
      if (round % 2 === 0) startExample();
    }
  } finally {
    isOver = true;
    await Promise.all(trading);
  }
  // What is reserved for a second runs out.
  const brief = `SELECT FROM allocations WHERE state = 'reserved' AND expires_at < now() + interval '1 min'`;
  await until(async () => (await query(database.url, brief)).length === 0);
  await expectSame();
  const types = new Set(
    (await query(database.url, 'SELECT DISTINCT type FROM events')).map(({ type }) => type),
  );
  expect(changesOfBatches.filter((type) => !types.has(type))).toEqual([]);
  // It went on from its file: what it has comes from events, and not from a copy that was made after the last kill.
  expect(output.match(/^Copied/gm)?.length).toBeLessThan(6);
}, 240_000);

test('the example begins anew when the events that follow its position are no longer retained', async () => {
  await service.post('/v1/batches', { ref: 'b1', sku: 'SOFA', qty: 10 });
  startExample();
  await until(async () => (await copied())?.b1 !== undefined);
  await kill(example!);
  await service.post('/v1/allocations', { orderId: 'o1', sku: 'SOFA', qty: 3 });

  await until(async () => (await query(database.url, 'SELECT FROM outbox')).length === 0);
  await query(database.url, 'UPDATE log_head SET first_position = position + 1');
  startExample();
  await expectSame();
  expect((await copied())!.b1.available).toBe(7);
});
