import type { CommandBus, QueryBus } from '@nestjs/cqrs';
import { GroupCommitOptions } from '../../src/allocation/adapters/group-commit/group-commit-options';
import { type Allocate, InvalidSku, ProductBusy } from '../../src/allocation/contracts';
import { BulkController } from '../../src/allocation/entrypoints/bulk.controller';
import { AppModule, loadConfig } from '../../src/app.module';
import { ErrorAnswers } from '../../src/http/problems/error-answers';
import type { Request } from '../../src/http/fastify';
import { problemsOf } from '../../src/http/module-api';
import { HttpApp } from '../support/http-app';
import { randomOrderId, randomRef, randomSku } from '../support/random-refs';

let http: HttpApp;

beforeAll(async () => {
  http = await HttpApp.start();
});
afterAll(() => http.stop());

interface Result {
  status: number;
  location?: string;
  outcome?: string;
  batchRef?: string | null;
  eta?: string | null;
  expiresAt?: string;
  place?: number;
  problem?: { type: string; detail: string; errors?: { field: string }[] };
}

async function bulk(path: string, items: unknown): Promise<Result[]> {
  const answer = await http.post(path, { items });
  expect(answer.statusCode).toBe(200);
  return answer.json<{ results: Result[] }>().results;
}

test('each item of a bulk request has its result, in the order of the items, and fails alone', async () => {
  const sku = randomSku();
  const [batchRef, order] = [randomRef(), randomOrderId()];
  const batches = await bulk('/v1/batches/bulk', [
    { ref: batchRef, sku, qty: 10 },
    { ref: batchRef, sku, qty: 11 },
    { ref: randomRef(), sku, qty: 0 },
    null,
    { ref: randomRef(), sku, qty: 5, eta: '2031-01-31' },
  ]);
  expect(batches.map(({ status }) => status)).toEqual([201, 409, 400, 400, 201]);
  expect(batches[0]).toEqual({ status: 201, location: `/v1/batches/${batchRef}`, outcome: 'created' });
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
  expect(lines[1]).toEqual({
    status: 409,
    problem: expect.objectContaining({ type: '/problems/line-conflict' }),
  });
  expect(lines[2].problem?.type).toBe('/problems/invalid-sku');
  const allocated = (await http.get(`/v1/allocations/${order}`)).json<{ lines: object[] }>();
  expect(allocated.lines).toMatchObject([{ sku, qty: 10, batchRef }]);
});

test('the result of a line says whether it is allocated, with batch and date, or out of stock', async () => {
  const sku = randomSku();
  const [warehouse, ship, orders] = [randomRef(), randomRef(), Array.from({ length: 4 }, randomOrderId)];
  await bulk('/v1/batches/bulk', [
    { ref: ship, sku, qty: 5, eta: '2031-01-31' },
    { ref: warehouse, sku, qty: 5 },
  ]);
  const items = [
    { orderId: orders[0], sku, qty: 3 },
    { orderId: orders[1], sku, qty: 4 },
    { orderId: orders[2], sku, qty: 3 },
    { orderId: orders[3], sku, qty: 1 },
  ];
  const outcome = ({ status, outcome, batchRef, eta }: Result) => [status, outcome, batchRef, eta];
  const expected = [
    [202, 'allocated', warehouse, null],
    [202, 'allocated', ship, '2031-01-31'],
    [202, 'out of stock', null, null],
    [202, 'allocated', warehouse, null],
  ];
  expect((await bulk('/v1/allocations/bulk', items)).map(outcome)).toEqual(expected);
  // Sent again, and moved meanwhile: each says how its line stands now.
  await http.send('PATCH', `/v1/batches/${warehouse}`, { qty: 0 });
  expected[0] = [202, 'out of stock', null, null];
  expected[3] = [202, 'allocated', ship, '2031-01-31'];
  expect((await bulk('/v1/allocations/bulk', items)).map(outcome)).toEqual(expected);
});

test('the result of a line says until when it is reserved, or which place it has on the wait-list (rules 11 and 13)', async () => {
  const sku = randomSku();
  const orders = Array.from({ length: 4 }, randomOrderId);
  await bulk('/v1/batches/bulk', [{ ref: randomRef(), sku, qty: 5 }]);
  const results = await bulk('/v1/allocations/bulk', [
    { orderId: orders[0], sku, qty: 3, reserveFor: 900 },
    { orderId: orders[1], sku, qty: 4, wait: true },
    { orderId: orders[2], sku, qty: 3, wait: true, priority: 5 },
    { orderId: orders[3], sku, qty: 3, wait: 'yes', priority: 'high' },
  ]);

  expect(results.map(({ outcome, place }) => [outcome, place])).toEqual([
    ['reserved', undefined],
    ['waiting', 2],
    ['waiting', 1],
    [undefined, undefined],
  ]);
  const seen = (await http.get(`/v1/allocations/${orders[0]}`)).json<{ lines: { expiresAt: string }[] }>();
  expect(results[0].expiresAt).toBe(seen.lines[0].expiresAt);
  expect(results[3].problem?.errors?.map(({ field }) => field)).toEqual(['priority', 'wait']);
});

test('the result of a batch says whether it was created or exists already', async () => {
  const item = { ref: randomRef(), sku: randomSku(), qty: 5 };
  const results = await bulk('/v1/batches/bulk', [item, item, { ...item, qty: 6 }]);
  expect(results.map(({ status, outcome }) => [status, outcome])).toEqual([
    [201, 'created'],
    [201, 'exists already'],
    [409, undefined],
  ]);
});

test('a bulk request that is refused for overload in part is answered 503, and all of it can be sent again', async () => {
  const sku = randomSku();
  await bulk('/v1/batches/bulk', [{ ref: randomRef(), sku, qty: 100 }]);
  const items = Array.from({ length: 20 }, () => ({ orderId: randomOrderId(), sku, qty: 1 }));
  const options = http.app.get<{ capacity: number }>(GroupCommitOptions, { strict: false });
  const { capacity } = options;
  options.capacity = 10;
  const refused = await http.post('/v1/allocations/bulk', { items });
  options.capacity = capacity;

  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1']);
  expect(refused.json()).toMatchObject({ type: '/problems/unavailable', status: 503 });
  const available = async () =>
    (await http.get(`/v1/availability/${sku}`)).json<{ available: number }>().available;
  expect(await available()).toBe(90);

  const results = await bulk('/v1/allocations/bulk', items);
  expect(results.map(({ outcome }) => outcome)).toEqual(items.map(() => 'allocated'));
  expect(await available()).toBe(80);
});

describe('an item whose product alone is busy', () => {
  const busy = randomSku();
  const execute = ({ line: { sku } }: Allocate) => {
    if (sku === busy) return Promise.reject(new ProductBusy('locked'));
    if (sku === 'unknown') return Promise.reject(new InvalidSku(sku));
    return Promise.resolve({ outcome: 'out of stock', batchRef: null, eta: null });
  };
  const answers = new ErrorAnswers(problemsOf(AppModule.apis));
  const queries = {} as QueryBus;
  const controller = new BulkController(
    { execute } as unknown as CommandBus,
    answers,
    queries,
    loadConfig({}),
  );
  const allocate = (...skus: readonly unknown[]) => {
    const items = skus.map((sku) => ({ orderId: randomOrderId(), sku, qty: 1 }));
    return controller.allocateMany({ items }, { id: 'request-1' } as Request);
  };

  test.each([
    ['served', 'lamp', 202],
    ['refused by the business', 'unknown', 422],
  ])('fails alone when another one is %s', async (_, other, status) => {
    const { results } = await allocate(busy, other);
    expect(results.map((result) => result.status)).toEqual([503, status]);
  });

  test('is the answer when there is no other to be carried out', async () => {
    await expect(allocate(busy, busy, 7)).rejects.toThrow(ProductBusy);
  });
});

test('a thousand lines of one SKU in one request are taken in their order', async () => {
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
])('a bulk request is refused with %s', async (_, body) => {
  const answer = await http.post('/v1/allocations/bulk', body);
  expect(answer.statusCode).toBe(400);
  expect(answer.json<Result['problem']>()?.errors?.map(({ field }) => field)).toEqual(['items']);
});
