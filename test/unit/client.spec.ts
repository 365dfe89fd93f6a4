import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  answerOf,
  createClient,
  items,
  ProblemError,
  type StockClient,
  verifyWebhook,
  WebhookVerificationError,
} from 'stock-allocation-client';
import { Webhook } from 'standardwebhooks';

type Step = (response: ServerResponse, request: IncomingMessage) => void;

/** A service that answers as it is told, one request after the other. */
let server: Server;
let steps: Step[];
let requests: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[];
let stock: StockClient;
beforeEach(async () => {
  [steps, requests] = [[], []];
  server = createServer((request, response) => void take(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  stock = createClient({ url: `http://127.0.0.1:${port}/`, key: 'sak_1' });
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { method = '', url = '', headers } = request;
  requests.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
  (steps.shift() ?? cut)(response, request);
}

const cut: Step = (response) => void response.destroy();
const answer =
  (status: number, body?: object, headers: Record<string, string> = {}): Step =>
  (response) =>
    void response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(body));
const problem = (status: number, kind: string, headers?: Record<string, string>): Step =>
  answer(
    status,
    { type: `/stock/problems/${kind}`, title: kind, status, detail: 'No.', instance: '1' },
    headers,
  );
const line = { orderId: 'order-001', sku: 'SOFA', qty: 2 };

describe('a request that changes something', () => {
  test('is sent again, with the same key and body, until it is answered', async () => {
    const busy = { 'retry-after': '0' };
    steps = [
      cut,
      problem(503, 'unavailable', busy),
      problem(409, 'idempotency-key-in-use', busy),
      answer(202),
    ];
    await answerOf(stock.POST('/v1/allocations', { body: line }));
    expect(requests).toHaveLength(4);
    const [{ headers, body }] = requests;
    expect(headers['idempotency-key']).toMatch(/^"[0-9a-f]{32}"$/);
    expect(headers.authorization).toBe('Bearer sak_1');
    expect(JSON.parse(body)).toEqual(line);
    for (const each of requests)
      expect([each.headers['idempotency-key'], each.body]).toEqual([headers['idempotency-key'], body]);
  });

  test('has a key of its own, unless it brings one', async () => {
    steps = [answer(202), answer(202), answer(202)];
    await stock.POST('/v1/allocations', { body: line });
    await stock.POST('/v1/allocations', { body: line });
    await stock.POST('/v1/allocations', { body: line, headers: { 'Idempotency-Key': '"mine"' } });
    const keys = requests.map(({ headers }) => headers['idempotency-key']);
    expect([new Set(keys).size, keys[2]]).toEqual([3, '"mine"']);
  });

  test('that is refused is not sent again', async () => {
    steps = [problem(409, 'line-conflict')];
    const refused = answerOf(stock.POST('/v1/allocations', { body: line }));
    await expect(refused).rejects.toBeInstanceOf(ProblemError);
    await expect(refused).rejects.toMatchObject({ kind: 'line-conflict', status: 409, message: 'No.' });
    expect(requests).toHaveLength(1);
  });
});

test('a question has no key, and is sent again as well', async () => {
  steps = [
    cut,
    problem(429, 'too-many-requests', { 'retry-after': '1' }),
    answer(200, { items: [], next: null }),
  ];
  const since = Date.now();
  await answerOf(stock.GET('/v1/skus'));
  expect(Date.now() - since).toBeGreaterThanOrEqual(1000);
  expect(requests.map(({ headers }) => headers['idempotency-key'])).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('an answer that breaks off is none, and is asked for again', async () => {
  steps = [
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 });
      response.write('{"sku":', () => response.destroy());
    },
    answer(200, { sku: 'SOFA' }),
  ];
  const { data } = await stock.GET('/v1/availability/{sku}', { params: { path: { sku: 'SOFA' } } });
  expect(data).toEqual({ sku: 'SOFA' });
  expect(requests).toHaveLength(2);
});

test('a request is sent eight times at most', async () => {
  jest.useFakeTimers();
  try {
    let tries = 0;
    const fetch = () => Promise.reject(new TypeError(`down ${(tries += 1)}`));
    const asked = createClient({ url: 'http://127.0.0.1', fetch }).GET('/v1/skus');
    const failed = expect(asked).rejects.toThrow('down 8');
    await jest.advanceTimersByTimeAsync(60_000);
    await failed;
  } finally {
    jest.useRealTimers();
  }
});

test('a service that asks for an hour is not waited for', async () => {
  steps = [problem(503, 'unavailable', { 'retry-after': '3600' })];
  await expect(answerOf(stock.GET('/v1/skus'))).rejects.toMatchObject({ kind: 'unavailable' });
  expect(requests).toHaveLength(1);
});

test('a request that is aborted is not sent again, also while it waits for the next try', async () => {
  const leave = new AbortController();
  steps = [problem(503, 'unavailable', { 'retry-after': '20' })];
  const asked = stock.GET('/v1/skus', { signal: leave.signal });
  while (requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  setTimeout(() => leave.abort(new Error('enough')), 50);
  await expect(asked).rejects.toThrow('enough');
  expect(requests).toHaveLength(1);
});

test('what something on the way answers is an error that says who', async () => {
  steps = [
    (response) => void response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not here</h1>'),
  ];
  await expect(answerOf(stock.GET('/v1/skus'))).rejects.toMatchObject({
    kind: 'about:blank',
    message: expect.stringMatching(/^404 Not Found, answered by http:\/\/127\.0\.0\.1:\d+\/v1\/skus$/),
  });
});

test('a list is iterated page by page, as far as it is wanted', async () => {
  steps = [
    answer(200, { items: [{ ref: 'a' }, { ref: 'b' }], next: 'B' }),
    answer(200, { items: [{ ref: 'c' }], next: 'C' }),
  ];
  const seen: string[] = [];
  for await (const { ref: batchRef } of items(stock, '/v1/batches', {
    params: { query: { sku: 'SOFA', limit: 2 } },
  })) {
    seen.push(batchRef);
    if (batchRef === 'c') break;
  }
  expect(seen).toEqual(['a', 'b', 'c']);
  expect(requests.map(({ url }) => url)).toEqual([
    '/v1/batches?limit=2&sku=SOFA',
    '/v1/batches?limit=2&sku=SOFA&after=B',
  ]);
});

test('types know the calls', () => {
  const wrong = () => {
    // @ts-expect-error There is no such path.
    void stock.GET('/v1/nowhere');
    // @ts-expect-error A line has a quantity.
    void stock.POST('/v1/allocations', { body: { orderId: 'order-001', sku: 'SOFA' } });
    // @ts-expect-error An order is no list.
    void items(stock, '/v1/orders/{orderId}');
    // @ts-expect-error The movements of which batch?
    void items(stock, '/v1/batches/{ref}/movements');
  };
  expect(wrong).toBeInstanceOf(Function);
});

describe('a webhook', () => {
  const secret = `whsec_${Buffer.from('a secret of 24 bytes or more').toString('base64')}`;
  const body = JSON.stringify({ id: 'e1', subject: 'SÖFA' });
  const signed = (at = new Date()) => ({
    'webhook-id': 'e1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign('e1', at, body),
  });

  test('is an event, whichever form headers and body have', () => {
    for (const headers of [
      signed(),
      new Headers(signed()),
      { ...signed(), cookie: undefined, vary: ['a', 'b'] },
    ])
      for (const each of [body, Buffer.from(body), new TextEncoder().encode(body)])
        expect(verifyWebhook(secret, headers, each)).toEqual(JSON.parse(body));
  });

  test.each<[string, () => unknown]>([
    ['has another body', () => verifyWebhook(secret, signed(), body.replace('e1', 'e2'))],
    ['is signed by another secret', () => verifyWebhook(secret.toLowerCase(), signed(), body)],
    ['is old', () => verifyWebhook(secret, signed(new Date(Date.now() - 301_000)), body)],
    ['is not signed', () => verifyWebhook(secret, {}, body)],
  ])('is refused that %s', (_name, verify) => {
    expect(verify).toThrow(WebhookVerificationError);
  });
});
