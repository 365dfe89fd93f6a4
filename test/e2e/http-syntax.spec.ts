import { CommandBus } from '@nestjs/cqrs';
import { connect } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Allocate, CreateBatch, OrderLine } from '../../src/allocation/contracts';
import { HttpApp, type Answer } from '../support/http-app';

let http: HttpApp;
let before: unknown;
beforeAll(async () => {
  http = await HttpApp.start();
  await http.app.listen(0, '127.0.0.1');
  await http.post('/v1/batches', { ref: 'batch', sku: 'SKU', qty: 10 });
  await http.post('/v1/allocations', { orderId: 'order', sku: 'SKU', qty: 3 });
  before = await http.state();
});
afterEach(async () => expect(await http.state()).toEqual(before));
afterAll(() => http.stop());

function expectProblem(answer: Answer, status: number, fields?: string[]): void {
  const problem = answer.json();
  expect({
    status: answer.statusCode,
    mediaType: answer.headers['content-type'],
    fields: problem.errors?.map(({ field }: { field: string }) => field),
  }).toEqual({ status, mediaType: 'application/problem+json; charset=utf-8', fields });
  expect(problem).toMatchObject({
    status,
    type: expect.stringMatching(/^\/problems\//),
    detail: expect.any(String),
  });
  expect(answer.body).not.toMatch(/node_modules|\.js|\.ts/);
  expect(answer.body.length).toBeLessThan(1500);
}

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

const badTexts: [string, string][] = [
  ['nothing', ''],
  ['null', 'null'],
  ['a number', '1'],
  ['a boolean', 'true'],
  ['a list', '["x"]'],
  ['an object', '{"x":1}'],
  ['an empty text', '""'],
  ['256 characters', `"${'x'.repeat(256)}"`],
  ['256 characters beyond the basic plane', `"${'😀'.repeat(256)}"`],
  ['a huge text', `"${'x'.repeat(1_000_000)}"`],
  ['NUL', '"a\\u0000b"'],
  ['half a surrogate pair', '"a\\ud800b"'],
  ['the other half', '"\\udc00"'],
  ['a pair the wrong way round', '"\\ude00\\ud83d"'],
  ['the folder itself', '"."'],
  ['the folder above', '".."'],
  ['a blank', '" "'],
  ['a blank behind it', '"a "'],
  ['a line end', '"a\\nb"'],
  ['an escape for terminals', '"a\\u009bb"'],
  ['the other direction of writing', '"a\\u202eb"'],
  ['a blank without width', '"a\\u200bb"'],
];

const badQuantities: [string, string][] = [
  ['nothing', ''],
  ['null', 'null'],
  ['a text', '"3"'],
  ['an empty text', '""'],
  ['a boolean', 'true'],
  ['a list', '[3]'],
  ['an object', '{}'],
  ['-1', '-1'],
  ['1.5', '1.5'],
  ['1e400', '1e400'],
  ['a little more than 1', '1.0000001'],
  ['one more than fits', '2147483648'],
  ['9007199254740993', '9007199254740993'],
];

const badDays: [string, string][] = [
  ['a number', '20300131'],
  ['a boolean', 'false'],
  ['a list', '["2030-01-31"]'],
  ['an object', '{}'],
  ['an empty text', '""'],
  ['a day that does not exist', '"2026-02-30"'],
  ['a leap day of no leap year', '"2027-02-29"'],
  ['a 13th month', '"2030-13-01"'],
  ['a month 0', '"2030-00-01"'],
  ['a year 0', '"0000-01-01"'],
  ['a time', '"2030-01-31T00:00:00Z"'],
  ['another order', '"31-01-2030"'],
  ['no leading zeros', '"2030-1-31"'],
  ['a sign', '"-2030-01-31"'],
  ['more than a day', '"2030-01-31\\n"'],
  ['other digits', '"٢٠٣٠-٠١-٣١"'],
  ['infinity', '"infinity"'],
];

const valid = { ref: '"new"', sku: '"SKU"', qty: '1', eta: 'null', orderId: '"new"', orderid: '"new"' };
const calls: [string, string, (keyof typeof valid)[]][] = [
  ['POST', '/v1/batches', ['ref', 'sku', 'qty', 'eta']],
  ['POST', '/v1/allocations', ['orderId', 'sku', 'qty']],
  ['POST', '/add_batch', ['ref', 'sku', 'qty', 'eta']],
  ['POST', '/allocate', ['orderid', 'sku', 'qty']],
  ['PATCH', '/v1/batches/batch', ['qty']],
];

const badValues = calls.flatMap(([method, url, fields]) =>
  fields.flatMap((field) => {
    const bad = field === 'qty' ? badQuantities : field === 'eta' ? badDays : badTexts;
    const zero: [string, string][] = field === 'qty' && method === 'POST' ? [['0', '0']] : [];
    return [...bad, ...zero].map(([name, json]) => {
      const members = fields
        .map((each) => [each, each === field ? json : valid[each]])
        .filter(([, value]) => value);
      return {
        method,
        url,
        field,
        name,
        body: `{${members.map(([key, value]) => `"${key}":${value}`).join()}}`,
      };
    });
  }),
);

describe('a body', () => {
  test.each(badValues)(
    'is refused where $field is $name: $method $url',
    async ({ method, url, body, field }) => {
      expectProblem(await http.send(method, url, body), 400, [field]);
    },
  );

  test('is told everything that is wrong with it, and what should be there', async () => {
    const answer = await http.post('/v1/batches', { ref: '', qty: 0, eta: 'soon', other: 1 });
    expectProblem(answer, 400, ['ref', 'sku', 'qty', 'eta']);
    expect(answer.json().errors).toEqual([
      { field: 'ref', message: expect.stringContaining('1 to 255 characters') },
      { field: 'sku', message: expect.stringContaining('1 to 255 characters') },
      { field: 'qty', message: 'must be a whole number from 1 to 2147483647' },
      { field: 'eta', message: 'must be a day of the calendar as YYYY-MM-DD, or null' },
    ]);
  });

  test.each([
    ['POST', '/v1/batches', { ref: 'new', sku: 'SKU', qty: 1, ETA: '2030-01-31' }, 'ETA', 'eta'],
    ['POST', '/v1/batches', { ref: 'new', sku: 'SKU', qty: 1, et: '2030-01-31' }, 'et', 'eta'],
    ['POST', '/v1/batches', { ref: 'new', sku: 'SKU', qty: 1, eta: null, Eta: '2030-01-31' }, 'Eta', 'eta'],
    ['POST', '/add_batch', { ref: 'new', sku: 'SKU', qty: 1, etaa: '2030-01-31' }, 'etaa', 'eta'],
    ['POST', '/v1/allocations', { orderid: 'new', sku: 'SKU', qty: 1 }, 'orderid', 'orderId'],
    ['POST', '/allocate', { orderId: 'new', sku: 'SKU', qty: 1 }, 'orderId', 'orderid'],
    ['PATCH', '/v1/batches/batch', { qt: 1 }, 'qt', 'qty'],
    ['POST', '/v1/batches/bulk', { item: [{}] }, 'item', 'items'],
  ])('is refused for a misspelt field: %s %s %j', async (method, url, body, field, meant) => {
    const answer = await http.send(method, url, body);
    expect([answer.statusCode, answer.json().errors]).toEqual([
      400,
      expect.arrayContaining([{ field, message: `is unknown; did you mean ${meant}?` }]),
    ]);
  });

  test.each([
    ['PATCH', '/v1/batches/batch', '/arrive'],
    ['POST', '/v1/batches/batch/explain', 'arrived'],
  ])('%s %s does not take null for a day, and says how an arrival is told', async (method, url, hint) => {
    for (const body of [{ qty: 5, eta: null }, { eta: null }]) {
      const answer = await http.send(method, url, body);
      expect([answer.statusCode, answer.json().errors]).toEqual([
        400,
        [{ field: 'eta', message: expect.stringContaining(hint) }],
      ]);
    }
  });

  test('is refused in the item with a misspelt field alone', async () => {
    const items = [
      { ref: 'batch', sku: 'SKU', qty: 10 },
      { ref: 'new', sku: 'SKU', qty: 1, ETA: '2030-01-31' },
    ];
    const answer = await http.post('/v1/batches/bulk', { items });
    expect(answer.json().results).toMatchObject([
      { status: 201 },
      { status: 400, problem: { errors: [{ field: 'ETA', message: 'is unknown; did you mean eta?' }] } },
    ]);
  });

  const broken: [string, string | Buffer][] = [
    ['broken JSON', '{"ref":'],
    ['more than JSON', '{} {}'],
    ['a list', '[]'],
    ['a text', '"text"'],
    ['a number', '1'],
    ['a boolean', 'true'],
    ['__proto__', '{"__proto__":{"qty":1}}'],
    ['__proto__ in disguise', '{"__pr\\u006fto__":{"qty":1}}'],
    ['a prototype of the constructor', '{"constructor":{"prototype":{"qty":1}}}'],
    ['deep lists', nested(100_000)],
    ['deep lists in a field that nobody reads', `{"x":${nested(100_000)}}`],
    ['deep objects', `{"x":${'{"x":'.repeat(50_000)}1${'}'.repeat(50_000)}}`],
    ['no UTF-8', Buffer.from('{"ref":"\xff"}', 'latin1')],
    [
      'half a character',
      Buffer.concat([Buffer.from('{"ref":"'), Buffer.from('😀').subarray(0, 2), Buffer.from('"}')]),
    ],
  ];
  test.each(calls.flatMap(([method, url]) => broken.map(([name, body]) => ({ method, url, name, body }))))(
    'is refused that is $name: $method $url',
    async ({ method, url, body }) => {
      expectProblem(await http.send(method, url, body, { 'content-type': 'application/json' }), 400);
    },
  );

  test.each([
    ['nothing', undefined, {}],
    ['nothing, declared as JSON', '', {}],
    ['null', 'null', {}],
    ['an empty object', '{}', {}],
    [
      'members of every object',
      '{"toString":1,"hasOwnProperty":1,"constructor":1,"then":1,"valueOf":null}',
      {},
    ],
  ])('lacks every field when it is %s', async (_name, body, headers) => {
    expectProblem(await http.send('POST', '/v1/batches', body, headers), 400, ['ref', 'sku', 'qty']);
  });

  test('may be 1 MiB and not a byte more', async () => {
    const ofLength = (bytes: number) => `{"x":"${'x'.repeat(bytes - 8)}"}`;
    expectProblem(await http.post('/v1/batches', ofLength(1024 * 1024)), 400, ['ref', 'sku', 'qty']);
    expectProblem(await http.post('/v1/batches', ofLength(1024 * 1024 + 1)), 413);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/jsonp',
    'application/json-patch+json',
    '*/*',
    'nonsense',
    '',
  ])('must not be declared as "%s"', async (type) => {
    const body = '{"ref":"new","sku":"SKU","qty":1}';
    expectProblem(await http.send('POST', '/v1/batches', body, { 'content-type': type }), 415);
  });
});

describe('a URL', () => {
  const badSegments: [string, string][] = [
    ['256 characters', 'x'.repeat(256)],
    ['256 characters, each percent-encoded', encodeURIComponent('😀'.repeat(256))],
    ['far too many characters', 'x'.repeat(12_000)],
    ['NUL', 'a%00b'],
  ];
  const undecodable: [string, string][] = [
    ['no hexadecimal digits', '%zz'],
    ['half an escape', 'a%2'],
    ['no UTF-8', '%FF'],
    ['an overlong sequence', '%C0%80'],
    ['a surrogate', '%ED%A0%80'],
    ['characters that are no ASCII', 'é'],
  ];
  const places: [string, string, string][] = [
    ['GET', '/v1/batches/*', 'ref'],
    ['PATCH', '/v1/batches/*', 'ref'],
    ['GET', '/v1/batches?sku=*', 'sku'],
    ['GET', '/v1/allocations/*', 'orderId'],
    ['DELETE', '/v1/allocations/*/SKU', 'orderId'],
    ['DELETE', '/v1/allocations/order/*', 'sku'],
    ['POST', '/v1/allocations/*/SKU/reallocate', 'orderId'],
    ['POST', '/v1/allocations/order/*/reallocate', 'sku'],
    ['GET', '/allocations/*', 'orderid'],
  ];
  const each = (values: [string, string][]) =>
    places.flatMap(([method, place, field]) =>
      values.map(([name, value]) => ({ method, place, field, name, url: place.replace('*', value) })),
    );
  const bodyOf = (method: string) => (method === 'PATCH' ? { qty: 1 } : undefined);

  test.each(each(badSegments))(
    'is refused with $name for $field: $method $place',
    async ({ method, url, field }) => {
      expectProblem(await http.send(method, url, bodyOf(method)), 400, [field]);
    },
  );

  test.each(each(undecodable))(
    'is refused with $name for $field, which nobody can decode: $method $place',
    async ({ method, url }) => {
      // As a client would send it that encodes nothing itself.
      const answer = await raw(`${method} ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1.1 400 /);
      expect(answer).toMatch(/content-type: application\/problem\+json/i);
    },
  );

  test.each([
    ['/v1/batches?SKU=SKU', 'SKU', 'sku'],
    ['/v1/batches?sku=SKU&opne=true', 'opne', 'open'],
    ['/v1/batches?sku=SKU&Limit=1', 'Limit', 'limit'],
    ['/v1/batches/batch/allocations?limits=1', 'limits', 'limit'],
    ['/v1/out-of-stock?aftr=x', 'aftr', 'after'],
    ['/v1/availability/SKU?qtty=1', 'qtty', 'qty'],
    ['/v1/availability/SKU?Qty=1', 'Qty', 'qty'],
    ['/v1/dead-letters?lmit=1', 'lmit', 'limit'],
  ])('is not read as if a misspelt parameter were not there: %s', async (url, name, meant) => {
    const answer = await http.get(url);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors).toContainEqual({
      field: name,
      message: `is unknown; did you mean ${meant}?`,
    });
  });

  test.each(['?sku=', '?sku=a&sku=b'])('lists no batches of %j', async (query) => {
    expectProblem(await http.get(`/v1/batches${query}`), 400, ['sku']);
  });

  test.each([
    '0',
    '-1',
    '1001',
    '1.5',
    '1e2',
    '+1',
    '01',
    ' 1',
    '',
    'all',
    '99999999999999999999',
    '5&limit=6',
  ])('lists no batches up to a limit of "%s"', async (limit) => {
    expectProblem(await http.get(`/v1/batches?sku=SKU&limit=${limit}`), 400, ['limit']);
  });

  test.each([
    ['GET', '/'],
    ['GET', '/v1'],
    ['GET', '/v1/batches/'],
    ['GET', '/v1/batches/a/b'],
    ['DELETE', '/v1/allocations//SKU'],
    ['DELETE', '/v1/allocations/order/'],
    ['GET', '/V1/batches/batch'],
    ['OPTIONS', '/v1'],
    ['TRACE', '/v1'],
    ['GET', '/docs/../package.json'],
    ['GET', '/docs/..%2f..%2fpackage.json'],
    ['GET', `/${'x'.repeat(10_000)}`],
    ['GET', '/%25'],
  ])('leads nowhere: %s %s', async (method, url) => {
    expectProblem(await http.send(method, url, ['PUT', 'POST'].includes(method) ? '{' : undefined), 404);
  });

  test.each([
    ['PUT', '/v1/batches/batch', 'GET, HEAD, OPTIONS, PATCH'],
    ['DELETE', '/v1/batches/batch', 'GET, HEAD, OPTIONS, PATCH'],
    ['POST', '/v1/batches/b%61tch?x=1', 'GET, HEAD, OPTIONS, PATCH'],
    ['PUT', '/v1/b%61tches', 'GET, HEAD, OPTIONS, POST'],
    ['TRACE', '/v1/batches', 'GET, HEAD, OPTIONS, POST'],
    ['PROPFIND', '/v1/batches', 'GET, HEAD, OPTIONS, POST'],
    // Also the batch that is called "bulk".
    ['DELETE', '/v1/batches/bulk', 'GET, HEAD, OPTIONS, PATCH, POST'],
    ['GET', '/allocate', 'OPTIONS, POST'],
    ['HEAD', '/allocate', 'OPTIONS, POST'],
    ['POST', '/allocations/order', 'GET, HEAD, OPTIONS'],
    ['GET', '/v1/allocations/a/b', 'DELETE, OPTIONS'],
    ['POST', '/docs', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/docs/swagger-ui.css', 'GET, HEAD, OPTIONS'],
    ['POST', '/health/ready', 'GET, HEAD, OPTIONS'],
  ])('tells which methods it takes instead of %s %s', async (method, url, allow) => {
    const answer = await http.send(method, url, method === 'GET' ? undefined : '{');
    expect(answer.headers.allow).toBe(allow);
    expectProblem(answer, 405);
    const options = await http.send('OPTIONS', url);
    expect([options.statusCode, options.headers.allow, options.body]).toEqual([204, allow, '']);
  });
});

/** Sends bytes that a client library would not, and returns all that comes back. */
async function raw(request: string): Promise<string> {
  const { port } = http.app.getHttpServer().address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (data) => (answer += data.toString()));
  socket.on('error', () => undefined);
  socket.write(request);
  await once(socket, 'close');
  return answer;
}

describe('what is hardly HTTP', () => {
  const body = '{"ref":"new","sku":"SKU","qty":1}';
  const post = (headers: string, content = body) =>
    `POST /v1/batches HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n${content}`;

  test.each([
    [
      'two lengths',
      400,
      post(`Content-Type: application/json\r\nContent-Length: 2\r\nContent-Length: ${body.length}`),
    ],
    [
      'a length and chunks',
      400,
      post(`Content-Type: application/json\r\nContent-Length: ${body.length}\r\nTransfer-Encoding: chunked`),
    ],
    ['a negative length', 400, post('Content-Type: application/json\r\nContent-Length: -1')],
    ['no HTTP', 400, 'HELO\r\n\r\n'],
    ['no Host', 400, 'GET /health/live HTTP/1.1\r\n\r\n'],
    ['headers of 64 KiB', 431, `GET /health/live HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(65536)}\r\n\r\n`],
    ['broken chunks', 400, post('Content-Type: application/json\r\nTransfer-Encoding: chunked', 'zz\r\n')],
  ])('is refused: %s', async (_name, status, request) => {
    const answer = await raw(request);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  test('is read by the first of two content types', async () => {
    const types = 'Content-Type: text/plain\r\nContent-Type: application/json';
    expect(await raw(post(`${types}\r\nContent-Length: ${body.length}\r\nConnection: close`))).toMatch(
      /^HTTP\/1.1 415 /,
    );
  });
});

describe('what was stored under a name that is refused today', () => {
  const names = ['..', ' a\tb '];
  const at = (...segments: string[]) => segments.map((each) => encodeURIComponent(each)).join('/');
  beforeAll(async () => {
    const commands = http.app.get(CommandBus);
    for (const name of names) {
      await commands.execute(new CreateBatch(name, name, 10, null));
      await commands.execute(new Allocate(new OrderLine(name, name, 3)));
    }
    before = await http.state();
  });
  afterAll(async () => (before = await http.state()));

  test.each(names)('can be read: %j', async (name) => {
    for (const path of [
      `v1/batches/${at(name)}`,
      `v1/batches/${at(name)}/allocations`,
      `v1/batches?sku=${at(name)}`,
      `v1/allocations/${at(name)}`,
      `v1/availability/${at(name)}?qty=1`,
      `allocations/${at(name)}`,
    ]) {
      expect(await raw(`GET /${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toMatch(
        /^HTTP\/1.1 200 /,
      );
    }
    const basket = await http.post('/v1/availability', { items: [{ sku: name, qty: 1 }] });
    expect(basket.json().results).toMatchObject([{ status: 200, promise: { canPromise: true } }]);
  });

  test.each(names)('can be moved, given back and written off, but takes nothing new: %j', async (name) => {
    expectProblem(await http.post('/v1/allocations', { orderId: 'order-2', sku: name, qty: 1 }), 400, [
      'sku',
    ]);
    const send = (method: string, path: string, body = '') =>
      raw(
        `${method} /v1/${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n` +
          `Content-Length: ${body.length}\r\n\r\n${body}`,
      );
    expect(await send('POST', `allocations/${at(name, name)}/reallocate`)).toMatch(/^HTTP\/1.1 202 /);
    expect(await send('DELETE', `allocations/${at(name, name)}`)).toMatch(/^HTTP\/1.1 202 /);
    expect(await send('PATCH', `batches/${at(name)}`, '{"qty":0}')).toMatch(/^HTTP\/1.1 202 /);
    before = await http.state();
  });
});

test('the service is a tolerant reader: unknown fields are ignored', async () => {
  const again = {
    ref: 'batch',
    sku: 'SKU',
    qty: 10,
    unknown: { a: [1] },
    purchasedQuantity: 5,
    isOpen: false,
  };
  expect((await http.post('/v1/batches', again)).statusCode).toBe(201);
});
