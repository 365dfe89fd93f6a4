import { HttpApp } from '../support/http-app';
import { randomOrderId, randomRef, randomSku } from '../support/random-refs';

let http: HttpApp;

beforeAll(async () => {
  http = await HttpApp.start();
}, 30_000);
afterAll(() => http.stop());

interface Result {
  status: number;
  location?: string;
  problem?: { type: string; detail: string; errors?: { field: string }[] };
}

async function bulk(path: string, items: unknown): Promise<Result[]> {
  const answer = await http.post(path, { items });
  expect(answer.statusCode).toBe(200);
  return answer.json<{ results: Result[] }>().results;
}

test('each item has its result, in the order of the items, and fails alone', async () => {
  const sku = randomSku();
  const [ref, order] = [randomRef(), randomOrderId()];
  const batches = await bulk('/v1/batches/bulk', [
    { ref, sku, qty: 10 },
    { ref, sku, qty: 11 },
    { ref: randomRef(), sku, qty: 0 },
    null,
    { ref: randomRef(), sku, qty: 5, eta: '2031-01-31' },
  ]);
  expect(batches.map(({ status }) => status)).toEqual([201, 409, 400, 400, 201]);
  expect(batches[0].location).toBe(`/v1/batches/${ref}`);
  expect(batches[2].problem?.errors?.map(({ field }) => field)).toEqual(['qty']);

  const lines = await bulk('/v1/allocations/bulk', [
    { orderId: order, sku, qty: 10 },
    { orderId: order, sku, qty: 3 },
    { orderId: order, sku: randomSku('UNKNOWN'), qty: 1 },
    { orderId: randomOrderId(), sku, qty: 100 },
    { orderId: order, sku, qty: 10, colour: 'red' },
  ]);
  expect(lines.map(({ status }) => status)).toEqual([202, 409, 422, 202, 202]);
  expect(lines[0].location).toBe(`/v1/allocations/${order}`);
  expect(lines[2].problem?.type).toBe('/problems/invalid-sku');
  const allocated = (await http.get(`/v1/allocations/${order}`)).json<{ lines: object[] }>();
  expect(allocated.lines).toMatchObject([{ sku, qty: 10, batchRef: ref }]);
});

test('takes a thousand lines of one SKU in their order', async () => {
  const sku = randomSku();
  await bulk('/v1/batches/bulk', [{ ref: randomRef(), sku, qty: 600 }]);
  const orders = Array.from({ length: 1_000 }, () => randomOrderId());
  const results = await bulk(
    '/v1/allocations/bulk',
    orders.map((orderId) => ({ orderId, sku, qty: 1 })),
  );
  expect(results.every(({ status }) => status === 202)).toBe(true);
  const found = async (orderId: string) => (await http.get(`/allocations/${orderId}`)).statusCode === 200;
  expect([
    await found(orders[0]),
    await found(orders[599]),
    await found(orders[600]),
    await found(orders[999]),
  ]).toEqual([true, true, false, false]);
});

test.each([
  ['no items', {}],
  ['an empty list', { items: [] }],
  ['something else than a list', { items: { orderId: 'o' } }],
  ['too many items', { items: Array.from({ length: 1_001 }, () => 1) }],
])('refuses %s', async (_, body) => {
  const answer = await http.post('/v1/allocations/bulk', body);
  expect(answer.statusCode).toBe(400);
  expect(answer.json<Result['problem']>()?.errors?.map(({ field }) => field)).toEqual(['items']);
});
