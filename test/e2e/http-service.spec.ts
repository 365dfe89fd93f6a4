import { randomOrderId, randomRef, randomSku } from '../support/random-refs';
import { HttpApp } from '../support/http-app';
import { TcpProxy } from '../support/tcp-proxy';

describe('the service with its database', () => {
  let http: HttpApp;
  beforeAll(async () => void (http = await HttpApp.start()));
  afterAll(() => http.stop());

  test('is live and ready', async () => {
    const live = await http.get('/health/live');
    expect([live.statusCode, live.json()]).toEqual([200, { status: 'ok' }]);
    const ready = await http.get('/health/ready');
    expect([ready.statusCode, ready.json()]).toMatchObject([
      200,
      { status: 'ok', info: { database: { status: 'up' } } },
    ]);
  });

  test.each(['/docs-json', '/docs', '/docs/', '/docs/swagger-ui-init.js', '/asyncapi.json'])(
    'sends %s once to a client that keeps it',
    async (url) => {
      const first = await http.get(url);
      const second = await http.get(url);
      expect([first.statusCode, second.statusCode]).toEqual([200, 200]);
      expect(second.rawPayload).toEqual(first.rawPayload);
      const { etag } = first.headers as { etag: string };
      expect(etag).toMatch(/^"[\w-]{43}"$/);
      const known = await http.send('GET', url, undefined, { 'if-none-match': etag });
      expect([known.statusCode, known.body, known.headers.etag]).toEqual([304, '', etag]);
      expect((await http.send('GET', url, undefined, { 'if-none-match': '"other"' })).statusCode).toBe(200);
    },
  );

  test('writes the id of the request that caused them into the events', async () => {
    const sku = randomSku();
    await http.send(
      'POST',
      '/v1/batches',
      { ref: randomRef(), sku, qty: 10 },
      { 'x-request-id': 'the-batch' },
    );
    const answers = await Promise.all(
      [1, 2, 3].map((i) =>
        http.send(
          'POST',
          '/v1/allocations',
          { orderId: randomOrderId(), sku, qty: i },
          { 'x-request-id': `line-${i}` },
        ),
      ),
    );
    const nameless = await http.post('/allocate', { orderid: randomOrderId(), sku, qty: 4 });
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 202, 202]);

    const { rows } = await http.database.query<{ correlation_id: string; causation_id: string; qty: string }>(
      `SELECT correlation_id, causation_id, data->>'qty' AS qty FROM events WHERE sku = $1 ORDER BY (data->>'qty')::int`,
      [sku],
    );
    expect(rows.map(({ correlation_id, qty }) => [qty, correlation_id])).toEqual([
      ['1', 'line-1'],
      ['2', 'line-2'],
      ['3', 'line-3'],
      ['4', nameless.headers['x-request-id']],
      ['10', 'the-batch'],
    ]);
    expect(rows.map(({ causation_id }) => causation_id)).toEqual(
      rows.map(({ correlation_id }) => correlation_id),
    );
  });

  test('carries out every request, also of a caller that gives all of them the same id', async () => {
    const sku = randomSku();
    const headers = { 'x-request-id': 'always' };
    await http.send('POST', '/v1/batches', { ref: randomRef(), sku, qty: 10 }, headers);
    for (const qty of [1, 2])
      await http.send('POST', '/v1/allocations', { orderId: randomOrderId(), sku, qty }, headers);
    expect((await http.get(`/v1/batches?sku=${sku}`)).json().items[0].allocatedQuantity).toBe(3);
  });
});

describe.each([
  ['cut off from its database', (proxy: TcpProxy) => proxy.cut()],
  ['with a database that does not answer', (proxy: TcpProxy) => proxy.freeze()],
])('%s', (_name, spoil) => {
  let http: HttpApp;
  let proxy: TcpProxy;
  beforeAll(async () => {
    http = await HttpApp.start(async (url) => {
      proxy = await TcpProxy.to(url);
      return proxy.url;
    });
    await http.post('/v1/batches', { ref: 'batch', sku: 'SKU', qty: 10 });
    spoil(proxy);
  });
  afterAll(async () => {
    await proxy.stop();
    await http.stop();
  });

  test('is live, and says within seconds that it is not ready', async () => {
    expect((await http.get('/health/live')).statusCode).toBe(200);
    const started = Date.now();
    const ready = await http.get('/health/ready');
    expect([ready.statusCode, ready.json()]).toMatchObject([
      503,
      { status: 'error', error: { database: { status: 'down' } } },
    ]);
    expect(Date.now() - started).toBeLessThan(8_000);
  });

  test('asks clients to come again later', async () => {
    const calls: [string, string, object?][] = [
      ['GET', '/v1/batches/batch'],
      ['GET', '/v1/batches?sku=SKU'],
      ['GET', '/v1/allocations/order'],
      ['GET', '/allocations/order'],
      ['POST', '/v1/batches', { ref: 'other', sku: 'SKU', qty: 10 }],
      ['POST', '/v1/allocations', { orderId: 'order', sku: 'SKU', qty: 1 }],
      ['POST', '/add_batch', { ref: 'other', sku: 'SKU', qty: 10, eta: null }],
      ['POST', '/allocate', { orderid: 'order', sku: 'SKU', qty: 1 }],
      ['PATCH', '/v1/batches/batch', { qty: 1 }],
      ['DELETE', '/v1/allocations/order/SKU'],
      ['POST', '/v1/allocations/order/SKU/reallocate'],
    ];
    const answers = await Promise.all(calls.map(([method, url, body]) => http.send(method, url, body)));
    expect(
      answers.map(({ statusCode, headers }, i) => [...calls[i], statusCode, headers['retry-after']]),
    ).toEqual(calls.map((call) => [...call, 503, '1']));
    for (const answer of answers) {
      expect(answer.json().type).toBe('/problems/unavailable');
      expect(answer.body).not.toMatch(/ECONN|127\.0\.0\.1|timeout/);
    }
  });
});
