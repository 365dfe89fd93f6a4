import { randomOrderId, randomRef, randomSku } from '../support/random-refs';
import { HttpApp } from '../support/http-app';

let http: HttpApp;
beforeAll(async () => void (http = await HttpApp.start()));
afterAll(() => http.stop());

async function batch(sku: string, qty: number, eta: string | null = null): Promise<string> {
  const batchRef = randomRef();
  expect((await http.post('/add_batch', { ref: batchRef, sku, qty, eta })).statusCode).toBe(201);
  return batchRef;
}

test('the book’s API adds batches and allocates to the one that comes first (rule 2)', async () => {
  const sku = randomSku();
  const added = await http.post('/add_batch', { ref: randomRef(), sku, qty: 100, eta: '2011-01-02' });
  expect([added.statusCode, added.headers['content-type'], added.body]).toEqual([
    201,
    'text/plain; charset=utf-8',
    'OK',
  ]);
  const early = await batch(sku, 100, '2011-01-01');
  await batch(sku, 100, '2011-01-03');
  const otherSku = randomSku();
  const other = await batch(otherSku, 1);

  const orderid = randomOrderId();
  const allocated = await http.post('/allocate', { orderid, sku, qty: 3 });
  expect([allocated.statusCode, allocated.headers['content-type'], allocated.body]).toEqual([
    202,
    'text/plain; charset=utf-8',
    'OK',
  ]);
  await http.post('/allocate', { orderid, sku: otherSku, qty: 1 });

  const view = await http.get(`/allocations/${orderid}`);
  expect([view.statusCode, view.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
  expect(view.body).toBe(
    JSON.stringify(
      [
        { sku, batchref: early },
        { sku: otherSku, batchref: other },
      ].sort((a, b) => (a.sku < b.sku ? -1 : 1)),
    ),
  );
});

test('an unknown SKU is answered as in the book, and nothing is allocated (rule 6)', async () => {
  const orderid = randomOrderId();
  const answer = await http.post('/allocate', { orderid, sku: 'NONEXISTENT "é"', qty: 20 });
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([
    400,
    'application/json; charset=utf-8',
  ]);
  expect(answer.body).toBe('{"message":"Invalid sku NONEXISTENT \\"é\\""}');

  expect((await http.get(`/allocations/${orderid}`)).statusCode).toBe(404);
});

test('a line that is out of stock is taken (rule 5)', async () => {
  const sku = randomSku();
  await batch(sku, 10);
  const orderid = randomOrderId();
  expect((await http.post('/allocate', { orderid, sku, qty: 11 })).statusCode).toBe(202);

  const view = await http.get(`/allocations/${orderid}`);
  expect([view.statusCode, view.headers['content-type']]).toEqual([
    404,
    'application/problem+json; charset=utf-8',
  ]);
  expect(view.json()).toMatchObject({ type: '/problems/order-not-allocated', message: view.json().detail });
});

test('the book’s API shows what version 1 wrote, and the other way round', async () => {
  const sku = randomSku();
  const batchRef = await batch(sku, 10);
  const orderId = randomOrderId('a/b');
  await http.post('/v1/allocations', { orderId, sku, qty: 1 });
  expect((await http.get(`/allocations/${encodeURIComponent(orderId)}`)).json()).toEqual([
    { sku, batchref: batchRef },
  ]);
  expect((await http.get(`/v1/batches/${batchRef}`)).json().allocatedQuantity).toBe(1);
});

describe('any other error', () => {
  test.each([
    ['a field of the wrong type', 400, '/allocate', { orderid: 'o', sku: 's', qty: '3' }],
    ['a missing field', 400, '/add_batch', { sku: 's', qty: 3 }],
    ['a field of version 1', 400, '/allocate', { orderId: 'o', sku: 's', qty: 3 }],
    ['broken JSON', 400, '/allocate', '{'],
    ['a list', 400, '/add_batch', '[]'],
    ['a huge body', 413, '/add_batch', `"${'x'.repeat(1024 * 1024)}"`],
  ])('is a problem with a message: %s', async (_name, status, url, body) => {
    const answer = await http.post(url, body);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([
      status,
      'application/problem+json; charset=utf-8',
    ]);
    expect(answer.json()).toMatchObject({ status, message: answer.json().detail });
  });

  test('is a problem with a message: a conflict', async () => {
    const sku = randomSku();
    const batchRef = await batch(sku, 10);
    const answer = await http.post('/add_batch', { ref: batchRef, sku, qty: 11, eta: null });
    expect([answer.statusCode, answer.json().message]).toEqual([
      409,
      `Batch ${batchRef} exists already with quantity 10`,
    ]);
  });

  test('is a problem with a message: another media type', async () => {
    const answer = await http.send('POST', '/allocate', 'orderid=o', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect([answer.statusCode, answer.json().message]).toEqual([415, answer.json().detail]);
  });

  test('has no message in version 1', async () => {
    expect((await http.post('/v1/batches', '{')).json()).not.toHaveProperty('message');
  });
});
