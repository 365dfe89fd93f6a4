import * as fc from 'fast-check';
import type { ApiDocument, Call } from './api-document';

/** A request as it is sent. */
export interface FuzzRequest {
  readonly method: string;
  /** Path and query, as they go over the wire. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

interface Schema {
  readonly type?: string;
  readonly format?: string;
  /** Of names under which something is going to be stored. */
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly nullable?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema | { $ref: string };
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** Names that things get, so that requests meet what others stored. */
const stored = ['a', 'b', 'SOFA', '😀', "o'; --", 'a/b', 'a b', '%2e', 'é'];
const anyName = fc.constantFrom(...stored);
const newName = fc.nat(9_999).map((number) => `new-${number}`);

/** Only these can be percent-encoded. */
const isWellFormed = (text: string) => !/\p{Surrogate}/u.test(text);

/** Texts that have broken services. */
const oddText = fc.oneof(
  fc.constantFrom(
    ...['', '.', '..', ' ', ' a', 'a\u00a0', 'a\0', 'a\n', '\u202ea', '\u200b', '__proto__', 'constructor'],
    ...['null', 'true', '0', '-1', '1e999', 'NaN', '0x10', '٣', '\ud800', 'x'.repeat(255), 'x'.repeat(256)],
    ...[
      '😀'.repeat(255),
      '😀'.repeat(256),
      '../../etc/passwd',
      '${7*7}',
      '%00',
      '<script>',
      '2030-02-30',
      '0000-01-01',
    ],
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);

const oddNumber = fc.oneof(
  fc.constantFrom(
    0,
    -1,
    1.5,
    1e-9,
    2147483647,
    2147483648,
    -2147483649,
    9007199254740993,
    1e21,
    Number.MAX_VALUE,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
);

const junk: fc.Arbitrary<unknown> = fc.oneof(
  oddText,
  oddNumber,
  fc.constantFrom(null, true, false, [], {}, [[]], { toString: 1 }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Values as the document wants them. */
function valid(api: ApiDocument, schema: Schema | { $ref: string }): fc.Arbitrary<unknown> {
  const {
    type,
    format,
    enum: values,
    nullable,
    minimum = 1,
    maximum,
    items,
    properties,
    required,
  } = api.resolve<Schema>(schema);
  const value = (): fc.Arbitrary<unknown> => {
    if (values) return fc.constantFrom(...values);
    if (format === 'date') return fc.constantFrom('2030-01-31', '2031-12-31', '0001-01-01', '9999-12-31');
    if (format === 'uuid') return fc.uuid();
    if (type === 'integer')
      return fc.oneof(fc.integer({ min: minimum, max: minimum + 5 }), fc.constant(maximum ?? 9));
    if (type === 'boolean') return fc.boolean();
    if (items) return fc.array(valid(api, items), { minLength: 1, maxLength: 4 });
    if (!properties) return anyName;
    const fields = Object.entries(properties).map(([name, each]) => {
      const fresh = name !== 'sku' && each.pattern ? [newName] : [];
      return [name, fc.oneof(valid(api, each), ...fresh)] as const;
    });
    return fc.record(Object.fromEntries(fields), { requiredKeys: [...(required ?? [])] as never });
  };
  return nullable ? fc.option(value()) : value();
}

/** An object with something wrong in it: a field that is missing, misspelt, of another type, or new. */
function spoilt(objects: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(
      objects,
      fc.nat(),
      fc.constantFrom('drop', 'replace', 'misspell', 'case', 'add', 'deep'),
      junk,
      oddText,
    )
    .map(([object, index, how, value, text]) => {
      const entries = Object.entries(object as object);
      if (entries.length === 0) return value;
      const place = index % entries.length;
      const [name, old] = entries[place];
      if (how === 'drop') entries.splice(place, 1);
      else if (how === 'replace') entries[place] = [name, value];
      else if (how === 'misspell') entries[place] = [name.slice(0, -1), old];
      else if (how === 'case') entries[place] = [name.toUpperCase(), old];
      else if (how === 'deep') entries[place] = [name, { [name]: [old] }];
      else entries.push([text, value]);
      return Object.fromEntries(entries);
    });
}

const oddJson = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      '{',
      '}',
      '[]',
      'null',
      '1',
      '"x"',
      'true',
      '{}{}',
      '\ufeff{}',
      '{"a":1,}',
      "{'a':1}",
      '{"items":[]}',
    ],
    ...['{"__proto__":{"qty":1}}', '{"constructor":{"prototype":{}}}', '{"qty":1e400}', '{"qty":1,"qty":2}'],
    ...[
      '['.repeat(5_000),
      `{"items":[${'{},'.repeat(1_000)}{}]}`,
      `{"x":${'{"x":'.repeat(500)}1${'}'.repeat(501)}`,
    ],
    `{"ref":"a","sku":"b","qty":1,"x":"${'x'.repeat(1024 * 1024)}"}`,
  ),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc.json(),
);

function bodies(api: ApiDocument, { operation }: Call): fc.Arbitrary<string | Buffer | undefined> {
  const content = (operation.requestBody as { content?: Record<string, { schema: Schema }> } | undefined)
    ?.content;
  const objects = valid(api, content?.['application/json'].schema ?? { properties: {} });
  return fc.oneof(
    { weight: content ? 6 : 0, arbitrary: objects.map((each) => JSON.stringify(each)) },
    { weight: content ? 6 : 1, arbitrary: spoilt(objects).map((each) => JSON.stringify(each)) },
    { weight: 2, arbitrary: oddJson },
    { weight: content ? 1 : 6, arbitrary: fc.constant(undefined) },
  );
}

const oddSegment = fc.oneof(
  oddText.filter(isWellFormed).map(encodeURIComponent),
  fc.constantFrom(
    '',
    '.',
    '..',
    '%2e%2e',
    '%2f',
    '%5c',
    '%zz',
    '%',
    '%c0%80',
    '%ed%a0%80',
    '%FF',
    'a;b',
    'a:b',
    '*',
    'é',
    '~',
  ),
);

function urls(api: ApiDocument, { path, operation }: Call): fc.Arbitrary<string> {
  const segments = path
    .split('/')
    .map((segment) =>
      segment.startsWith('{')
        ? fc.oneof(
            { weight: 4, arbitrary: anyName.map(encodeURIComponent) },
            { weight: 2, arbitrary: oddSegment },
          )
        : fc.constant(segment),
    );
  const query = ((operation.parameters ?? []) as { in: string; name: string; schema: Schema }[])
    .filter((parameter) => parameter.in === 'query')
    .flatMap(({ name, schema }) => [
      // Whoever waits for events that nobody causes waits for all of that time.
      (name === 'wait' ? fc.constantFrom(0, 1) : valid(api, schema)).map(
        (value) => `${name}=${encodeURIComponent(String(value))}`,
      ),
      oddText.filter(isWellFormed).map((text) => `${name}=${encodeURIComponent(text)}`),
      fc.constantFrom(
        name,
        `${name}[]=1`,
        `${name.toUpperCase()}=1`,
        `${name}s=1`,
        `${name}=1&${name}=2`,
        '%zz',
        '&&',
      ),
    ]);
  return fc
    .tuple(
      fc.tuple(...segments).map((each) => each.join('/')),
      query.length === 0 ? fc.constant([]) : fc.array(fc.oneof(...query), { maxLength: 3 }),
      fc.oneof(
        { weight: 12, arbitrary: fc.constant('') },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            '/',
            '//',
            '/x',
            '/..',
            '?',
            '?%',
            '?a=%zz',
            '#x',
            '%00',
            ';x',
            '?__proto__=1',
          ),
        },
      ),
    )
    .map(([start, parts, end]) => `${start}${parts.length > 0 ? `?${parts.join('&')}` : ''}${end}`);
}

const visible = fc.string({ unit: fc.constantFrom(...'"*,W/\\abc01 ;='), maxLength: 20 });
const oddHeaders: fc.Arbitrary<Record<string, string>> = fc.oneof(
  { weight: 10, arbitrary: fc.constant({}) },
  ...Object.entries({
    'content-type': fc.constantFrom(
      ...[
        '',
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
        'application/json; charset=utf-16',
      ],
      ...[
        'application/json;',
        'application/jsonp',
        'APPLICATION/JSON',
        'json',
        'application/problem+json',
        '*/*',
      ],
    ),
    'content-encoding': fc.constantFrom('gzip', 'br', 'identity', 'x', ''),
    expect: fc.constantFrom('100-continue', '200-ok', ''),
    origin: fc.constantFrom('null', 'https://evil.example', 'http://localhost', '', 'x'),
    'sec-fetch-site': fc.constantFrom('cross-site', 'same-site', 'same-origin', 'none', 'x', ''),
    'if-match': fc.oneof(visible, fc.constantFrom('*', '"1"', 'W/"1"', '"1", "2"', '""')),
    'if-none-match': fc.oneof(visible, fc.constantFrom('*', '"1"', 'W/"1"', '"1", "2"')),
    'x-request-id': fc.oneof(visible, fc.constantFrom('x'.repeat(128), 'x'.repeat(129))),
    accept: fc.constantFrom('text/html', 'application/xml', '', '*/*;q=0'),
    'accept-encoding': fc.constantFrom('gzip', 'identity;q=0'),
    'x-http-method-override': fc.constantFrom('DELETE', 'PATCH'),
    range: fc.constantFrom('bytes=0-1', 'bytes=-1'),
    upgrade: fc.constantFrom('websocket', 'h2c'),
    cookie: visible,
  }).map(([name, values]) => ({ weight: 1, arbitrary: values.map((value) => ({ [name]: value })) })),
);

/** Requests to every operation of the document, most of them wrong in some way. */
export function fuzzRequests(api: ApiDocument): fc.Arbitrary<FuzzRequest> {
  return fc.constantFrom(...api.calls).chain((call) =>
    fc
      .record({
        method: fc.oneof(
          { weight: 12, arbitrary: fc.constant(call.method) },
          {
            weight: 1,
            arbitrary: fc.constantFrom(
              'GET',
              'HEAD',
              'POST',
              'PUT',
              'PATCH',
              'DELETE',
              'OPTIONS',
              'TRACE',
              'QUERY',
              'PROPFIND',
            ),
          },
        ),
        url: urls(api, call),
        headers: oddHeaders,
        body: bodies(api, call),
      })
      .map(({ method, url, headers, body }) => ({
        // What nobody could read is answered with a body, whatever it was, and Node's client takes that amiss.
        method: method === 'HEAD' && /[^ -~]/.test(url) ? 'GET' : method,
        url,
        headers: {
          // Node sends a body without its length for some methods: then it would be the next request.
          ...(body !== undefined && {
            'content-type': 'application/json',
            'content-length': String(Buffer.byteLength(body)),
          }),
          ...headers,
        },
        body,
      })),
  );
}
