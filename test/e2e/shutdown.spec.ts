import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { get, RawClient } from '../support/raw-client';
import { RunningService } from '../support/running-service';
import { query } from '../support/sql';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

let database: TestDatabase;
let service: RunningService | undefined;
beforeAll(async () => void (database = await createTestDatabase()));
afterEach(() => service?.stop('SIGKILL'));
afterAll(() => database.drop());

async function start(
  environment: NodeJS.ProcessEnv = {},
): Promise<{ service: RunningService; port: number }> {
  service = await RunningService.start({ DATABASE_URL: database.url, ...environment });
  return { service, port: Number(new URL(service.url).port) };
}

/** Sends a request and waits for its answer. @throws NodeJS.ErrnoException when the connection is lost */
function post(agent: Agent, port: number, path: string, body: object): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    request({ agent, port, host: '127.0.0.1', method: 'POST', path, headers }, (response) => {
      response.on('error', reject);
      response.on('end', () => resolve(response.statusCode!));
      response.resume();
    })
      .on('error', reject)
      .end(JSON.stringify(body));
  });
}

/** Asks on one connection after the other, each for as long as the service keeps it. */
async function keepAsking(port: number, name: string, statuses: number[], lost: string[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let i = 0; ; i++) {
    try {
      const line = { orderId: `${name}-${i}`, sku: 'SOFA', qty: 1 };
      statuses.push(await post(agent, port, '/v1/allocations', line));
    } catch (error) {
      // It listens no more.
      if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return;
      lost.push(String(error));
    }
  }
}

test.each([1, 2, 3])(
  'the service that is stopped answers 64 clients that keep their connections, and loses none of their requests (%i)',
  async (round) => {
    const { service, port } = await start();
    await service.post('/v1/batches', { ref: 'sofas', sku: 'SOFA', qty: 1_000_000 });
    const statuses: number[] = [];
    const lost: string[] = [];
    const clients = Array.from({ length: 64 }, (_, i) => keepAsking(port, `${round}-${i}`, statuses, lost));
    await until(() => statuses.length > 500, 20);
    const logged = service.lines.length;
    expect(await service.stop()).toBe(0);
    await Promise.all(clients);
    expect(lost).toEqual([]);
    expect(new Set(statuses)).toEqual(new Set([202]));
    // One last answer for each client.
    expect(service.lines.length - logged).toBeLessThan(300);
  },
);

test('a change that moves ten thousand lines is finished and answered when the service stops', async () => {
  const { service, port } = await start({ SHUTDOWN_GRACE: '120' });
  for (const batchRef of ['lost', 'spare'])
    await service.post('/v1/batches', {
      ref: batchRef,
      sku: 'LAMP',
      qty: 10_000,
      ...(batchRef === 'spare' && { eta: '2999-12-31' }),
    });
  for (let page = 0; page < 10; page += 1) {
    const items = Array.from({ length: 1_000 }, (_, n) => ({
      orderId: `lamp-${page}-${n}`,
      sku: 'LAMP',
      qty: 1,
    }));
    expect(await service.post('/v1/allocations/bulk', { items })).toBe(200);
  }
  const lost = post(new Agent(), port, '/v1/batches/lost/adjustments', { delta: -10_000, reason: 'lost' });
  // It is under way as soon as the product is locked.
  const isLocked = () =>
    query(database.url, `SELECT FROM products WHERE sku = 'LAMP' FOR UPDATE NOWAIT`).then(
      () => false,
      () => true,
    );
  await until(isLocked);
  expect(await service.stop()).toBe(0);
  expect(await lost).toBe(202);
  const held = `SELECT batch_reference AS ref, count(*)::int AS lines FROM allocations WHERE sku = 'LAMP' GROUP BY 1`;
  expect(await query(database.url, held)).toEqual([{ ref: 'spare', lines: 10_000 }]);
});

test('the service goes on for a while after SIGTERM, but is not ready', async () => {
  const { service, port } = await start({ SHUTDOWN_DELAY: '8' });
  const ready = async () =>
    (await fetch(`${service.url}/health/ready`, { headers: { connection: 'close' } })).status;
  expect(await ready()).toBe(200);
  const started = performance.now();
  const exited = service.stop();
  await until(async () => (await ready()) === 503);
  const client = await RawClient.connect(port);
  client.socket.write(get('/health/live') + get('/health/ready'));
  await until(() => client.statuses.length === 2);
  expect(client.statuses).toEqual([200, 503]);
  expect(client.received).not.toMatch(/^connection: close/im);
  expect(await service.post('/v1/batches', { ref: 'late', sku: 'STOOL', qty: 1 })).toBe(201);
  expect(await exited).toBe(0);
  expect(performance.now() - started).toBeGreaterThan(7_900);
});

/** A request that is under way, since the rest of it has not come yet. */
const half = {
  begin:
    'POST /v1/batches HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 34\r\n' +
    'Expect: 100-continue\r\n\r\n{"ref":',
  rest: '"half","sku":"BED","qty":1}',
};

async function halfSent(port: number): Promise<RawClient> {
  const client = await RawClient.connect(port);
  client.socket.write(half.begin);
  // The service says that it has begun with it.
  await until(() => client.received === 'HTTP/1.1 100 Continue\r\n\r\n');
  client.received = '';
  return client;
}

test('the service stops at once after Ctrl-C but for what is under way, even if it is told so twice at once', async () => {
  const { service, port } = await start({ SHUTDOWN_DELAY: '60', SHUTDOWN_GRACE: '60' });
  const client = await halfSent(port);
  process.kill(service.pid, 'SIGINT');
  const exited = service.stop('SIGINT');
  await pause(1_000);
  expect(client.received).toBe('');
  const started = performance.now();
  client.socket.write(half.rest);
  expect(await exited).toBe(0);
  expect(performance.now() - started).toBeLessThan(20_000);
  expect(client.statuses).toEqual([201]);
});

test('whoever waits for events is answered at once when the service stops, and streams end', async () => {
  const { service, port } = await start({ SHUTDOWN_GRACE: '60' });
  const [stream, poll] = [await RawClient.connect(port), await RawClient.connect(port)];
  stream.socket.write(get('/v1/events/stream?after=now'));
  poll.socket.write(get('/v1/events?after=now&wait=30'));
  await until(() => stream.received.includes('retry:'));
  await pause(200);
  expect(poll.received).toBe('');
  const started = performance.now();
  expect(await service.stop()).toBe(0);
  expect(performance.now() - started).toBeLessThan(20_000);
  expect(poll.statuses).toEqual([200]);
  expect(poll.received).toMatch(/^connection: close\r$/im);
  expect(poll.received).toMatch(/\{"events":\[\],"next":"[\w-]+"\}$/);
  // In order, as chunked answers end.
  expect(stream.received).toMatch(/\r\n0\r\n\r\n$/);
  expect([stream.error, poll.error]).toEqual([undefined, undefined]);
});

test('a second signal leaves what is under way no more time', async () => {
  const { service, port } = await start({ SHUTDOWN_GRACE: '60' });
  const client = await halfSent(port);
  const exited = service.stop();
  await pause(1_000);
  expect(client.received).toBe('');
  const started = performance.now();
  process.kill(service.pid, 'SIGTERM');
  expect(await exited).toBe(0);
  expect(performance.now() - started).toBeLessThan(20_000);
  expect(client.statuses).toEqual([503]);
});
