import type { OpenAPIObject } from '@nestjs/swagger';
import { PinoLogger } from 'nestjs-pino';
import { symbols } from 'pino';
import { LogTail } from '../../src/feed/log-tail';
import { SCOPES, type KeyScope } from '../../src/scopes';
import { ApiDocument, type Call } from '../support/api-document';
import { type Answer, HttpApp } from '../support/http-app';
import { until } from '../support/until';

const NONE = '01990a5c-7e00-7000-8000-0123456789ab';

interface Created {
  readonly id: string;
  readonly key: string;
  readonly lastFour: string;
}

let http: HttpApp;
afterEach(() => http.stop());

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** As whoever has a key with the scope `admin`, or as anybody while there is no key at all. */
async function create(
  name: string,
  scopes: readonly KeyScope[],
  more: object = {},
  admin?: string,
): Promise<Created> {
  const answer = await http.send('POST', '/v1/keys', { name, scopes, ...more }, admin ? bearer(admin) : {});
  expect([answer.statusCode, answer.body]).toEqual([201, expect.any(String)]);
  return answer.json<Created>();
}

const skus = (headers: Record<string, string> = {}) => http.send('GET', '/v1/skus', undefined, headers);

describe('a service without keys', () => {
  beforeEach(async () => void (http = await HttpApp.start()));

  test('serves its own machine as ever', async () => {
    expect((await skus()).statusCode).toBe(200);
    expect((await skus(bearer('whatever'))).statusCode).toBe(200);
    expect((await http.post('/v1/batches', { ref: 'b', sku: 's', qty: 1 })).statusCode).toBe(201);
  });

  test.each([
    ['forwarded', 'for=192.0.2.7'],
    ['x-forwarded-for', '192.0.2.7'],
    ['x-forwarded-proto', 'https'],
    ['x-forwarded-host', 'shop.example'],
    ['x-real-ip', '192.0.2.7'],
    ['via', '1.1 gateway'],
    ['x-forwarded-prefix', '/stock'],
    ['cf-connecting-ip', '192.0.2.7'],
  ])('refuses what a gateway passes on, and says what helps: %s', async (name, value) => {
    const answer = await skus({ [name]: value });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="stock-allocation"');
    expect(answer.json()).toMatchObject({
      type: '/problems/unauthorized',
      detail: expect.stringContaining('stock-allocation keys create --name admin --scopes admin'),
    });
    expect((await http.send('GET', '/health/live', undefined, { [name]: value })).statusCode).toBe(200);
    expect((await http.send('GET', '/docs-json', undefined, { [name]: value })).statusCode).toBe(200);
  });

  test.each(['/v1/events/stream', '/v1/events?after=now&wait=30'])(
    'ends what goes on for whoever has no key when the first one is made: %s',
    async (url) => {
      const following = http.app.inject({ url });
      await until(() => http.app.get(LogTail).followerCount === 1);
      await create('admin', ['admin']);
      expect(http.app.get(LogTail).followerCount).toBe(0);
      expect((await following).statusCode).toBe(200);
      expect((await http.get(url)).statusCode).toBe(401);
    },
  );

  test('refuses what comes from another machine', async () => {
    const { statusCode } = await http.app.inject({ url: '/v1/skus', remoteAddress: '192.0.2.7' });
    expect(statusCode).toBe(401);
  });
});

describe('once there is a key', () => {
  let admin: Created;
  beforeEach(async () => {
    http = await HttpApp.start();
    admin = await create('admin', ['admin']);
  });

  test('every call needs one, on this machine too, but for health and documents', async () => {
    const answer = await skus();
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="stock-allocation"');
    expect(answer.json().type).toBe('/problems/unauthorized');
    for (const url of [
      '/health/live',
      '/health/ready',
      '/docs',
      '/docs-json',
      '/asyncapi.json',
      '/problems/unauthorized',
    ])
      expect([url, (await http.get(url)).statusCode]).toEqual([url, 200]);
    expect((await skus(bearer(admin.key))).statusCode).toBe(200);
  });

  test('its secret is shown once, and nowhere else', async () => {
    expect(admin.key).toMatch(/^sak_[0-9a-f]{64}$/);
    expect(admin.key.endsWith(admin.lastFour)).toBe(true);
    const { body } = await http.send('GET', '/v1/keys', undefined, bearer(admin.key));
    expect(JSON.parse(body)).toMatchObject({
      items: [{ id: admin.id, name: 'admin', lastFour: admin.lastFour }],
    });
    expect(body).not.toContain(admin.key.slice(0, -4));
    const stored = await http.database.query('SELECT t::text AS row FROM api_keys t');
    expect(stored.rows[0].row).not.toContain(admin.key.slice(4));
  });

  test.each([
    ['another scheme', () => `Basic ${Buffer.from(`:${admin.key}`).toString('base64')}`],
    ['no scheme', () => admin.key],
    ['an unknown secret', () => `Bearer sak_${'0'.repeat(64)}`],
    [
      'a secret with another end',
      () => `Bearer ${admin.key.slice(0, -1)}${admin.key.endsWith('0') ? '1' : '0'}`,
    ],
    ['a part of the secret', () => `Bearer ${admin.key.slice(0, -1)}`],
    ['something else', () => `Bearer ${'x'.repeat(8_000)}`],
    ['two', () => `Bearer ${admin.key} ${admin.key}`],
  ])('what is no key lets nobody in: %s', async (_, authorization) => {
    expect((await skus({ authorization: authorization() })).statusCode).toBe(401);
  });

  test('the name of the scheme may be in any case', async () => {
    expect((await skus({ authorization: `bearer ${admin.key}` })).statusCode).toBe(200);
  });

  test('a call whose scope the key lacks is refused, and the scope is named', async () => {
    const { key } = await create('reader', ['read'], {}, admin.key);
    const answer = await http.send('POST', '/v1/batches', { ref: 'b', sku: 's', qty: 1 }, bearer(key));
    expect(answer.statusCode).toBe(403);
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer realm="stock-allocation", error="insufficient_scope", scope="stock"',
    );
    expect(answer.json()).toMatchObject({
      type: '/problems/insufficient-scope',
      detail: 'This call asks for the scope stock. The key has: read',
    });
  });

  test('nothing of a body is read for who has no key', async () => {
    const answer = await http.send('POST', '/v1/batches', '{"ref": nonsense');
    expect(answer.statusCode).toBe(401);
  });

  test('clients of the book are refused in their own form', async () => {
    const answer = await http.post('/allocate', { orderid: 'o', sku: 's', qty: 1 });
    expect(answer.json()).toMatchObject({ status: 401, message: expect.stringContaining('key') });
  });

  test('a name is taken until its key is revoked', async () => {
    const shop = await create('shop', ['orders', 'read'], {}, admin.key);
    const again = await http.send('POST', '/v1/keys', { name: 'shop', scopes: ['read'] }, bearer(admin.key));
    expect([again.statusCode, again.json().type]).toEqual([409, '/problems/key-exists']);
    await http.send('DELETE', `/v1/keys/${shop.id}`, undefined, bearer(admin.key));
    await create('shop', ['read'], {}, admin.key);
  });

  test('a key that was revoked is good no more, and does not open the service when it was the last one', async () => {
    const revoked = await http.send('DELETE', `/v1/keys/${admin.id}`, undefined, bearer(admin.key));
    expect(revoked.statusCode).toBe(204);
    expect((await skus(bearer(admin.key))).statusCode).toBe(401);
    expect((await skus()).statusCode).toBe(401);
  });

  test('a key is not created that has expired already', async () => {
    const wish = { name: 'late', scopes: ['read'], expiresAt: '2020-01-01T00:00:00Z' };
    const refused = await http.send('POST', '/v1/keys', wish, bearer(admin.key));
    expect(refused).toMatchObject({ statusCode: 400 });
    expect(refused.json()).toMatchObject({
      errors: [{ field: 'expiresAt', message: 'must be in the future' }],
    });
  });

  test('a key is not created that has expired by the clock of the database, whatever that of the instance says', async () => {
    jest.spyOn(Date, 'now').mockReturnValue(0);
    try {
      const wish = { name: 'late', scopes: ['read'], expiresAt: '2020-01-01T00:00:00Z' };
      const refused = await http.send('POST', '/v1/keys', wish, bearer(admin.key));
      expect(refused).toMatchObject({ statusCode: 400 });
    } finally {
      jest.restoreAllMocks();
    }
  });

  test('a key that has expired is good no more', async () => {
    const expiresAt = new Date(Date.now() + 3_000).toISOString();
    const { key } = await create('brief', ['read'], { expiresAt }, admin.key);
    expect((await skus(bearer(key))).statusCode).toBe(200);
    await until(async () => (await skus(bearer(key))).statusCode === 401);
  });

  test('a secret is good beside the one that follows it, and a third ends it', async () => {
    const { id, key } = await create('shop', ['read'], {}, admin.key);
    const rotate = async (body?: object) =>
      (await http.send('POST', `/v1/keys/${id}/rotate`, body, bearer(admin.key))).json<Created>().key;
    const second = await rotate();
    expect([await skus(bearer(key)), await skus(bearer(second))].map(({ statusCode }) => statusCode)).toEqual(
      [200, 200],
    );
    const third = await rotate({ overlap: 0 });
    const statuses = await Promise.all(
      [key, second, third].map(async (each) => (await skus(bearer(each))).statusCode),
    );
    expect(statuses).toEqual([401, 401, 200]);
  });

  test('a key that was revoked is not rotated, and neither is one that nobody knows', async () => {
    const { id } = await create('shop', ['read'], {}, admin.key);
    await http.send('DELETE', `/v1/keys/${id}`, undefined, bearer(admin.key));
    for (const each of [id, NONE]) {
      const answer = await http.send('POST', `/v1/keys/${each}/rotate`, {}, bearer(admin.key));
      expect([answer.statusCode, answer.json().type]).toEqual([404, '/problems/key-not-found']);
    }
  });

  test('when it was used is known a moment later', async () => {
    const lastUsed = async () =>
      (await http.send('GET', `/v1/keys/${admin.id}`, undefined, bearer(admin.key))).json<{
        lastUsedAt: string;
      }>().lastUsedAt;
    await until(async () => (await lastUsed()) !== null);
    expect(Math.abs(Date.parse(await lastUsed()) - Date.now())).toBeLessThan(60_000);
  });

  test('a change by hand in the database counts, too', async () => {
    await http.database.query('UPDATE api_keys SET revoked_at = now()');
    await until(async () => (await skus(bearer(admin.key))).statusCode === 401);
    await http.database.query('DELETE FROM api_keys');
    await until(async () => (await skus()).statusCode === 200);
  });

  test.each(['/v1/events/stream', '/v1/events?after=now&wait=30'])(
    'what goes on for a key ends when it is revoked: %s',
    async (url) => {
      const { id, key } = await create('follower', ['read'], {}, admin.key);
      const following = http.app.inject({ url, headers: bearer(key) });
      // It has begun when the key was seen.
      const used = 'SELECT FROM api_keys WHERE id = $1 AND last_used_at IS NOT NULL';
      await until(async () => (await http.database.query(used, [id])).rowCount === 1);
      await http.send('DELETE', `/v1/keys/${id}`, undefined, bearer(admin.key));
      const { statusCode } = await following;
      expect(statusCode).toBe(200);
    },
  );
});

test('no secret gets into the log, however the request ends', async () => {
  http = await HttpApp.start();
  // It is the same for all services of a process.
  PinoLogger.root.level = 'trace';
  let log = '';
  Object.assign(PinoLogger.root, { [symbols.streamSym]: { write: (line: string) => (log += line) } });
  const admin = await create('admin', ['admin']);
  const shop = await create('shop', ['read'], {}, admin.key);
  await skus(bearer(shop.key));
  await skus(bearer(`${shop.key}0`));
  await http.send('POST', '/v1/batches', { ref: 'b' }, bearer(shop.key));
  await http.send('POST', '/v1/batches', '{', bearer(admin.key));
  await http.send('GET', '/nowhere', undefined, bearer(admin.key));
  await until(() => log.includes('/nowhere'));
  expect(log).toContain('"key":"shop"');
  for (const { key } of [admin, shop]) expect(log).not.toContain(key.slice(4, -4));
});

describe('each call of the OpenAPI document', () => {
  let api: ApiDocument;
  const keys = new Map<string, string>();
  beforeEach(async () => {
    http = await HttpApp.start();
    api = new ApiDocument((await http.get('/docs-json')).json<OpenAPIObject>());
    const admin = await create('admin', ['admin']);
    keys.set('admin', admin.key);
    for (const scope of ['read', 'orders', 'stock', 'metrics'] as const)
      keys.set(scope, (await create(scope, [scope], {}, admin.key)).key);
    const all = await create('revoked', [...SCOPES], {}, admin.key);
    keys.set('revoked', all.key);
    await http.send('DELETE', `/v1/keys/${all.id}`, undefined, bearer(admin.key));
    keys.set('expired', (await create('expired', [...SCOPES], {}, admin.key)).key);
    await http.database.query(
      `UPDATE api_keys SET expires_at = now() - interval '1 s' WHERE name = 'expired'`,
    );
    // The service looks for changes of others now and then.
    await until(async () => (await skus(bearer(keys.get('expired')!))).statusCode === 401);
    keys.set('unknown', `sak_${'0'.repeat(64)}`);
  });

  const scopeOf = ({ operation }: Call) =>
    (operation as { 'x-required-scope'?: unknown })['x-required-scope'] as KeyScope | 'public';

  /** Without a body, so that who is let in comes to nothing but a refusal. */
  const ask = (call: Call, key?: string): Promise<Answer> => {
    const url = call.path.replaceAll(/\{\w+\}/g, NONE);
    const headers = key === undefined ? {} : bearer(key);
    if (call.path.endsWith('/stream')) return http.beginning(url, () => true, headers);
    return http.send(call.method, url, undefined, headers);
  };

  test('says its scope, and lets in who has it or admin, and nobody else', async () => {
    expect(api.calls.length).toBeGreaterThan(40);
    for (const call of api.calls) {
      const scope = scopeOf(call);
      const name = `${call.method} ${call.path}`;
      expect([name, ['public', ...SCOPES]]).toEqual([name, expect.arrayContaining([scope])]);
      expect([name, call.operation.security]).toEqual([
        name,
        scope === 'public' ? [] : [{ key: [] }, { session: [] }],
      ]);
      const refusedBy = async (key?: string) => {
        const { statusCode, body, headers } = await ask(call, key);
        if (statusCode === 401 || (statusCode === 403 && body.includes('insufficient-scope'))) {
          expect(api.findings(call, { status: statusCode, headers, body })).toEqual([]);
          return statusCode;
        }
        return undefined;
      };
      const answers: Record<string, number | undefined> = { none: await refusedBy() };
      for (const [each, key] of keys) answers[each] = await refusedBy(key);
      // It says itself that nobody has signed in.
      if (name === 'GET /v1/session') continue;
      const isPublic = scope === 'public';
      const ofScope = (each: KeyScope) => (isPublic || each === scope || each === 'admin' ? undefined : 403);
      const bad = isPublic ? undefined : 401;
      expect([name, answers]).toEqual([
        name,
        {
          none: bad,
          revoked: bad,
          expired: bad,
          unknown: bad,
          read: ofScope('read'),
          orders: ofScope('orders'),
          stock: ofScope('stock'),
          metrics: ofScope('metrics'),
          admin: undefined,
        },
      ]);
    }
  });
});
