import { stockAllocation } from '../support/command-line';
import { RunningService } from '../support/running-service';
import { secretsIn } from '../support/secrets-in-log';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

let database: TestDatabase;
beforeAll(async () => void (database = await createTestDatabase()));
afterAll(() => database.drop());

const KEY = `sak_${'0123456789abcdef'.repeat(4)}`;

test.each([
  [`{"authorization":"Bearer ${KEY}"}`],
  [`{"authorization":"Basic dXNlcjpwYXNzd29yZA=="}`],
  [`key ${KEY} is unknown`],
  ['{"secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}'],
  ['no connection to postgres://shop:opensesame@db.example:5432/stock'],
  ['{"url":"smtps://user:p%40ss@mail.example:465"}'],
  ['rediss://:password@redis.example'],
])('a secret in a line of the log is found: %s', (line) => {
  expect(secretsIn([line])).toEqual([line]);
});

test('a line of the log without a secret is left alone', () => {
  const lines = [
    'Listening on http://127.0.0.1:3000; documents at http://127.0.0.1:3000/docs',
    'postgres://user@db.example:5432/stock',
    'shop (sak_…9c41) revoked; WWW-Authenticate: Bearer realm="stock-allocation"',
  ];
  expect(secretsIn(lines)).toEqual([]);
});

test('a secret of a setting is found without anything around it, if it is long enough to be no word', () => {
  const key = Buffer.alloc(32, 7).toString('base64');
  const lines = ['password is pass@word-of-redis', key, 'pass%40word-of-redis', 'the user postgres'];
  const settings = {
    WEBHOOKS_SECRET_KEY: key,
    REDIS_URL: 'redis://:pass%40word-of-redis@127.0.0.1',
    DATABASE_URL: 'postgres://postgres:postgres@127.0.0.1/postgres',
    DATA_DIR: 'C:/data',
  };
  expect(secretsIn(lines, settings)).toEqual(lines.slice(0, 3));
});

test('a command that writes a secret fails its test, unless that is what it is there for', async () => {
  await expect(stockAllocation([KEY])).rejects.toThrow('The log has secrets');
  const { url, drop } = await createTestDatabase();
  const create = ['keys', 'create', '--name', 'shop', '--scopes', 'read'];
  const made = await stockAllocation(create, { DATABASE_URL: url }).finally(drop);
  expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^sak_/) });
});

test('a service that logs all there is, and is told wrong and right secrets, writes none of them', async () => {
  const service = await RunningService.start({
    DATABASE_URL: database.url,
    SMTP_URL: 'smtp://user:password-of-the-mail-server@127.0.0.1:1',
    WEBHOOKS_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    WEBHOOKS_ALLOW_PRIVATE: 'true',
    REDIS_URL: 'redis://:password-of-redis@127.0.0.1:1',
    LOG_LEVEL: 'trace',
  });
  const secrets = [new URL(database.url).password, 'password-of-the-mail-server', 'password-of-redis', KEY];
  secrets.push(Buffer.alloc(32, 7).toString('base64'));
  const send = async (method: string, path: string, body?: object, key?: string) => {
    const headers = { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) };
    const answer = await fetch(service.url + path, { method, headers, body: JSON.stringify(body) });
    return (await answer.json().catch(() => ({}))) as Record<string, string>;
  };
  const { key: first, id } = await send('POST', '/v1/keys', { name: 'admin', scopes: ['admin'] });
  secrets.push(first);
  const { key } = await send('POST', `/v1/keys/${id}/rotate`, {}, first);
  secrets.push(key);
  const signedIn = await fetch(`${service.url}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key }),
  });
  const [cookie] = signedIn.headers.get('set-cookie')!.split(';');
  for (const path of ['/v1/session', '/v1/skus', '/nowhere', '/v1/batches/none'])
    await (await fetch(service.url + path, { headers: { cookie } })).arrayBuffer();
  await (await fetch(`${service.url}/v1/skus`, { headers: { cookie: `${cookie}0` } })).arrayBuffer();
  await send('POST', '/v1/batches', { ref: 'b', sku: 'S', qty: 1 }, KEY);
  await send('POST', '/v1/batches', { ref: 'b', sku: 'S', qty: '1' }, key);
  const webhook = await send('POST', '/v1/webhooks', { url: 'http://127.0.0.1:1/hook' }, key);
  secrets.push(webhook.secret);
  await send('POST', '/v1/batches', { ref: 'b', sku: 'S', qty: 1 }, key);
  await send('POST', `/v1/webhooks/${webhook.id}/test`, undefined, key);
  // Out of stock: a mail that cannot be sent.
  await send('POST', '/v1/allocations', { orderId: 'o', sku: 'S', qty: 5 }, key);
  await until(() => service.lines.some((line) => /redis.*trying again/i.test(line)));
  await until(() =>
    service.lines.some((line) => /mail/i.test(line) && /127\.0\.0\.1:1|ECONNREFUSED/.test(line)),
  );
  await service.stop();

  const log = service.lines.join('\n');
  expect(service.lines.length).toBeGreaterThan(10);
  expect(secrets.every((secret) => secret.length > 10)).toBe(true);
  expect(secrets.filter((secret) => log.includes(secret))).toEqual([]);
});
