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
    for (const { ref, sku, eta, purchasedQuantity, availableQuantity, sequence } of answer.items)
      batches[ref] = { sku, eta, purchased: purchasedQuantity, available: availableQuantity, sequence };
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
  const post = (path: string, body: object) => service.post(path, body);
  for (let n = 0; !isOver(); n += 1) {
    const sku = `sku-${n % 5}`;
    try {
      if (n % 10 === 0)
        await post('/v1/batches', { ref: `${name}-${n}`, sku, qty: 20, eta: n % 20 ? '2031-01-31' : null });
      await post('/v1/allocations', { orderId: `${name}-${n}`, sku, qty: 1 + (n % 4) });
      const init = (method: string, body?: object) => ({
        method,
        headers: body && { 'content-type': 'application/json' },
        body: body && JSON.stringify(body),
      });
      if (n % 7 === 0)
        await fetch(`${service.url}/v1/allocations/${name}-${n - 7}/sku-${(n - 7) % 5}`, init('DELETE'));
      if (n % 23 === 0)
        await fetch(`${service.url}/v1/batches/${name}-${n - (n % 10)}`, init('PATCH', { qty: n % 9 }));
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
  await expectSame();
  // It went on from its file: what it has comes from events, and not from a copy that was made after the last kill.
  expect(output.match(/^Copied/gm)?.length).toBeLessThan(6);
}, 180_000);

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
