import type { AddressInfo } from 'node:net';
import { HttpApp } from '../support/http-app';
import { answersIn, type RawAnswer, sendRaw } from '../support/raw-http';

let http: HttpApp;
let port: number;
let before: unknown;
beforeAll(async () => {
  http = await HttpApp.start();
  await http.app.listen(0, '127.0.0.1');
  ({ port } = http.app.getHttpServer().address() as AddressInfo);
  await http.post('/v1/batches', { ref: 'batch', sku: 'SKU', qty: 10 });
  await http.post('/v1/allocations', { orderId: 'order', sku: 'SKU', qty: 3 });
  before = await http.state();
});
afterAll(() => http.stop());

/** The answer to one request, of which `lines` are the first line and the headers. */
async function ask(lines: readonly string[], body = ''): Promise<RawAnswer> {
  const text = await sendRaw(port, [[...lines, 'Connection: close', '', body].join('\r\n')]);
  const answers = answersIn(text, [lines[0].split(' ')[0]]);
  expect(answers).toHaveLength(1);
  return answers[0];
}

function expectProblem({ status, headers, body }: RawAnswer, expected: number, kind: string): void {
  expect([status, headers['content-type'].split(';')[0]]).toEqual([expected, 'application/problem+json']);
  expect(JSON.parse(body)).toMatchObject({
    type: `/problems/${kind}`,
    status: expected,
    title: expect.any(String),
    detail: expect.any(String),
    instance: headers['x-request-id'],
  });
}

describe('a request that a browser sends for a page', () => {
  const calls: [string, string][] = [
    ['POST', '/v1/allocations/order/SKU/reallocate'],
    ['POST', '/v1/dead-letters/replay'],
    ['POST', '/v1/batches'],
    ['PATCH', '/v1/batches/batch'],
    ['DELETE', '/v1/allocations/order/SKU'],
    ['POST', '/add_batch'],
  ];
  const foreign: [string, string[]][] = [
    ['of another site', ['Origin: https://evil.example', 'Sec-Fetch-Site: cross-site']],
    ['of another subdomain', ['Origin: https://other.example', 'Sec-Fetch-Site: same-site']],
    ['that hides its origin', ['Origin: null']],
    ['of another origin, by a browser that says no more', ['Origin: http://evil.example']],
    ['of another port of the same host', ['Origin: http://localhost:8080']],
    ['of a host whose name begins alike', ['Origin: http://localhost.evil.example']],
    ['in a frame', ['Sec-Fetch-Site: cross-site']],
  ];
  test.each(
    calls.flatMap(([method, path]) => foreign.map(([name, lines]) => ({ method, path, name, lines }))),
  )('of another origin changes nothing: $method $path, $name', async ({ method, path, lines }) => {
    const answer = await ask([
      `${method} ${path} HTTP/1.1`,
      'Host: localhost',
      ...lines,
      'Content-Length: 0',
    ]);
    expectProblem(answer, 403, 'cross-origin');
    expect(await http.state()).toEqual(before);
  });

  test('of another origin changes nothing, whatever body it sends', async () => {
    const body = '{"ref":"evil","sku":"SKU","qty":1}';
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json']) {
      const lines = ['POST /v1/batches HTTP/1.1', 'Host: localhost', 'Origin: http://evil.example'];
      const answer = await ask([...lines, `Content-Type: ${type}`, `Content-Length: ${body.length}`], body);
      expectProblem(answer, 403, 'cross-origin');
    }
    expect(await http.state()).toEqual(before);
  });

  test('whose name suddenly leads here changes nothing (DNS rebinding)', async () => {
    const lines = [`Host: evil.example:${port}`, `Origin: http://evil.example:${port}`, 'Content-Length: 0'];
    const answer = await ask(['POST /v1/dead-letters/replay HTTP/1.1', ...lines]);
    expectProblem(answer, 403, 'cross-origin');
  });

  test.each<[string, (port: number) => string[]]>([
    ['of the service itself', (port) => [`Host: localhost:${port}`, `Origin: http://localhost:${port}`]],
    [
      'of the service by its address',
      (port) => [`Host: 127.0.0.1:${port}`, `Origin: http://127.0.0.1:${port}`],
    ],
    [
      'of the service by its other address',
      (port) => [`Host: [::1]:${port}`, `Origin: http://[::1]:${port}`],
    ],
    ['that says so', (port) => [`Host: localhost:${port}`, 'Sec-Fetch-Site: same-origin']],
    ['that the user asked for', () => ['Host: localhost', 'Sec-Fetch-Site: none']],
    [
      'behind a gateway that names itself',
      () => ['Host: 127.0.0.1:3000', 'Origin: https://stock.example', 'Sec-Fetch-Site: same-origin'],
    ],
    ['behind a gateway without HTTPS', () => ['Host: stock.example', 'Origin: http://stock.example']],
    ['of nobody: it is no browser', () => ['Host: stock.example']],
  ])('%s is carried out', async (_name, lines) => {
    const answer = await ask(['POST /v1/dead-letters/replay HTTP/1.1', ...lines(port), 'Content-Length: 0']);
    expect([answer.status, answer.body]).toEqual([202, '{"replayed":0}']);
  });

  test('of another origin may be read by nobody but the user', async () => {
    const lines = ['Host: localhost', 'Origin: https://evil.example', 'Sec-Fetch-Site: cross-site'];
    const get = await ask(['GET /v1/batches/batch HTTP/1.1', ...lines]);
    const preflight = await ask([
      'OPTIONS /v1/batches HTTP/1.1',
      ...lines,
      'Access-Control-Request-Method: POST',
      'Access-Control-Request-Headers: content-type',
    ]);
    expect([get.status, preflight.status]).toEqual([200, 204]);
    const names = [...Object.keys(get.headers), ...Object.keys(preflight.headers)];
    expect(names.filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('a body', () => {
  const body = '{"ref":"batch","sku":"SKU","qty":10}';
  const post = (encoding: string) => [
    'POST /v1/batches HTTP/1.1',
    'Host: x',
    'Content-Type: application/json',
    `Content-Encoding: ${encoding}`,
    `Content-Length: ${body.length}`,
  ];

  test.each(['gzip', 'br', 'deflate', 'GZIP', 'identity, gzip', 'nonsense'])(
    'must not be encoded: %s',
    async (encoding) => {
      const answer = await ask(post(encoding), body);
      expectProblem(answer, 415, 'unsupported-media-type');
      expect(answer.headers['accept-encoding']).toBe('identity');
    },
  );

  test.each(['identity', 'Identity', ''])('may be declared as not encoded: "%s"', async (encoding) => {
    expect((await ask(post(encoding), body)).status).toBe(201);
  });

  test('that nobody reads may be anything', async () => {
    const lines = ['GET /health/live HTTP/1.1', 'Host: x', 'Content-Encoding: gzip', 'Content-Length: 4'];
    expect((await ask(lines, 'nope')).status).toBe(200);
  });

  test('that is not there cannot be encoded', async () => {
    const answer = await ask([
      'POST /v1/dead-letters/replay HTTP/1.1',
      'Host: x',
      'Content-Encoding: gzip',
      'Content-Length: 0',
    ]);
    expect(answer.status).toBe(202);
  });
});

describe('what the service cannot do', () => {
  test.each(['200-ok', '100-continue, x'])('is told with a reason: Expect: %s', async (expectation) => {
    const answer = await ask(['POST /v1/dead-letters/replay HTTP/1.1', 'Host: x', `Expect: ${expectation}`]);
    expectProblem(answer, 417, 'expectation-failed');
  });

  test('is not to say that it goes on', async () => {
    const body = '{"ref":"batch","sku":"SKU","qty":10}';
    const lines = [
      'POST /v1/batches HTTP/1.1',
      'Host: x',
      'Expect: 100-continue',
      'Content-Type: application/json',
    ];
    expect((await ask([...lines, `Content-Length: ${body.length}`], body)).status).toBe(201);
  });
});

describe('a request without exactly one host', () => {
  test.each([
    ['none', []],
    ['two', ['Host: x', 'Host: x']],
    ['two, in other letters', ['Host: x', 'hOST: y']],
    ['a URL', ['Host: http://x/']],
    ['a user', ['Host: user@x']],
    ['a list', ['Host: x, y']],
    ['no port', ['Host: x:http']],
    ['half an address', ['Host: [::1']],
  ])('is refused: %s', async (_name, hosts) => {
    const text = await sendRaw(port, [['GET /health/live HTTP/1.1', ...hosts, '', ''].join('\r\n')]);
    const [answer] = answersIn(text);
    expectProblem(answer, 400, 'bad-request');
    expect(JSON.parse(answer.body).detail).toMatch(/Host/);
  });

  test.each([
    ['GET /health/live HTTP/1.0', []],
    ['GET /health/live HTTP/1.1', ['Host:']],
    ['GET /health/live HTTP/1.1', ['Host: [fe80::1]:80']],
    ['GET http://stock.example/health/live HTTP/1.1', ['Host: stock.example']],
    ['GET HTTP://stock.example:80/health/live HTTP/1.1', ['Host: stock.example']],
  ])('is answered: %s %j', async (line, hosts) => {
    expect((await ask([line, ...hosts])).status).toBe(200);
  });
});

test.each(['xchunked', 'identity', 'gzip, chunked', 'chunked, chunked', 'chunked;q=1'])(
  'a request is not begun whose end nobody knows: Transfer-Encoding: %s',
  async (coding) => {
    const answer = await ask(
      [
        'POST /v1/allocations/order/SKU/reallocate HTTP/1.1',
        'Host: x',
        'Content-Type: application/json',
        `Transfer-Encoding: ${coding}`,
      ],
      '2\r\n{}\r\n0\r\n\r\n',
    );
    expectProblem(answer, 400, 'bad-request');
  },
);

test.each(['*', 'health/live', 'ftp://x/health/live', 'http://', 'http:///health/live', '//%zz', 'x:y', '?'])(
  'a URL that is no path is refused: %s',
  async (url) => {
    const answer = await ask([`GET ${url} HTTP/1.1`, 'Host: x']);
    expect([400, 404]).toContain(answer.status);
    expectProblem(answer, answer.status, answer.status === 400 ? 'bad-request' : 'not-found');
  },
);

describe('HEAD', () => {
  test.each([
    ['/v1/batches/batch', 200],
    ['/v1/allocations/order', 200],
    ['/v1/availability/SKU', 200],
    ['/health/live', 200],
    ['/docs-json', 200],
    ['/v1/batches/none', 404],
    ['/v1/batches?limit=0', 400],
    ['/allocate', 405],
    ['/none', 404],
  ])('%s is answered like GET, without a body', async (path, status) => {
    const [head, get] = [await ask([`HEAD ${path} HTTP/1.1`, 'Host: x']), await http.get(path)];
    expect(head).toMatchObject({ status, body: '' });
    const { etag, 'content-type': type, 'content-length': length } = get.headers;
    const expected = [etag, type, path === '/allocate' ? head.headers['content-length'] : String(length)];
    expect([head.headers.etag, head.headers['content-type'], head.headers['content-length']]).toEqual(
      expected,
    );
  });
});
