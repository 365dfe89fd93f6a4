import type { OpenAPIObject } from '@nestjs/swagger';
import { type Answer, HttpApp } from '../support/http-app';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Schema = {
  $ref?: string;
  example?: unknown;
  items?: Schema;
  type?: string;
  properties?: Record<string, Schema>;
};
type Content = Record<string, { schema?: Schema; example?: unknown }>;
interface Call {
  method: string;
  path: string;
  operation: Operation;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

let http: HttpApp;
let document: OpenAPIObject;
let calls: Call[];
beforeAll(async () => {
  http = await HttpApp.start();
  document = (await http.get('/docs-json')).json<OpenAPIObject>();
  calls = Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      return operation ? [{ method: method.toUpperCase(), path, operation }] : [];
    }),
  );
});
afterAll(() => http.stop());

const find = (operationId: string) => calls.find(({ operation }) => operation.operationId === operationId)!;
const contentOf = ({ operation }: Call, status: number) =>
  (operation.responses[String(status)] as { content?: Content } | undefined)?.content ?? {};

function resolve(schema: Schema): Schema {
  return schema.$ref ? (document.components!.schemas![schema.$ref.split('/').pop()!] as Schema) : schema;
}

/** What Swagger's page makes of a schema: the examples of its properties. */
function exampleOf(schema: Schema): unknown {
  const { example, items, properties } = resolve(schema);
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

function expectDocumented(call: Call, answer: Answer): void {
  const name = `${call.method} ${call.path} ${answer.statusCode}`;
  const mediaType = String(answer.headers['content-type']).split(';')[0];
  expect([name, Object.keys(call.operation.responses)]).toEqual([
    name,
    expect.arrayContaining([String(answer.statusCode)]),
  ]);
  if (answer.body)
    expect([name, Object.keys(contentOf(call, answer.statusCode))]).toEqual([
      name,
      expect.arrayContaining([mediaType]),
    ]);
}

it('describes every call', () => {
  expect(calls.length).toBeGreaterThanOrEqual(14);
  for (const { method, path, operation } of calls) {
    expect({ method, path, ...operation }).toMatchObject({
      summary: expect.stringMatching(/^[A-Z].{5,}[^.]$/),
      operationId: expect.stringMatching(/^[a-z][A-Za-z]+$/),
      tags: [expect.any(String)],
    });
  }
  const ids = calls.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

it('describes every tag that it uses, and uses every tag that it describes', () => {
  const used = new Set(calls.flatMap(({ operation }) => operation.tags!));
  expect(new Set(document.tags!.map(({ name }) => name))).toEqual(used);
});

it('shows an example of every problem', () => {
  for (const call of calls) {
    for (const status of Object.keys(call.operation.responses).map(Number)) {
      const content = contentOf(call, status);
      if (content['application/problem+json']) {
        const { type, instance } = content['application/problem+json'].example as {
          type: string;
          instance: string;
        };
        expect(content['application/problem+json'].example).toMatchObject({
          status,
          title: expect.any(String),
        });
        expect([type, instance]).toEqual([
          expect.stringMatching(/^\/problems\//),
          expect.stringMatching(/^[0-9a-f-]{36}$/),
        ]);
      }
    }
  }
});

it('has examples that work one after the other, and answers as it says', async () => {
  const expected: [string, number][] = [
    ['createBatch', 201],
    ['getBatch', 200],
    ['listBatches', 200],
    ['allocate', 202],
    ['getAllocations', 200],
    ['reallocate', 202],
    ['changeBatchQuantity', 202],
    ['deallocate', 202],
    ['addBatch', 201],
    ['allocateLine', 202],
    ['viewAllocations', 200],
    ['explainProblem', 200],
    ['isLive', 200],
    ['isReady', 200],
  ];
  await http.post('/v1/batches', { ref: 'batch-000', sku: 'SMALL-TABLE', qty: 10 });
  for (const [operationId, status] of expected) {
    const call = find(operationId);
    const { url, body } = exampleRequest(call);
    // The quantity of batch-001 has been changed before.
    const answer = await http.send(
      call.method,
      url,
      operationId === 'addBatch' ? { ...body, qty: 80 } : body,
    );
    expect([operationId, answer.statusCode, answer.body]).toEqual([operationId, status, expect.any(String)]);
    expectDocumented(call, answer);
    const schema = contentOf(call, status)['application/json']?.schema;
    if (schema) expectShape(answer.json(), schema);
  }
});

/** The same members as in the schema, no more and no fewer. */
function expectShape(value: unknown, schema: Schema): void {
  const { items, properties } = resolve(schema);
  if (items) {
    expect(value).not.toHaveLength(0);
    for (const each of value as unknown[]) expectShape(each, items);
  } else if (properties) {
    expect(Object.keys(value as object).sort()).toEqual(Object.keys(properties).sort());
    for (const [name, each] of Object.entries(properties))
      expectShape((value as Record<string, unknown>)[name], each);
  }
}

it('never answers 400 to one of its own examples', async () => {
  for (const call of calls) {
    const { url, body } = exampleRequest(call);
    const answer = await http.send(call.method, url, body);
    expect([call.method, url, answer.statusCode]).not.toEqual([call.method, url, 400]);
    expectDocumented(call, answer);
  }
});

it('documents what becomes of bad requests', async () => {
  for (const call of calls.filter(({ path }) => !path.startsWith('/health'))) {
    const { url, body } = exampleRequest(call);
    const answers = [
      await http.send(call.method, call.path.replaceAll(/\{\w+\}/g, 'none'), body),
      await http.send(call.method, call.path.replaceAll(/\{\w+\}/g, '%00'), body),
      await http.send(call.method, call.path.replaceAll(/\{\w+\}/g, '%zz'), body),
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

it('is served without a look at other hosts', async () => {
  const page = await http.get('/docs');
  expect(page.headers['content-type']).toMatch(/^text\/html/);
  expect(page.body.match(/(src|href)="?'?(https?:)?\/\//g)).toBeNull();
  const assets = [...page.body.matchAll(/(?:src|href)="(\.\/docs\/[^"]+)"/g)].map(([, path]) => path);
  expect(assets).toContain('./docs/swagger-ui-init.js');
  expect((await http.get('/docs/swagger-ui-init.js')).body).toContain('"validatorUrl": null');
  for (const asset of assets)
    expect([asset, (await http.get(asset.slice(1))).statusCode]).toEqual([asset, 200]);
});
