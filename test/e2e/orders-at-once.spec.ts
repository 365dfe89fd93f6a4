import { Agent, request as httpRequest } from 'node:http';
import { auditViews, auditWriteModel } from '../support/audit';
import { randomRef, randomSku } from '../support/random-refs';
import { RunningService } from '../support/running-service';
import { query } from '../support/sql';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';
import { auditOrders, refusedInVain } from '../support/whole-orders';

const ORDERS = 1_000;

let database: TestDatabase;
let services: RunningService[];
const agent = new Agent({ keepAlive: true, maxSockets: ORDERS });
beforeEach(async () => {
  database = await createTestDatabase();
  const settings = { DATABASE_URL: database.url, LOG_LEVEL: 'warn' };
  services = await Promise.all([0, 1].map(() => RunningService.start({ ...settings, LOG_LEVEL: 'info' })));
});
afterEach(async () => {
  await Promise.all(services.map((service) => service.stop()));
  await database.drop();
});
afterAll(() => agent.destroy());

/** Sends an order, on a connection of its own if all are at work. @returns its status */
function place(service: RunningService, order: object): Promise<number> {
  const body = JSON.stringify(order);
  const { hostname, port } = new URL(service.url);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const options = { agent, hostname, port, method: 'POST', path: '/v1/orders', headers };
    const request = httpRequest(options, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode!));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Sends all orders at once, to both instances by turns, and again what was answered 503. @returns how often which status */
async function placeAll(
  orders: readonly { readonly lines: readonly object[] }[],
): Promise<Record<string, number>> {
  const statuses: Record<string, number> = {};
  await Promise.all(
    orders.map(async (order, index) => {
      let status = 503;
      for (let time = 0; status === 503 && time < 20; time += 1)
        status = await place(services[(index + time) % 2], { orderId: `order-${index}`, ...order });
      // It was placed though its first answer was a 503: somebody went on with it.
      if (status === 200) status = 201;
      statuses[status] = (statuses[status] ?? 0) + 1;
    }),
  );
  return statuses;
}

async function stock(qty: number, count: number): Promise<string[]> {
  const skus = Array.from({ length: count }, () => randomSku());
  for (const sku of skus) await services[0].post('/v1/batches', { ref: randomRef(), sku, qty });
  return skus;
}

const shuffled = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);

async function inOrder(): Promise<void> {
  await until(
    async () => (await query(database.url, 'SELECT FROM orders WHERE due_at IS NOT NULL')).length === 0,
    30,
  );
  expect(await auditOrders(database.url)).toEqual([]);
  expect(await refusedInVain(database.url)).toEqual([]);
  expect(await auditWriteModel(database.url)).toEqual([]);
  expect(await auditViews(database.url)).toEqual([]);
}

test('rule 20: of a thousand orders at once for the last pieces of the same SKUs, as many are placed as there are pieces', async () => {
  const skus = await stock(100, 4);
  const orders = Array.from({ length: ORDERS }, () => ({
    lines: shuffled(skus).map((sku) => ({ sku, qty: 1 })),
  }));
  expect(await placeAll(orders)).toEqual({ 201: 100, 409: ORDERS - 100 });
  await inOrder();
}, 300_000);

test('rule 20: of a thousand orders at once for some of many SKUs, none is refused that could be had', async () => {
  const skus = await stock(60, 8);
  const orders = Array.from({ length: ORDERS }, () => ({
    lines: shuffled(skus)
      .slice(0, 1 + Math.floor(Math.random() * 4))
      .map((sku) => ({ sku, qty: 1 + Math.floor(Math.random() * 3) })),
  }));
  const { 201: placed = 0, 409: short = 0, ...others } = await placeAll(orders);
  expect([placed + short, others]).toEqual([ORDERS, {}]);
  expect(placed).toBeGreaterThan(50);
  await inOrder();
}, 300_000);

test('rule 20: orders of a hundred lines are placed as a whole, side by side', async () => {
  const skus = await stock(10, 100);
  const orders = Array.from({ length: 30 }, () => ({
    lines: shuffled(skus).map((sku) => ({ sku, qty: 1 })),
  }));
  expect(await placeAll(orders)).toEqual({ 201: 10, 409: 20 });
  await inOrder();
}, 300_000);
