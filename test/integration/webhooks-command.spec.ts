import { stockAllocation } from '../support/command-line';
import { query } from '../support/sql';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { isSignedBy, WebhookReceiver } from '../support/webhook-receiver';

let database: TestDatabase;
let receiver: WebhookReceiver;

beforeEach(async () => {
  database = await createTestDatabase();
  receiver = await WebhookReceiver.start();
});
afterEach(async () => {
  await receiver.stop();
  await database.drop();
});

const run = (...args: string[]) =>
  stockAllocation(['webhooks', ...args], { DATABASE_URL: database.url, WEBHOOKS_ALLOW_PRIVATE: 'true' });
const NONE = '01990a5c-7e00-7000-8000-0123456789ab';

test('a webhook is created, listed, tested, replayed and deleted on the command line', async () => {
  const created = await run('create', receiver.url, '--types', 'Allocated,OutOfStock', '--skus', 'A,B');
  expect(created).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('WEBHOOKS_SECRET_KEY is not set'),
  });
  const [id, secret] = created.stdout.split('\n');
  expect(await run('list')).toMatchObject({
    code: 0,
    stdout: `${id} ${receiver.url}: Allocated,OutOfStock of A,B, enabled\n`,
  });
  expect(JSON.parse((await run('list', '--json')).stdout)).toMatchObject([{ id, skus: ['A', 'B'] }]);
  expect((await run('test', id)).stdout).toMatch(/^Taken: 204, in \d+ ms\n$/);
  expect(isSignedBy(secret, receiver.received[0])).toBe(true);
  receiver.answer = (_, response) => void response.writeHead(500).end('no');
  expect(await run('test', id)).toMatchObject({ code: 1, stdout: 'The endpoint answered 500: no\n' });
  expect(await run('replay', id, '--since', '2031-01-01T00:00:00Z')).toMatchObject({
    code: 0,
    stdout: `${id} gets what it wants of 0 events again from the service\n`,
  });
  expect(await run('delete', id)).toMatchObject({ code: 0, stdout: `${id} deleted\n` });
  expect(await run('list')).toMatchObject({ code: 0, stdout: 'There are none\n' });
  expect(await query(database.url, `SELECT FROM readers WHERE kind = 'webhook'`)).toEqual([]);
}, 300_000);

test('a webhook is changed, and what became of its deliveries shown, on the command line', async () => {
  const [id, secret] = (await run('create', receiver.url, '--types', 'Allocated')).stdout.split('\n');
  expect(await run('deliveries', id)).toMatchObject({ code: 0, stdout: 'There are none\n' });
  const moved = `${receiver.url}/moved`;
  expect(await run('update', id, '--url', moved, '--types', 'all', '--skus', 'A', '--disable')).toMatchObject(
    {
      code: 0,
      stdout: `${id} ${moved}: all types of A, disabled\n`,
    },
  );
  const changed = await run('update', id, '--enable', '--rotate-secret');
  const [line, newer] = changed.stdout.split('\n');
  expect(line).toBe(`${id} ${moved}: all types of A, enabled`);
  expect(newer).toMatch(/^whsec_/);
  expect(newer).not.toBe(secret);
  await query(
    database.url,
    `INSERT INTO webhook_deliveries (id, webhook_id, event_id, type, sku, sequence, attempt, at, duration_ms, status, error)
     VALUES ('${NONE}', '${id}', '${NONE}', 'Allocated', 'A', 7, 2, '2031-01-31T12:00:00Z', 31, 500, 'It says no')`,
  );
  expect((await run('deliveries', id)).stdout).toBe(
    '2031-01-31T12:00:00.000Z Allocated 7 of A, attempt 2, 31 ms: It says no\n',
  );
  expect(await run('update', id)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Say what is to change'),
  });
  expect(await run('update', NONE, '--enable')).toMatchObject({ code: 1 });
  expect(await run('deliveries', NONE)).toMatchObject({ code: 1 });
}, 300_000);

test('the command for webhooks says what is wrong', async () => {
  expect(await run('create', 'ftp://shop.example/')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('<url> must be an http or https URL'),
  });
  expect(await run('create', receiver.url, '--types', 'Allocate')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--types must be some of'),
  });
  expect(await run('delete', NONE)).toMatchObject({ code: 1, stdout: `There is no webhook ${NONE}\n` });
  expect(await run('replay', NONE)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--after or --since'),
  });
  expect(await run('replay', NONE, '--after', 'x')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--after must be a position'),
  });
}, 300_000);
