import type { OpenAPIObject } from '@nestjs/swagger';
import { ApiDocument, type Call } from '../support/api-document';
import { type Answer, HttpApp } from '../support/http-app';
import { until } from '../support/until';
import { WebhookReceiver } from '../support/webhook-receiver';

type Schema = {
  $ref?: string;
  example?: unknown;
  items?: Schema;
  type?: string;
  properties?: Record<string, Schema>;
};
type Content = Record<string, { schema?: Schema; example?: unknown }>;

let http: HttpApp;
let api: ApiDocument;
beforeAll(async () => {
  http = await HttpApp.start(undefined, { WEBHOOKS_ALLOW_PRIVATE: 'true' });
  await http.useKey();
  api = new ApiDocument((await http.get('/docs-json')).json<OpenAPIObject>());
});
afterAll(() => http.stop());

/** What Swagger's page makes of a schema: its example, or those of its properties. */
function exampleOf(schema: Schema): unknown {
  const { example, items, properties } = api.resolve<Schema>(schema);
  if (example !== undefined) return example;
  if (items) return [exampleOf(items)];
  return Object.fromEntries(Object.entries(properties ?? {}).map(([name, each]) => [name, exampleOf(each)]));
}

/** The request that Swagger's page sends when nothing is changed in it. */
function exampleRequest({ path, operation }: Call): { url: string; body?: object } {
  let url = path;
  const query = new URLSearchParams();
  for (const parameter of operation.parameters ?? []) {
    if ('$ref' in parameter) throw new Error('A parameter by reference');
    const example = parameter.example ?? (parameter.schema as Schema).example;
    if (parameter.in === 'path')
      url = url.replace(`{${parameter.name}}`, encodeURIComponent(String(example)));
    else if (parameter.required) query.set(parameter.name, String(example));
  }
  const content = (operation.requestBody as { content?: Content } | undefined)?.content?.['application/json'];
  const body = content && (exampleOf(content.schema!) as object);
  return { url: query.size > 0 ? `${url}?${query.toString()}` : url, body };
}

/** Sends it. An answer without an end is given up after its beginning. */
function send({ method, path }: Call, url: string, body?: object): Promise<Answer> {
  if (path.endsWith('/stream')) return http.beginning(url, () => true);
  return http.send(method, url, body);
}

function expectDocumented(call: Call, { statusCode: status, headers, body }: Answer): void {
  expect(api.findings(call, { status, headers, body })).toEqual([]);
}

test('the OpenAPI document describes every call', () => {
  expect(api.calls.length).toBeGreaterThanOrEqual(14);
  for (const { method, path, operation } of api.calls) {
    expect({ method, path, ...operation }).toMatchObject({
      summary: expect.stringMatching(/^[A-Z].{5,}[^.]$/),
      operationId: expect.stringMatching(/^[a-z][A-Za-z]+$/),
      tags: [expect.any(String)],
    });
  }
  const ids = api.calls.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test('the OpenAPI document describes every tag that it uses, and uses every tag that it describes', () => {
  const used = new Set(api.calls.flatMap(({ operation }) => operation.tags!));
  expect(new Set(api.document.tags!.map(({ name }) => name))).toEqual(used);
});

test('the OpenAPI document shows an example of every problem', () => {
  for (const call of api.calls) {
    for (const status of Object.keys(call.operation.responses).map(Number)) {
      const { example } = (api.response(call, status)!.content?.['application/problem+json'] ?? {}) as {
        example?: { type: string; instance: string };
      };
      if (!example) continue;
      expect(example).toMatchObject({ status, title: expect.any(String) });
      expect([example.type, example.instance]).toEqual([
        expect.stringMatching(/^\/problems\//),
        expect.stringMatching(/^[0-9a-f-]{36}$/),
      ]);
    }
  }
});

test('the OpenAPI document describes only what a strict validator understands, and no example breaks its schema', () => {
  const findings: string[] = [];
  let examples = 0;
  const walk = (value: unknown, keys: readonly string[]): void => {
    if (typeof value !== 'object' || value === null) return;
    const { schema, example, examples: named, type, properties, allOf } = value as Record<string, unknown>;
    const isSchema = keys.at(-1) === 'schema' || typeof type === 'string' || properties || allOf;
    if (isSchema && keys.at(-2) !== 'properties') findings.push(...strictly(keys, undefined));
    if (example !== undefined && keys.at(-1) !== 'properties') {
      examples += 1;
      findings.push(...strictly(schema ? [...keys, 'schema'] : keys, example));
    }
    for (const each of schema ? Object.values((named ?? {}) as Record<string, { value: unknown }>) : []) {
      examples += 1;
      findings.push(...strictly([...keys, 'schema'], each.value));
    }
    for (const [key, each] of Object.entries(value)) {
      if (key !== 'example' && key !== 'examples') walk(each, [...keys, key]);
    }
  };
  // Compiles the schema; undefined is no value to check it with.
  const strictly = (keys: readonly string[], example: unknown) => {
    const found = api.findingsIn(keys, example);
    return example === undefined ? [] : found.map((each) => `${keys.join('/')}${each}`);
  };
  walk(api.document.paths, ['paths']);
  const { securitySchemes: _, ...components } = api.document.components!;
  walk(components, ['components']);
  expect(findings).toEqual([]);
  expect(examples).toBeGreaterThan(100);
});

test('the OpenAPI document names the headers of answers', () => {
  for (const call of api.calls) {
    for (const status of Object.keys(call.operation.responses).map(Number)) {
      expect(api.response(call, status)!.headers).toHaveProperty('X-Request-Id');
    }
  }
  for (const operationId of ['getBatch', 'getAllocations', 'getAvailability']) {
    for (const status of [200, 304]) {
      expect(api.response(api.call(operationId), status)!.headers).toHaveProperty('ETag');
    }
  }
});

test('the examples of the OpenAPI document work one after the other, and answers are as it says', async () => {
  const expected: [string, number][] = [
    ['createBatch', 201],
    ['getBatch', 200],
    ['explainBatchChange', 200],
    ['listBatches', 200],
    ['getAvailability', 200],
    ['getBasketAvailability', 200],
    ['explain', 200],
    ['allocate', 202],
    ['getAllocations', 200],
    ['listAllocationsOfBatch', 200],
    ['reallocate', 202],
    ['listWaiting', 200],
    ['changeBatch', 202],
    ['recordArrival', 202],
    ['adjustStock', 202],
    ['listMovements', 200],
    ['listMovementsOfSku', 200],
    ['listPromises', 200],
    ['find', 200],
    ['getOverview', 200],
    ['confirm', 202],
    ['dispatch', 202],
    ['deallocate', 409],
    ['allocateMany', 200],
    ['createManyBatches', 200],
    ['addBatch', 201],
    ['allocateLine', 202],
    ['viewAllocations', 200],
    ['listOutOfStock', 200],
    ['listReaders', 200],
    ['replayReader', 202],
    ['listSkus', 200],
    ['listEvents', 200],
    ['streamEvents', 200],
    // The example of an id is that of no event.
    ['getEvent', 404],
    ['listDeadLetters', 200],
    ['replayDeadLetters', 202],
    ['replayDeadLetter', 404],
    ['placeOrder', 201],
    ['getOrder', 200],
    ['confirmOrder', 200],
    ['changeLineOfOrder', 200],
    ['dispatchOrder', 200],
    ['cancelOrder', 409],
    ['getCustomer', 200],
    ['forgetCustomer', 204],
    ['createWebhook', 201],
    ['listWebhooks', 200],
    // The example of an id is that of no webhook.
    ['getWebhook', 404],
    ['changeWebhook', 404],
    ['testWebhook', 404],
    ['listDeliveries', 404],
    // That of a position is of another database.
    ['replayWebhook', 410],
    ['deleteWebhook', 404],
    ['createKey', 201],
    ['listKeys', 200],
    // The example of an id is that of no key.
    ['getKey', 404],
    ['rotateKey', 404],
    ['revokeKey', 404],
    // Nor is that of a secret one of a key, and a browser brings it in a cookie.
    ['createSession', 401],
    ['getSession', 401],
    ['endSession', 204],
    ['explainProblem', 200],
    ['getAsyncApi', 200],
    ['getMetrics', 200],
    ['isLive', 200],
    ['isReady', 200],
    ['listChanges', 200],
  ];
  expect(expected.map(([operationId]) => operationId).sort()).toEqual(
    api.calls.map(({ operation }) => operation.operationId).sort(),
  );
  await http.post('/v1/batches', { ref: 'batch-000', sku: 'SMALL-TABLE', qty: 10 });
  for (const [operationId, status] of expected) {
    const call = api.call(operationId);
    const { url, body } = exampleRequest(call);
    const answer = await send(call, url, body);
    expect([operationId, answer.statusCode, answer.body]).toEqual([operationId, status, expect.any(String)]);
    expectDocumented(call, answer);
    const { schema } = (api.response(call, status)!.content?.['application/json'] ?? {}) as {
      schema?: Schema;
    };
    if (schema) expectShape(answer.json(), schema);
  }
});

test('answers are as the OpenAPI document says, with every field null and with every field filled', async () => {
  await http.post('/v1/batches', { ref: 'ship', sku: 'RUG', qty: 5, eta: '2031-01-31' });
  await http.post('/v1/allocations', { orderId: 'o', sku: 'RUG', qty: 3 });
  await http.post('/v1/allocations', { orderId: 'o', sku: 'SMALL-TABLE', qty: 2_000_000 });
  await http.post('/v1/allocations', { orderId: 'w', sku: 'RUG', qty: 9, wait: true });
  for (const url of [
    '/v1/batches/ship',
    '/v1/batches?sku=RUG&limit=1&open=true',
    '/v1/batches/ship/allocations?limit=1',
    '/v1/batches/ship/movements?limit=1',
    '/v1/batches?overdue=true&limit=1',
    '/v1/waiting?sku=RUG&limit=1',
    '/v1/allocations/o',
    '/v1/availability/RUG',
    '/v1/availability/RUG?qty=1',
    '/v1/availability/RUG?qty=99',
    '/v1/out-of-stock?limit=1',
    '/v1/skus?limit=1',
    '/v1/batches?limit=1',
    '/v1/events?limit=1',
    '/v1/events?after=now&wait=1',
  ]) {
    const call = api.callOf('GET', url)!;
    const answer = await http.get(url);
    expect([url, answer.statusCode]).toEqual([url, 200]);
    expectDocumented(call, answer);
    const { etag } = answer.headers;
    if (etag) {
      const again = await http.send('GET', url, undefined, { 'if-none-match': String(etag) });
      expect([again.statusCode, again.headers.etag]).toEqual([304, etag]);
      expectDocumented(call, again);
    }
  }
  const items = [{ sku: 'RUG', qty: 1 }, { sku: 'RUG', qty: 99 }, { sku: 'NONE', qty: 1 }, {}];
  const basket = await http.post('/v1/availability', { items });
  expect(basket.json().results.map(({ status }: { status: number }) => status)).toEqual([200, 200, 404, 400]);
  expectDocumented(api.call('getBasketAvailability'), basket);
});

test('answers about a webhook are as the OpenAPI document says', async () => {
  const receiver = await WebhookReceiver.start();
  try {
    const created = await http.post('/v1/webhooks', { url: receiver.url, types: ['BatchCreated'] });
    expectDocumented(api.call('createWebhook'), created);
    const { id } = created.json<{ id: string }>();
    await http.post('/v1/batches', { ref: 'told', sku: 'RUG', qty: 5 });
    const requests = [
      ['getWebhook', 'GET', ''],
      ['changeWebhook', 'PATCH', '', { types: null, skus: ['RUG'], rotateSecret: true }],
      ['changeWebhook', 'PATCH', '', { enabled: false }],
      ['testWebhook', 'POST', '/test'],
      ['listDeliveries', 'GET', '/deliveries'],
      ['replayWebhook', 'POST', '/replay', { since: '2031-01-01T00:00:00Z' }],
      ['deleteWebhook', 'DELETE', ''],
    ] as const;
    await until(async () => (await http.get(`/v1/webhooks/${id}/deliveries`)).json().items.length > 0);
    for (const [operationId, method, path, body] of requests) {
      const answer = await http.send(method, `/v1/webhooks/${id}${path}`, body);
      expect([operationId, answer.statusCode]).toEqual([operationId, expect.any(Number)]);
      expect(answer.statusCode).toBeLessThan(300);
      expectDocumented(api.call(operationId), answer);
    }
  } finally {
    await receiver.stop();
  }
});

test('answers about a key are as the OpenAPI document says', async () => {
  const created = await http.post('/v1/keys', {
    name: 'warehouse',
    scopes: ['stock', 'read'],
    expiresAt: '2031-01-31T12:00:00Z',
  });
  expectDocumented(api.call('createKey'), created);
  const { id } = created.json<{ id: string }>();
  for (const [operationId, method, path] of [
    ['rotateKey', 'POST', '/rotate'],
    ['getKey', 'GET', ''],
    ['revokeKey', 'DELETE', ''],
    ['getKey', 'GET', ''],
  ] as const) {
    const answer = await http.send(method, `/v1/keys/${id}${path}`);
    expect([operationId, answer.statusCode]).toEqual([operationId, method === 'DELETE' ? 204 : 200]);
    expectDocumented(api.call(operationId), answer);
  }
});

/** The same members as in the schema, no more; those that are listed as required, no fewer. */
function expectShape(value: unknown, schema: Schema): void {
  const { items, properties, required = [] } = api.resolve<Schema & { required?: string[] }>(schema);
  if (items) {
    for (const each of value as unknown[]) expectShape(each, items);
  } else if (properties && value !== null) {
    const names = Object.keys(value as object);
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(names));
    expect(names).toEqual(expect.arrayContaining(required));
    for (const name of names) expectShape((value as Record<string, unknown>)[name], properties[name]);
  }
}

test('no example of the OpenAPI document is answered 400', async () => {
  for (const call of api.calls) {
    const { url, body } = exampleRequest(call);
    const answer = await send(call, url, body);
    expect([call.method, url, answer.statusCode]).not.toEqual([call.method, url, 400]);
    expectDocumented(call, answer);
  }
});

test('the OpenAPI document documents what becomes of bad requests', async () => {
  for (const call of api.calls.filter(({ path }) => !path.startsWith('/health'))) {
    const { url, body } = exampleRequest(call);
    const answers = [
      await send(call, call.path.replaceAll(/\{\w+\}/g, 'none'), body),
      await send(call, call.path.replaceAll(/\{\w+\}/g, '%00'), body),
      await send(call, call.path.replaceAll(/\{\w+\}/g, '%zz'), body),
    ];
    if (call.method !== 'GET') {
      answers.push(
        await http.send(call.method, url, '{'),
        await http.send(call.method, url, `"${'x'.repeat(1024 * 1024)}"`),
        await http.send(call.method, url, 'text', { 'content-type': 'text/plain' }),
      );
    }
    for (const answer of answers) expectDocumented(call, answer);
    expect(answers.map(({ statusCode }) => statusCode).slice(2)).toEqual(
      call.method === 'GET' ? [expect.any(Number)] : [expect.any(Number), 400, 413, 415],
    );
  }
});

test('the Swagger page is served without a look at other hosts', async () => {
  const page = await http.get('/docs');
  expect(page.headers['content-type']).toMatch(/^text\/html/);
  expect(page.body.match(/(src|href)="?'?(https?:)?\/\//g)).toBeNull();
  const assets = [...page.body.matchAll(/(?:src|href)="(\.\/docs\/[^"]+)"/g)].map(([, path]) => path);
  expect(assets).toContain('./docs/swagger-ui-init.js');
  expect((await http.get('/docs/swagger-ui-init.js')).body).toContain('"validatorUrl": null');
  for (const asset of assets)
    expect([asset, (await http.get(asset.slice(1))).statusCode]).toEqual([asset, 200]);
});
