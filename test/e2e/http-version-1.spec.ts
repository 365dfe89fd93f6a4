import { randomOrderId, randomRef, randomSku } from '../support/random-refs';
import { HttpApp, type Answer } from '../support/http-app';

let http: HttpApp;
beforeAll(async () => void (http = await HttpApp.start()));
afterAll(() => http.stop());

async function batch(sku: string, qty: number, eta?: string | null): Promise<string> {
  const batchRef = randomRef();
  expect((await http.post('/v1/batches', { ref: batchRef, sku, qty, eta })).statusCode).toBe(201);
  return batchRef;
}

async function line(sku: string, qty: number): Promise<string> {
  const orderId = randomOrderId();
  expect((await http.post('/v1/allocations', { orderId, sku, qty })).statusCode).toBe(202);
  return orderId;
}

function expectProblem(answer: Answer, status: number, kind: string, detail: string): void {
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.json()).toEqual({
    type: `/problems/${kind}`,
    title: expect.stringMatching(/./),
    status,
    detail,
    instance: answer.headers['x-request-id'],
  });
  expect(answer.statusCode).toBe(status);
}

describe('POST /v1/batches', () => {
  test('answers 201 without a body and says where the batch is', async () => {
    const batchRef = randomRef('ä /?#%..');
    const answer = await http.post('/v1/batches', { ref: batchRef, sku: randomSku(), qty: 100 });

    expect(answer.statusCode).toBe(201);
    expect(answer.body).toBe('');
    expect(answer.headers.location).toBe(`/v1/batches/${encodeURIComponent(batchRef)}`);
    expect((await http.get(answer.headers.location as string)).json().ref).toBe(batchRef);
  });

  test('answers the same for a batch that exists already with the same content', async () => {
    const request = { ref: randomRef(), sku: randomSku(), qty: 5, eta: '2030-01-31' };
    const first = await http.post('/v1/batches', request);
    const state = await http.state();
    const second = await http.post('/v1/batches', request);

    expect([second.statusCode, second.headers.location]).toEqual([201, first.headers.location]);
    expect(await http.state()).toEqual(state);
  });

  test('refuses another content under the same reference', async () => {
    const sku = randomSku();
    const batchRef = await batch(sku, 100);
    const state = await http.state();

    const answer = await http.post('/v1/batches', { ref: batchRef, sku, qty: 99 });
    expectProblem(answer, 409, 'batch-conflict', `Batch ${batchRef} exists already with quantity 100`);
    const otherSku = await http.post('/v1/batches', { ref: batchRef, sku: randomSku(), qty: 100 });
    expect(otherSku.json()).toMatchObject({ status: 409, type: '/problems/batch-conflict' });
    expect(await http.state()).toEqual(state);
  });

  test.each([
    ['the day', '2030-01-31', '2030-01-31'],
    ['a leap day', '2028-02-29', '2028-02-29'],
    ['the first day there is', '0001-01-01', '0001-01-01'],
    ['the last day there is', '9999-12-31', '9999-12-31'],
    ['null', null, null],
    ['nothing', undefined, null],
  ])('takes as ETA %s', async (_name, eta, seen) => {
    const batchRef = await batch(randomSku(), 1, eta);
    expect((await http.get(`/v1/batches/${batchRef}`)).json().eta).toBe(seen);
  });

  test('keeps texts as they are, to the last character', async () => {
    for (const text of [
      '😀'.repeat(255),
      'a  b',
      'a/b',
      '%2F',
      '..',
      'a\u200db',
      'é',
      'e\u0301',
      '__proto__',
      "'; --",
    ]) {
      const sku = randomSku() + text;
      const request = {
        ref: [...(text + randomRef())].slice(0, 255).join(''),
        sku: [...sku].slice(-255).join(''),
        qty: 1,
      };
      const created = await http.post('/v1/batches', request);
      expect([text, created.statusCode]).toEqual([text, 201]);
      expect((await http.get(created.headers.location as string)).json()).toMatchObject({
        ref: request.ref,
        sku: request.sku,
      });
    }
  });
});

describe('GET /v1/batches/{ref}', () => {
  test('shows purchased, allocated and available pieces', async () => {
    const sku = randomSku();
    const batchRef = await batch(sku, 100, '2030-01-31');
    await line(sku, 30);

    const answer = await http.get(`/v1/batches/${batchRef}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      ref: batchRef,
      sku,
      eta: '2030-01-31',
      expectedEta: '2030-01-31',
      purchasedQuantity: 100,
      allocatedQuantity: 30,
      dispatchedQuantity: 0,
      availableQuantity: 70,
      sequence: 2,
    });
  });

  test('answers 404 for an unknown batch', async () => {
    expectProblem(await http.get('/v1/batches/none'), 404, 'batch-not-found', 'There is no batch none');
  });
});

describe('GET /v1/batches?sku=', () => {
  test('lists the batches in the order in which they serve lines', async () => {
    const sku = randomSku('RED/CHAIR &c');
    const late = await batch(sku, 1, '2031-01-01');
    const early = await batch(sku, 1, '2030-01-01');
    const early2 = await batch(sku, 1, '2030-01-01');
    const here = await batch(sku, 1);
    await batch(randomSku(), 1);

    const batchRefs = async (query: string) =>
      (await http.get(`/v1/batches?sku=${encodeURIComponent(sku)}${query}`))
        .json()
        .items.map((item: { ref: string }) => item.ref);
    expect(await batchRefs('')).toEqual([here, early, early2, late]);
    expect(await batchRefs('&limit=2')).toEqual([here, early]);
    expect(await batchRefs('&limit=1000')).toHaveLength(4);
  });

  test('shows 100 batches unless asked for more', async () => {
    const sku = randomSku();
    await Promise.all(Array.from({ length: 101 }, () => batch(sku, 1)));
    expect((await http.get(`/v1/batches?sku=${sku}`)).json().items).toHaveLength(100);
    expect((await http.get(`/v1/batches?sku=${sku}&limit=101`)).json().items).toHaveLength(101);
  });

  test('lists none for an unknown SKU', async () => {
    const answer = await http.get('/v1/batches?sku=none');
    expect([answer.statusCode, answer.json()]).toEqual([200, { items: [], next: null }]);
  });
});

describe('POST /v1/allocations', () => {
  test('answers 202 without a body and says where the order is', async () => {
    const sku = randomSku();
    const batchRef = await batch(sku, 10, '2030-01-31');
    const orderId = randomOrderId('order #1/2');
    const answer = await http.post('/v1/allocations', { orderId, sku, qty: 3 });

    expect([answer.statusCode, answer.body]).toEqual([202, '']);
    expect(answer.headers.location).toBe(`/v1/allocations/${encodeURIComponent(orderId)}`);
    const order = await http.get(answer.headers.location as string);
    expect([order.statusCode, order.json()]).toMatchObject([
      200,
      {
        orderId,
        lines: [
          {
            sku,
            qty: 3,
            state: 'allocated',
            batchRef,
            eta: '2030-01-31',
            changedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
          },
        ],
      },
    ]);
  });

  test('shows every line of the order, by SKU', async () => {
    const orderId = randomOrderId();
    const skus = [randomSku('C'), randomSku('A'), randomSku('B')];
    for (const sku of skus) {
      await batch(sku, 1);
      await http.post('/v1/allocations', { orderId, sku, qty: 1 });
    }
    const { lines } = (await http.get(`/v1/allocations/${orderId}`)).json();
    expect(lines.map(({ sku, eta }: { sku: string; eta: null }) => [sku, eta])).toEqual(
      skus.sort().map((sku) => [sku, null]),
    );
  });

  test('answers the same for a line that is allocated already', async () => {
    const sku = randomSku();
    await batch(sku, 10);
    const orderId = await line(sku, 3);
    const state = await http.state();

    expect((await http.post('/v1/allocations', { orderId, sku, qty: 3 })).statusCode).toBe(202);
    expect(await http.state()).toEqual(state);
  });

  test('refuses another quantity of the same line', async () => {
    const sku = randomSku();
    await batch(sku, 10);
    const orderId = await line(sku, 3);
    const state = await http.state();

    const detail = `Order ${orderId} has 3 of ${sku} allocated already; deallocate that line before asking for 4`;
    expectProblem(await http.post('/v1/allocations', { orderId, sku, qty: 4 }), 409, 'line-conflict', detail);
    expect(await http.state()).toEqual(state);
  });

  test('refuses an unknown SKU', async () => {
    const sku = randomSku();
    const answer = await http.post('/v1/allocations', { orderId: 'o', sku, qty: 1 });
    expectProblem(answer, 422, 'invalid-sku', `Invalid sku ${sku}`);
    expect(JSON.stringify(await http.state())).not.toContain(sku);
  });

  test('takes a line for which there is no stock, which no batch then serves', async () => {
    const sku = randomSku();
    await batch(sku, 10);
    const orderId = await line(sku, 11);
    const { lines = [] } = (await http.get(`/v1/allocations/${orderId}`)).json();
    expect(lines.filter(({ batchRef }: { batchRef: string | null }) => batchRef)).toEqual([]);
  });

  test('takes the largest quantity there is', async () => {
    const sku = randomSku();
    const batchRef = await batch(sku, 2147483647);
    const orderId = await line(sku, 2147483647);
    expect((await http.get(`/v1/allocations/${orderId}`)).json().lines).toMatchObject([
      { sku, qty: 2147483647, batchRef, eta: null },
    ]);
  });
});

describe('DELETE /v1/allocations/{orderId}/{sku}', () => {
  test('gives the stock back', async () => {
    const sku = randomSku('a/b');
    const batchRef = await batch(sku, 10);
    const orderId = await line(sku, 3);
    const url = `/v1/allocations/${orderId}/${encodeURIComponent(sku)}`;

    const answer = await http.send('DELETE', url);
    expect([answer.statusCode, answer.body]).toEqual([202, '']);
    expect((await http.get(`/v1/batches/${batchRef}`)).json().availableQuantity).toBe(10);
    expectProblem(
      await http.send('DELETE', url),
      404,
      'line-not-allocated',
      `Order ${orderId} has no allocated line of ${sku}`,
    );
  });

  test.each([
    ['nothing', undefined, {}],
    ['nothing, declared as JSON', '', { 'content-type': 'application/json' }],
    ['null', 'null', { 'content-type': 'application/json' }],
    ['an object', '{"sku":1}', { 'content-type': 'application/json; charset=utf-8' }],
  ])('takes as its body %s', async (_name, body, headers) => {
    const sku = randomSku();
    await batch(sku, 10);
    const url = `/v1/allocations/${await line(sku, 3)}/${sku}`;
    expect((await http.send('POST', `${url}/reallocate`, body, headers)).statusCode).toBe(202);
    expect((await http.send('DELETE', url, body, headers)).statusCode).toBe(202);
  });
});

describe('POST /v1/allocations/{orderId}/{sku}/reallocate', () => {
  test('moves the line to the batch that comes first now', async () => {
    const sku = randomSku();
    await batch(sku, 10, '2030-01-31');
    const orderId = await line(sku, 3);
    const here = await batch(sku, 10);

    const answer = await http.post(`/v1/allocations/${orderId}/${sku}/reallocate`);
    expect([answer.statusCode, answer.body]).toEqual([202, '']);
    expect((await http.get(answer.headers.location as string)).json().lines).toMatchObject([
      { sku, qty: 3, batchRef: here, eta: null },
    ]);
  });

  test('answers 404 for a line that is not allocated', async () => {
    const answer = await http.post('/v1/allocations/none/none/reallocate');
    expectProblem(answer, 404, 'line-not-allocated', 'Order none has no allocated line of none');
  });
});

describe('PATCH /v1/batches/{ref}', () => {
  test('changes the quantity, and lines that no longer fit move', async () => {
    const sku = randomSku();
    const first = await batch(sku, 10);
    const orderId = await line(sku, 10);
    const second = await batch(sku, 10, '2030-01-31');

    const answer = await http.send('PATCH', `/v1/batches/${first}`, { qty: 0 });
    expect([answer.statusCode, answer.body]).toEqual([202, '']);
    expect((await http.get(answer.headers.location as string)).json()).toMatchObject({
      purchasedQuantity: 0,
      allocatedQuantity: 0,
      availableQuantity: 0,
    });
    expect((await http.get(`/v1/allocations/${orderId}`)).json().lines).toMatchObject([{ batchRef: second }]);
  });

  test('moves them too when the batch had pieces left', async () => {
    const sku = randomSku();
    const first = await batch(sku, 100);
    const orderId = await line(sku, 10);
    const second = await batch(sku, 50, '2030-01-31');

    await http.send('PATCH', `/v1/batches/${first}`, { qty: 0 });
    expect((await http.get(`/v1/allocations/${orderId}`)).json().lines).toMatchObject([{ batchRef: second }]);
  });

  test('answers 404 for an unknown batch', async () => {
    expectProblem(
      await http.send('PATCH', '/v1/batches/none', { qty: 1 }),
      404,
      'batch-not-found',
      'There is no batch none',
    );
  });
});

test('each type of problem is explained where the type points to', async () => {
  const { type, title } = (await http.get('/v1/batches/none')).json();
  const page = await http.get(type);
  expect(page.statusCode).toBe(200);
  expect(page.body).toContain(title);
  expect((await http.get('/problems/toString')).statusCode).toBe(404);
});
