import type { OpenAPIObject } from '@nestjs/swagger';
import { HttpApp } from '../support/http-app';

let http: HttpApp;
afterEach(() => http.stop());

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

async function keyFor(name: string, admin?: string): Promise<string> {
  const headers = admin ? bearer(admin) : {};
  const answer = await http.send('POST', '/v1/keys', { name, scopes: ['admin'] }, headers);
  return answer.json<{ key: string }>().key;
}

const skus = (headers: Record<string, string> = {}) => http.send('GET', '/v1/skus', undefined, headers);
const statusOf = async (headers: Record<string, string>) => (await skus(headers)).statusCode;

describe('a limit of requests', () => {
  const start = async (settings: NodeJS.ProcessEnv) => void (http = await HttpApp.start(undefined, settings));

  test('is for each key, averaged over ten seconds, and says when to go on', async () => {
    await start({ RATE_LIMIT_PER_KEY: '1' });
    const admin = await keyFor('admin');
    const shop = await keyFor('shop', admin);
    const first = await skus(bearer(shop));
    expect(first.headers).toMatchObject({ 'ratelimit-limit': '10', 'ratelimit-remaining': '9' });
    for (let count = 2; count <= 10; count += 1) expect(await statusOf(bearer(shop))).toBe(200);
    const refused = await skus(bearer(shop));
    expect([refused.statusCode, refused.json().type]).toEqual([429, '/problems/too-many-requests']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(10);
    expect(await statusOf(bearer(admin))).toBe(200);
    for (let count = 1; count <= 20; count += 1)
      expect((await http.get('/health/live')).statusCode).toBe(200);
  });

  test('is for each address where there is no good key', async () => {
    await start({ RATE_LIMIT_PER_ADDRESS: '1' });
    const admin = await keyFor('admin');
    const from = async (remoteAddress: string) =>
      (await http.app.inject({ url: '/v1/skus', remoteAddress, headers: bearer(`sak_${'0'.repeat(64)}`) }))
        .statusCode;
    for (let count = 1; count <= 10; count += 1) expect(await from('2001:db8::1')).toBe(401);
    expect([await from('2001:db8::2'), await from('2001:db8:0:1::1'), await from('192.0.2.7')]).toEqual([
      429, 401, 401,
    ]);
    for (let count = 1; count <= 20; count += 1) expect(await statusOf(bearer(admin))).toBe(200);
  });

  describe('counts what is refused before anybody looks at its key:', () => {
    interface Refused {
      readonly method?: 'GET' | 'POST' | 'PUT';
      readonly url?: string;
      readonly headers?: Record<string, string>;
      readonly status: number;
      readonly isLast?: true;
    }
    const gzipped = { 'content-encoding': 'gzip', 'content-length': '2', 'content-type': 'application/json' };
    const refused: Record<string, Refused> = {
      'what leads nowhere': { url: '/nowhere', status: 404 },
      'what is no health': { url: '/health/nowhere', status: 404 },
      'what cannot be decoded': { url: '/%zz', status: 400 },
      'another method': { method: 'PUT', url: '/v1/batches', status: 405 },
      'another origin': { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' }, status: 403 },
      'an expectation': { headers: { expect: 'miracles' }, status: 417 },
      'a body that is encoded': { method: 'POST', headers: gzipped, status: 415 },
      'a body framed in other ways': { headers: { 'transfer-encoding': 'gzip' }, status: 400, isLast: true },
    };

    test.each(Object.entries(refused))('%s', async (_, { method = 'GET', url, headers, status, isLast }) => {
      await start({ RATE_LIMIT_PER_ADDRESS: '1' });
      await keyFor('admin');
      const send = () => http.app.inject({ method, url: url ?? '/v1/batches', headers });
      for (let count = 1; count <= 10; count += 1) expect((await send()).statusCode).toBe(status);
      const answer = await send();
      expect([answer.statusCode, answer.json().type]).toEqual([429, '/problems/too-many-requests']);
      // Nothing that is hidden in it is taken for a request of its own.
      expect(answer.headers.connection === 'close').toBe(isLast === true);
    });

    test('by its key, where it has a good one', async () => {
      await start({ RATE_LIMIT_PER_KEY: '2', RATE_LIMIT_PER_ADDRESS: '1' });
      const admin = await keyFor('admin');
      const send = async () => (await http.send('GET', '/nowhere', undefined, bearer(admin))).statusCode;
      for (let count = 1; count <= 20; count += 1) expect(await send()).toBe(404);
      expect(await send()).toBe(429);
    });
  });

  test('is none where it is 0, nor as long as there are no keys', async () => {
    await start({ RATE_LIMIT_PER_KEY: '0', RATE_LIMIT_PER_ADDRESS: '1' });
    for (let count = 1; count <= 20; count += 1) expect(await statusOf({})).toBe(200);
    const admin = await keyFor('admin');
    const answer = await skus(bearer(admin));
    expect([answer.statusCode, answer.headers['ratelimit-limit']]).toEqual([200, undefined]);
  });
});

describe('addresses of clients', () => {
  const refusals = async (forwardedFor: string) => {
    const send = () =>
      http.app.inject({
        url: '/v1/skus',
        remoteAddress: '10.0.0.7',
        headers: { 'x-forwarded-for': forwardedFor },
      });
    return (await send()).headers['ratelimit-remaining'];
  };

  test('are those that a trusted gateway says', async () => {
    http = await HttpApp.start(undefined, { TRUSTED_PROXIES: '10.0.0.0/8' });
    await keyFor('admin');
    expect([await refusals('192.0.2.1'), await refusals('192.0.2.2'), await refusals('192.0.2.1')]).toEqual([
      '999',
      '999',
      '998',
    ]);
  });

  test('are those of connections otherwise', async () => {
    http = await HttpApp.start();
    await keyFor('admin');
    expect([await refusals('192.0.2.1'), await refusals('192.0.2.2')]).toEqual(['999', '998']);
  });
});

describe('pages of other origins', () => {
  const page = (origin: string) => ({ origin, 'sec-fetch-site': 'cross-site' });
  const batch = { ref: 'b', sku: 's', qty: 1 };

  test('may call the service when their origin is named, and no others may', async () => {
    http = await HttpApp.start(undefined, {
      CORS_ORIGINS: 'https://shop.example, https://desk.example:8443',
    });
    const asked = await http.send('OPTIONS', '/v1/batches', undefined, {
      ...page('https://desk.example:8443'),
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    });
    expect(asked.statusCode).toBe(204);
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': 'https://desk.example:8443',
      'access-control-allow-methods': expect.stringContaining('POST'),
      'access-control-allow-headers': 'authorization,content-type',
    });
    const created = await http.send('POST', '/v1/batches', batch, page('https://shop.example'));
    expect(created.statusCode).toBe(201);
    expect(created.headers).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-expose-headers': expect.stringContaining('Location'),
    });
    const other = await http.send('POST', '/v1/batches', batch, page('https://evil.example'));
    expect([other.statusCode, other.headers['access-control-allow-origin']]).toEqual([403, undefined]);
    expect((await http.send('OPTIONS', '/v1/batches')).statusCode).toBe(204);
    expect((await http.get('/nowhere')).statusCode).toBe(404);
    expect((await http.send('PUT', '/v1/batches')).headers.allow).toBe('GET, HEAD, OPTIONS, POST');
  });

  test('may read and change nothing where none is named', async () => {
    http = await HttpApp.start();
    const read = await skus(page('https://shop.example'));
    expect(read.headers).not.toHaveProperty('access-control-allow-origin');
    const changed = await http.send('POST', '/v1/batches', batch, page('https://shop.example'));
    expect([changed.statusCode, changed.json().type]).toEqual([403, '/problems/cross-origin']);
  });
});

describe('a service that a gateway shows under a path', () => {
  beforeEach(async () => void (http = await HttpApp.start(undefined, { BASE_PATH: '/shop/stock' })));

  test.each(['', '/shop/stock'])('answers whether or not it is taken off: "%s"', async (base) => {
    const created = await http.post(`${base}/v1/batches`, { ref: 'b 1', sku: 's', qty: 1 });
    expect([created.statusCode, created.headers.location]).toEqual([201, '/shop/stock/v1/batches/b%201']);
    expect((await http.get(`${base}/v1/batches/b%201?x=1`)).statusCode).toBe(200);
    const unknown = await http.get(`${base}/v1/batches/none`);
    expect(unknown.json().type).toBe('/shop/stock/problems/batch-not-found');
    expect((await http.get(`${base}/problems/batch-not-found`)).statusCode).toBe(200);
    expect((await http.get(`${base}/health/ready`)).statusCode).toBe(200);
    expect((await http.get(`${base}/nowhere`)).json().type).toBe('/shop/stock/problems/not-found');
    const { results } = (
      await http.post(`${base}/v1/allocations/bulk`, { items: [{ orderId: 'o', sku: 's', qty: 1 }, {}] })
    ).json<{ results: { location?: string; problem?: { type: string } }[] }>();
    expect([results[0].location, results[1].problem?.type]).toEqual([
      '/shop/stock/v1/allocations/o',
      '/shop/stock/problems/bad-request',
    ]);
  });

  test('does not take a path for its own that only begins alike', async () => {
    expect((await http.get('/shop/stocks/v1/skus')).statusCode).toBe(404);
  });

  test('says so in its documents, and the page finds its parts from there', async () => {
    const document = (await http.get('/shop/stock/docs-json')).json<OpenAPIObject>();
    expect(document.servers).toEqual([expect.objectContaining({ url: '/shop/stock' })]);
    expect(document.info.description).toContain('`/shop/stock/problems/not-found`');
    expect(Object.keys(document.paths)).toContain('/v1/batches');
    const text = JSON.stringify(document);
    expect(text).toContain('"type":"/shop/stock/problems/bad-request"');
    expect(text).not.toContain('"type":"/problems/');
    expect(text).toContain('"example":"/shop/stock/v1/batches/batch-001"');
    const page = (await http.get('/shop/stock/docs')).body;
    const [, script] = /src="(\.\/docs\/swagger-ui-init\.js)"/.exec(page)!;
    const found = await http.get(new URL(script, 'http://x/shop/stock/docs').pathname);
    expect([found.statusCode, found.body]).toEqual([200, expect.stringContaining('/shop/stock')]);
  });
});
