import { HttpApp } from '../support/http-app';
import { until } from '../support/until';

let http: HttpApp;
beforeAll(async () => {
  http = await HttpApp.start(undefined, { TRUSTED_PROXIES: '127.0.0.1' });
  await http.post('/v1/batches', { ref: 'warehouse-sofa', sku: 'SOFA', qty: 10 });
  await http.post('/v1/batches', { ref: 'ship-sofa', sku: 'SOFA', qty: 6, eta: '2031-02-18' });
  for (const orderId of ['order-1', 'order-2', 'order-3'])
    await http.post('/v1/allocations', { orderId, sku: 'SOFA', qty: 3 });
  await http.post('/v1/allocations', { orderId: 'cart-1', sku: 'SOFA', qty: 2, reserveFor: 600 });
  await http.post('/v1/allocations', { orderId: 'order-4', sku: 'SOFA', qty: 8, wait: true });
});
afterAll(() => http.stop());

const explained = (batchRef: string, body: object) =>
  http.send('POST', `/v1/batches/${batchRef}/explain`, body);

describe('explaining a change of a batch', () => {
  test('says which lines would go where, and changes nothing', async () => {
    const before = await http.state();
    const answer = await explained('warehouse-sofa', { qty: 4 });
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      {
        lines: [
          {
            ...{ orderId: 'order-3', qty: 3, state: 'out of stock', after: null },
            before: { batchRef: 'warehouse-sofa', eta: null },
          },
          {
            ...{ orderId: 'order-2', qty: 3, state: 'allocated' },
            before: { batchRef: 'warehouse-sofa', eta: null },
            after: { batchRef: 'ship-sofa', eta: '2031-02-18' },
          },
        ],
        more: false,
      },
    ]);
    expect(await http.state()).toEqual(before);
  });

  test('says whom more pieces would serve, and who would get another day', async () => {
    expect((await explained('ship-sofa', { qty: 12 })).json().lines).toEqual([
      {
        ...{ orderId: 'order-4', qty: 8, before: null, state: 'allocated' },
        after: { batchRef: 'ship-sofa', eta: '2031-02-18' },
      },
    ]);
    expect((await explained('ship-sofa', { eta: '2031-03-01' })).json().lines).toEqual([
      {
        ...{ orderId: 'cart-1', qty: 2, state: 'reserved' },
        before: { batchRef: 'ship-sofa', eta: '2031-02-18' },
        after: { batchRef: 'ship-sofa', eta: '2031-03-01' },
      },
    ]);
  });

  test('of its day and its quantity at once says what both would do, the day first', async () => {
    const change = { qty: 5, eta: '2031-03-01' };
    await http.post('/v1/batches', { ref: 'first-bed', sku: 'BED', qty: 10, eta: '2031-01-01' });
    await http.post('/v1/allocations', { orderId: 'dear', sku: 'BED', qty: 5, priority: 10 });
    await http.post('/v1/allocations', { orderId: 'plain', sku: 'BED', qty: 5 });
    await http.post('/v1/batches', { ref: 'second-bed', sku: 'BED', qty: 5, eta: '2031-02-01' });
    const { lines } = (await explained('first-bed', change)).json();
    const told = Object.fromEntries(
      lines.map((line: { orderId: string; after: unknown }) => [line.orderId, line.after]),
    );
    expect(told).toEqual({
      dear: { batchRef: 'second-bed', eta: '2031-02-01' },
      plain: { batchRef: 'first-bed', eta: '2031-03-01' },
    });
    await http.send('PATCH', '/v1/batches/first-bed', change);
    for (const [orderId, after] of Object.entries(told))
      expect((await http.get(`/v1/allocations/${orderId}`)).json().lines).toMatchObject([after]);
  });

  test('says who would be told another day by its arrival, and who would not get what did not come', async () => {
    const before = await http.state();
    expect((await explained('ship-sofa', { arrived: true, qty: 1 })).json().lines).toEqual([
      {
        ...{ orderId: 'cart-1', qty: 2, state: 'out of stock', after: null },
        before: { batchRef: 'ship-sofa', eta: '2031-02-18' },
      },
    ]);
    expect((await explained('ship-sofa', { arrived: true })).json().lines).toEqual([
      {
        ...{ orderId: 'cart-1', qty: 2, state: 'reserved' },
        before: { batchRef: 'ship-sofa', eta: '2031-02-18' },
        after: { batchRef: 'ship-sofa', eta: null },
      },
    ]);
    expect(await http.state()).toEqual(before);
    expect((await explained('warehouse-sofa', { arrived: true })).json().lines).toEqual([]);
    expect((await explained('ship-sofa', { arrived: true, eta: '2031-03-01' })).json().errors).toEqual([
      { field: 'eta', message: 'must be left out when the batch has arrived' },
    ]);
  });

  test('is refused as the change would be', async () => {
    expect((await explained('nowhere', { qty: 1 })).json().type).toBe('/problems/batch-not-found');
    expect((await explained('warehouse-sofa', { eta: '2031-03-01' })).json().type).toBe(
      '/problems/arrived-already',
    );
    expect((await explained('warehouse-sofa', {})).json().errors).toEqual([
      { field: 'qty', message: 'must be there, unless eta is' },
    ]);
  });
});

test('the lines that pieces of a SKU are promised to are listed in the order of their batches', async () => {
  const { items, more, reserved } = (await http.get('/v1/skus/SOFA/promises')).json();
  expect(items.map(({ orderId, batchRef, eta }: Record<string, string>) => [orderId, batchRef, eta])).toEqual(
    [
      ['order-1', 'warehouse-sofa', null],
      ['order-2', 'warehouse-sofa', null],
      ['order-3', 'warehouse-sofa', null],
      ['cart-1', 'ship-sofa', '2031-02-18'],
    ],
  );
  expect([more, reserved]).toEqual([false, [{ batchRef: 'ship-sofa', lines: 1, pieces: 2 }]]);
  const some = (await http.get('/v1/skus/SOFA/promises?limit=2')).json();
  expect([some.items.length, some.more]).toEqual([2, true]);
});

test('the movements of a SKU are those of all its batches, and add up', async () => {
  const first = (await http.get('/v1/skus/SOFA/movements?limit=1')).json();
  expect(first.items).toEqual([
    expect.objectContaining({
      batchRef: 'ship-sofa',
      pieces: 6,
      reason: 'purchased',
      correlationId: expect.any(String),
    }),
  ]);
  const second = (await http.get(`/v1/skus/SOFA/movements?limit=1&after=${first.next}`)).json();
  expect(second).toMatchObject({ items: [{ batchRef: 'warehouse-sofa', pieces: 10 }], next: null });
});

test('a reader that an event has waited for since five minutes is behind, however few events those are', async () => {
  const behind = async () => {
    const { attention } = (await http.get('/v1/overview')).json();
    return attention.find(({ name }: { name: string }) => name === 'readers').items;
  };
  const readers = async () => (await http.get('/v1/readers')).json().items as { lag: number }[];
  await until(async () => (await readers()).every(({ lag }) => lag === 0));
  await http.database.query(
    `INSERT INTO readers (name, kind, position, replayed_to)
     SELECT 'asleep', 'broker', position - 1, 0 FROM log_head`,
  );
  expect(await behind()).toEqual([]);
  await http.database.query(`UPDATE log SET occurred_at = occurred_at - interval '301 s'`);
  const notice = { kind: 'reader', id: 'asleep', text: '1 event behind' };
  await until(async () => (await behind()).length > 0);
  expect(await behind()).toEqual([expect.objectContaining(notice)]);
  await http.database.query(`DELETE FROM readers WHERE name = 'asleep'`);
  await http.database.query(`UPDATE log SET occurred_at = occurred_at + interval '301 s'`);
});

describe('a search', () => {
  const found = async (q: string) =>
    (
      (await http.get(`/v1/search?q=${encodeURIComponent(q)}`)).json().items as { kind: string; id: string }[]
    ).map(({ kind, id }) => `${kind} ${id}`);

  test.each([
    ['SOF', ['sku SOFA']],
    ['sofa', ['sku SOFA']],
    ['SHIP-', ['batch ship-sofa']],
    ['order-', ['order order-1', 'order order-2', 'order order-3', 'order order-4']],
    ['%', []],
    ["o'r", []],
    ['OFA', []],
  ])('for %s finds what begins like that', async (q, expected) => {
    expect(await found(q)).toEqual(expected);
  });

  test('for the id of an event finds it, and the event can be looked at', async () => {
    const { rows } = await http.database.query('SELECT id, type FROM log ORDER BY position');
    for (const { id, type } of rows) {
      expect(await found(id)).toEqual([`event ${id}`]);
      expect((await http.get(`/v1/events/${id}`)).json()).toMatchObject({
        id,
        type: expect.stringContaining(type),
      });
    }
    expect((await http.get('/v1/events/01990a5c-7e00-7000-8000-0123456789ab')).statusCode).toBe(404);
  });
});

test('the overview is told again only when something in it is otherwise', async () => {
  const answer = await http.get('/v1/overview');
  const again = () =>
    http.send('GET', '/v1/overview', undefined, { 'if-none-match': String(answer.headers.etag) });
  const statuses = [(await again()).statusCode];
  await http.post('/v1/batches', { ref: 'late', sku: 'LAMP', qty: 3, eta: '2020-01-01' });
  await until(async () => (await again()).statusCode === 200);
  expect(statuses[0]).toBe(304);
  expect((await http.get('/v1/overview')).json().attention[1]).toEqual({
    ...{ name: 'overdue', title: 'Overdue', more: false, failed: false },
    items: [
      { kind: 'batch', id: 'late', sku: 'LAMP', text: '3 pieces, 0 of them promised', when: '2020-01-01' },
    ],
  });
});

test('what cannot be looked at is said to, and takes nothing from the rest', async () => {
  await http.database.query('ALTER TABLE mail_queue RENAME TO hidden');
  const failing = async () =>
    ((await http.get('/v1/overview')).json().attention as { name: string; failed: boolean }[]).filter(
      ({ failed }) => failed,
    );
  await until(async () => (await failing()).length > 0);
  expect((await failing()).map(({ name }) => name)).toEqual(['mails']);
  await http.database.query('ALTER TABLE hidden RENAME TO mail_queue');
});

// From here on requests need a key.
describe('a session', () => {
  let key: string;
  let readerId: string;
  let reader: string;
  beforeAll(async () => {
    expect((await http.get('/v1/session')).json()).toMatchObject({
      name: null,
      scopes: ['read', 'orders', 'stock', 'metrics', 'admin'],
    });
    await http.useKey();
    key = http.headers.authorization.slice('Bearer '.length);
    const created = (await http.post('/v1/keys', { name: 'reader', scopes: ['read'] })).json();
    [readerId, reader] = [created.id, created.key];
    http.headers = {};
  });

  const cookie = (secret: string) => ({ cookie: `a=b; stock_allocation_key=${secret}; c=d` });
  const status = async (path: string, headers: Record<string, string>, method = 'GET') =>
    (await http.send(method, path, undefined, headers)).statusCode;

  test('begins with a key that is good, and says by which cookie', async () => {
    const signedIn = await http.post('/v1/session', { key });
    expect([signedIn.statusCode, signedIn.headers['set-cookie']]).toEqual([
      204,
      `stock_allocation_key=${key}; Path=/; HttpOnly; SameSite=Strict`,
    ]);
    const encrypted = await http.send('POST', '/v1/session', { key }, { 'x-forwarded-proto': 'https' });
    expect(encrypted.headers['set-cookie']).toMatch(/; Secure$/);
    const refused = await http.post('/v1/session', { key: `sak_${'0'.repeat(64)}` });
    expect([refused.statusCode, refused.headers['set-cookie']]).toEqual([401, undefined]);
    expect((await http.send('DELETE', '/v1/session')).headers['set-cookie']).toMatch(/_key=; .*; Max-Age=0$/);
  });

  test('may do what its key may', async () => {
    expect(await status('/v1/skus', cookie(reader))).toBe(200);
    expect(await status('/v1/keys', cookie(reader))).toBe(403);
    expect(await status('/v1/keys', cookie(key))).toBe(200);
    expect(await status('/v1/skus', cookie('sak_nonsense'))).toBe(401);
    expect((await http.send('GET', '/v1/session', undefined, cookie(reader))).json()).toEqual({
      ...{ name: 'reader', scopes: ['read'] },
      panels: [{ name: 'customers', title: 'Customers' }],
    });
  });

  test('counts less than a key that comes with the request', async () => {
    expect(await status('/v1/keys', { ...cookie(key), authorization: `Bearer ${reader}` })).toBe(403);
    expect(await status('/v1/skus', { ...cookie(key), authorization: 'Bearer nonsense' })).toBe(401);
  });

  test('lets no page of others change anything', async () => {
    const headers = { ...cookie(key), origin: 'https://elsewhere.example' };
    const answer = await http.send('POST', '/v1/batches', { ref: 'x', sku: 'X', qty: 1 }, headers);
    expect([answer.statusCode, answer.json().type]).toEqual([403, '/problems/cross-origin']);
  });

  test('is told nothing in the overview that asks for another scope', async () => {
    const names = async (secret: string) =>
      (await http.send('GET', '/v1/overview', undefined, cookie(secret)))
        .json()
        .attention.map(({ name }: { name: string }) => name);
    expect(await names(reader)).toEqual(['out-of-stock', 'overdue', 'expiring']);
    expect(await names(key)).toEqual([
      'out-of-stock',
      'overdue',
      'expiring',
      'webhooks',
      'dead-letters',
      'mails',
      'readers',
    ]);
  });

  test('ends with its key', async () => {
    await http.send('DELETE', `/v1/keys/${readerId}`, undefined, cookie(key));
    expect(await status('/v1/skus', cookie(reader))).toBe(401);
    expect(await status('/v1/session', cookie(reader))).toBe(401);
  });
});
