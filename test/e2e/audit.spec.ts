import { HttpApp } from '../support/http-app';
import { until } from '../support/until';

let http: HttpApp;
const keys = new Map<string, { id: string; authorization: string }>();
beforeAll(async () => {
  http = await HttpApp.start();
  await http.useKey();
  for (const [name, scopes] of [
    ['shop', ['orders']],
    ['supplier', ['stock']],
  ] as const) {
    const { id, key } = (await http.post('/v1/keys', { name, scopes })).json<{ id: string; key: string }>();
    keys.set(name, { id, authorization: `Bearer ${key}` });
  }
  await by('supplier', 'POST', '/v1/batches', { ref: 'batch', sku: 'SOFA', qty: 10 });
  await by('shop', 'POST', '/v1/allocations', { orderId: 'order', sku: 'SOFA', qty: 3 });
  await by('shop', 'POST', '/v1/orders', { orderId: 'whole', lines: [{ sku: 'SOFA', qty: 2 }] });
  await by('supplier', 'POST', '/v1/batches', { ref: 'other', sku: 'LAMP', qty: 1 });
  await by('supplier', 'POST', '/v1/batches/batch/adjustments', { delta: -8, reason: 'lost' });
  await until(async () => (await http.database.query('SELECT FROM outbox')).rowCount === 0);
});
afterAll(() => http.stop());

interface Change {
  readonly keyId: string | null;
  readonly keyName: string | null;
  readonly type: string;
  readonly sku: string;
  readonly sequence: number;
  readonly orderId: string | null;
  readonly batchRef: string | null;
  readonly correlationId: string;
  readonly occurredAt: string;
}

function by(name: string, method: string, url: string, body: object) {
  const { authorization } = keys.get(name)!;
  return http.send(method, url, body, { authorization, 'x-request-id': `request-of-${name}` });
}

/** All pages of it. */
async function audit(query = '', limit = 2): Promise<Change[]> {
  const changes: Change[] = [];
  for (let after = ''; ;) {
    const answer = await http.get(`/v1/audit?limit=${limit}${query}${after}`);
    expect(answer.statusCode).toBe(200);
    const { items, next } = answer.json<{ items: Change[]; next: string | null }>();
    changes.push(...items);
    if (next === null) return changes;
    after = `&after=${next}`;
  }
}

test('the audit tells of every change by which key it was made, the newest first, whatever the pages', async () => {
  const all = await audit();
  expect(await audit('', 1000)).toEqual(all);
  expect(all.at(-1)).toMatchObject({
    ...{ type: 'BatchCreated', sku: 'SOFA', batchRef: 'batch', orderId: null },
    ...{ keyName: 'supplier', keyId: keys.get('supplier')!.id, correlationId: 'request-of-supplier' },
  });
  const types = (name: string) => all.filter(({ keyName }) => keyName === name).map(({ type }) => type);
  expect(types('shop')).toEqual(expect.arrayContaining(['Allocated', 'Reserved']));
  // What follows from a change was caused by whoever made it.
  expect(types('supplier')).toEqual(expect.arrayContaining(['Deallocated']));
  expect(all.filter(({ keyName }) => keyName === null)).toEqual([]);
});

test('the audit can be asked by SKU, order, batch, key and time', async () => {
  const all = await audit();
  const newest = all[0].occurredAt;
  const expected: [query: string, is: (change: Change) => boolean][] = [
    ['&sku=LAMP', ({ sku }) => sku === 'LAMP'],
    ['&sku=SOFA&sequence=1', ({ sku, sequence }) => sku === 'SOFA' && sequence === 1],
    [
      '&sku=SOFA&sequence=1&sequence=3&sequence=4&key=shop',
      (change) => change.sku === 'SOFA' && [1, 3, 4].includes(change.sequence) && change.keyName === 'shop',
    ],
    ['&orderId=order', ({ orderId }) => orderId === 'order'],
    ['&batchRef=other', ({ batchRef }) => batchRef === 'other'],
    ['&key=shop', ({ keyName }) => keyName === 'shop'],
    [`&key=${keys.get('supplier')!.id}`, ({ keyName }) => keyName === 'supplier'],
    [`&since=${newest}`, ({ occurredAt }) => occurredAt >= newest],
    [`&until=${newest}`, ({ occurredAt }) => occurredAt < newest],
    ['&since=2100-01-01T00:00:00Z', () => false],
  ];
  for (const [query, is] of expected) expect([query, await audit(query)]).toEqual([query, all.filter(is)]);
});

test('the audit knows a key that was revoked by its name', async () => {
  await http.send('DELETE', `/v1/keys/${keys.get('shop')!.id}`);
  expect((await audit('&key=shop')).length).toBeGreaterThan(0);
});

test('the audit is for admins, and no feed tells of keys', async () => {
  const { authorization } = keys.get('supplier')!;
  expect((await http.send('GET', '/v1/audit', undefined, { authorization })).statusCode).toBe(403);
  expect((await http.get('/v1/events')).body).not.toContain(keys.get('supplier')!.id);
});

test.each([
  ['limit=0', 'limit'],
  ['since=yesterday', 'since'],
  // Times to some, and none to JavaScript.
  ['since=2031-W05', 'since'],
  ['until=20310131T120000Z', 'until'],
  ['until=2031-01-31T12:00:00', 'until'],
  ['after=x', 'after'],
  ['key=', 'key'],
  ['sequence=1', 'sku'],
  ['sku=SOFA&sequence=x', 'sequence'],
])('the audit refuses %s, and names the field', async (query, field) => {
  const answer = await http.get(`/v1/audit?${query}`);
  expect(answer).toMatchObject({ statusCode: 400 });
  expect(answer.json<{ errors: { field: string }[] }>().errors.map((error) => error.field)).toEqual([field]);
});
