import { stockAllocation } from '../support/command-line';
import { RunningService } from '../support/running-service';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

let database: TestDatabase;
const services = new Set<RunningService>();
afterEach(async () => {
  await Promise.all([...services].map((service) => service.stop('SIGKILL')));
  services.clear();
  await database.drop();
});

async function start(settings: NodeJS.ProcessEnv = {}): Promise<RunningService> {
  const service = await RunningService.start({ DATABASE_URL: database.url, ...settings });
  services.add(service);
  return service;
}

const keys = (...args: string[]) => stockAllocation(['keys', ...args], { DATABASE_URL: database.url });

async function statusOf(service: RunningService, key?: string): Promise<number> {
  const headers = key === undefined ? undefined : { authorization: `Bearer ${key}` };
  const response = await fetch(`${service.url}/v1/skus`, { headers });
  await response.arrayBuffer();
  return response.status;
}

test('keys are created, rotated and revoked on the command line, and every instance knows a moment later', async () => {
  database = await createTestDatabase();
  const [first, second] = [await start(), await start()];
  expect(await statusOf(first)).toBe(200);

  const created = await keys('create', '--name', 'shop', '--scopes', 'orders,read');
  expect(created).toMatchObject({ code: 0, stderr: '' });
  const key = created.stdout.trim();
  for (const each of [first, second]) {
    await until(async () => (await statusOf(each)) === 401);
    expect(await statusOf(each, key)).toBe(200);
  }
  expect((await keys('list')).stdout).toMatch(
    new RegExp(
      `^[0-9a-f-]{36} shop sak_…${key.slice(-4)} \\(orders,read\\): created \\S+Z, (never used|used \\S+Z)\n$`,
    ),
  );
  expect(await keys('create', '--name', 'shop', '--scopes', 'read')).toMatchObject({
    code: 1,
    stdout: 'There is a key shop already\n',
  });

  const next = (await keys('rotate', 'shop', '--overlap', '1')).stdout.trim();
  for (const each of [first, second]) await until(async () => (await statusOf(each, next)) === 200);
  expect([await statusOf(first, key), await statusOf(second, key)]).toEqual([200, 200]);

  const stream = await fetch(`${second.url}/v1/events/stream`, {
    headers: { authorization: `Bearer ${next}` },
  });
  expect(await keys('revoke', 'shop')).toMatchObject({
    code: 0,
    stdout: `shop (…${next.slice(-4)}) revoked\n`,
  });
  await stream.text();
  for (const each of [first, second])
    for (const one of [key, next]) await until(async () => (await statusOf(each, one)) === 401);
  expect(await keys('revoke', 'shop')).toMatchObject({
    code: 1,
    stdout: 'There is no key shop that is in use\n',
  });
}, 300_000);

test('a service that others can reach does not start before there is a key, and says how to create one', async () => {
  database = await createEmptyDatabase();
  const refused = RunningService.launch({ DATABASE_URL: database.url, HOST: '0.0.0.0' });
  services.add(refused);
  expect(await refused.ended()).toBe(2);
  expect(refused.lines.at(-1)).toContain('stock-allocation keys create --name admin --scopes admin');

  const { stdout } = await keys('create', '--name', 'admin', '--scopes', 'admin');
  const service = await start({ HOST: '0.0.0.0' });
  expect(await statusOf(service)).toBe(401);
  expect(await statusOf(service, stdout.trim())).toBe(200);
}, 300_000);

test('the first key can be created before the service has ever run', async () => {
  database = await createEmptyDatabase();
  expect(await keys('create', '--name', 'admin', '--scopes', 'admin')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^sak_[0-9a-f]{64}\n$/),
  });
}, 300_000);

test('the command for keys says what is wrong', async () => {
  database = await createTestDatabase();
  const wrong = async (...args: string[]) => {
    const { code, stderr } = await keys(...args);
    expect(code).toBe(2);
    return stderr;
  };
  expect(await wrong('create', '--name', 'a\tb', '--scopes', 'read')).toContain('--name must be');
  expect(await wrong('create', '--name', 'a', '--scopes', 'read,write')).toContain(
    '--scopes must be some of read,orders,stock,metrics,admin, and not write',
  );
  expect(await wrong('create', '--name', 'a', '--scopes', 'read', '--expires', 'soon')).toContain(
    '--expires must be a time',
  );
  // A browser would take it for a day in May 2001.
  expect(await wrong('create', '--name', 'a', '--scopes', 'read', '--expires', '5')).toContain(
    '--expires must be a time',
  );
  expect(
    await wrong('create', '--name', 'a', '--scopes', 'read', '--expires', '2020-01-01T00:00:00Z'),
  ).toContain('--expires must be in the future');
  expect(await wrong('rotate', 'a', '--overlap', '721')).toContain(
    '--overlap must be a whole number of hours from 0 to 720',
  );
}, 300_000);
