import * as fc from 'fast-check';
import type { ApiDocument, Call } from './api-document';

/** What goes over a connection, and what has to come back. */
export interface RawCase {
  readonly name: string;
  readonly pieces: readonly string[];
  /** The requests in it as far as they can be read, in their order. */
  readonly requests: readonly { readonly method: string; readonly url: string; readonly body?: string }[];
  /** How many answers have to come at least. */
  readonly answers: number;
  /** The status of the last answer; undefined for any that the document describes. */
  readonly status?: number;
  /** The client ends its side, since nothing else would bring the service to an answer. */
  readonly ends?: boolean;
}

/** What a kind of case is made from. */
interface Draft {
  readonly call: Call;
  /** The same for an operation that reads its body. */
  readonly writer: { readonly call: Call; readonly url: string };
  readonly url: string;
  readonly body: string;
  readonly junk: string;
  readonly number: number;
}

type Kind = (
  draft: Draft,
) => Omit<RawCase, 'name' | 'requests' | 'answers'> & Partial<Pick<RawCase, 'requests' | 'answers'>>;

const CLOSE = 'Host: x\r\nConnection: close\r\n';
const json = (body: string) =>
  `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

/** The request as it should be, but for the lines that are given. */
const whole = ({ call, url, body }: Draft, lines = '') =>
  `${call.method} ${url} HTTP/1.1\r\n${CLOSE}${lines}${call.operation.requestBody ? json(body) : '\r\n'}`;
const chunked = ({ call, url }: Draft, chunks: string) =>
  `${call.method} ${url} HTTP/1.1\r\n${CLOSE}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`;

/** A first line that no server should take. */
const firstLine =
  (line: (draft: Draft) => string): Kind =>
  (draft) => ({ pieces: [`${line(draft)}\r\n${CLOSE}\r\n`], requests: [], status: 400 });
/** A header that no server should take. */
const header =
  (lines: (draft: Draft) => string, status = 400): Kind =>
  (draft) => ({ pieces: [whole(draft, lines(draft))], requests: [], status });
/** Lengths of which nobody knows where the next request begins. */
const framing =
  (lines: (draft: Draft) => string): Kind =>
  (draft) => ({
    pieces: [
      `POST ${draft.url} HTTP/1.1\r\n${CLOSE}Content-Type: application/json\r\n${lines(draft)}\r\n${draft.body}`,
    ],
    requests: [],
    status: 400,
  });
/** A body in chunks that are none. */
const chunks =
  (text: (draft: Draft) => string): Kind =>
  (draft) => ({ pieces: [chunked({ ...draft, ...draft.writer }, text(draft))], requests: [], status: 400 });

const kinds: Readonly<Record<string, Kind>> = {
  'a method that does not exist': firstLine(({ url }) => `FETCH ${url} HTTP/1.1`),
  'a method in small letters': firstLine(({ call, url }) => `${call.method.toLowerCase()} ${url} HTTP/1.1`),
  'a very long method': firstLine(({ url }) => `${'GET'.repeat(500)} ${url} HTTP/1.1`),
  'a tunnel': (draft) => ({
    pieces: [`CONNECT x:80 HTTP/1.1\r\n${CLOSE}\r\n${draft.junk}`],
    requests: [],
    status: 400,
  }),
  'a method that only reflects': ({ url }) => ({
    pieces: [`TRACE ${url} HTTP/1.1\r\n${CLOSE}\r\n`],
    requests: [{ method: 'TRACE', url }],
    status: 405,
  }),
  // The first HTTP had none, and only GET.
  'no version': ({ call, url }) => ({ pieces: [`${call.method} ${url}\r\n${CLOSE}\r\n`] }),
  'a version to come': firstLine(
    ({ call, url, number }) => `${call.method} ${url} HTTP/${3 + (number % 7)}.0`,
  ),
  'a version of one number': firstLine(({ call, url }) => `${call.method} ${url} HTTP/1`),
  'another protocol': firstLine(({ call, url }) => `${call.method} ${url} FTP/1.0`),
  'two blanks in the first line': firstLine(({ call, url }) => `${call.method} ${url}  HTTP/1.1 x`),
  'a tab in the URL': firstLine(({ call, url }) => `${call.method} ${url}\tx HTTP/1.1`),
  'NUL in the URL': firstLine(({ call, url }) => `${call.method} ${url}\0 HTTP/1.1`),
  'a control character in the URL': firstLine(({ call, url }) => `${call.method} ${url}\x1b[2J HTTP/1.1`),
  'bytes in the URL that are no ASCII': firstLine(
    ({ call, url }) => `${call.method} ${url}\xe9\xff HTTP/1.1`,
  ),
  'a broken escape in the URL': firstLine(({ call, url }) => `${call.method} ${url}?x=%zz HTTP/1.1`),
  'an overlong escape in the URL': firstLine(({ call, url }) => `${call.method} ${url}%c0%af HTTP/1.1`),
  'half a surrogate pair in the URL': firstLine(({ call, url }) => `${call.method} ${url}%ed%a0%80 HTTP/1.1`),
  'no URL': firstLine(({ call }) => `${call.method}  HTTP/1.1`),
  'an authority as URL': firstLine(({ call }) => `${call.method} x:80 HTTP/1.1`),
  'a URL of another scheme': firstLine(({ call, url }) => `${call.method} ftp://x${url} HTTP/1.1`),
  'a whole URL': (draft) => ({ pieces: [whole({ ...draft, url: `http://x${draft.url}` })] }),
  'a URL with a fragment': (draft) => ({ pieces: [whole({ ...draft, url: `${draft.url}#x` })] }),
  'a URL of 20,000 characters': ({ call, url }) => ({
    pieces: [`${call.method} ${url}?${'x'.repeat(20_000)} HTTP/1.1\r\n${CLOSE}\r\n`],
    requests: [],
    status: 431,
  }),
  'headers of 20,000 bytes': header(() => `X: ${'x'.repeat(20_000)}\r\n`, 431),
  'three thousand headers': (draft) => ({ pieces: [whole(draft, 'X: y\r\n'.repeat(3_000))] }),
  'a header without a colon': header(() => 'Nonsense\r\n'),
  'a header without a name': header(() => ': x\r\n'),
  'a blank before the colon': header(() => 'Accept : */*\r\n'),
  'a folded header': header(() => 'X: a\r\n b\r\n'),
  'NUL in a header': header(() => 'X: a\0b\r\n'),
  'a carriage return in a header': header(() => 'X: a\rb\r\n'),
  'a header whose name is no token': header(() => 'X(y): a\r\n'),
  'line ends without carriage returns': (draft) => ({
    pieces: [whole(draft).replaceAll('\r\n', '\n')],
    requests: [],
    status: 400,
  }),
  'no Host': ({ call, url }) => ({ pieces: [`${call.method} ${url} HTTP/1.1\r\n\r\n`], status: 400 }),
  'two hosts': header(() => 'Host: y\r\n'),
  'two lengths': framing(({ body }) => `Content-Length: 2\r\nContent-Length: ${body.length}\r\n`),
  'a negative length': framing(() => 'Content-Length: -1\r\n'),
  'a length with a sign': framing(({ body }) => `Content-Length: +${body.length}\r\n`),
  'a length in hexadecimal': framing(() => 'Content-Length: 0x10\r\n'),
  'a length that no number holds': framing(() => `Content-Length: ${'9'.repeat(30)}\r\n`),
  'a list of lengths': framing(({ body }) => `Content-Length: ${body.length}, ${body.length}\r\n`),
  'a length and chunks': framing(
    ({ body }) => `Content-Length: ${body.length}\r\nTransfer-Encoding: chunked\r\n`,
  ),
  'chunks that are not the last coding': framing(() => 'Transfer-Encoding: chunked, gzip\r\n'),
  'a coding that nobody knows': framing(() => 'Transfer-Encoding: xchunked\r\n'),
  'chunks twice': framing(() => 'Transfer-Encoding: chunked, chunked\r\n'),
  'a chunk whose size is no number': chunks(() => 'zz\r\n'),
  'a chunk of negative size': chunks(() => '-1\r\n'),
  'a chunk of a size that no number holds': chunks(() => `${'f'.repeat(20)}\r\n`),
  'a chunk that is longer than it says': chunks(({ body }) => `1\r\n${body}\r\n0\r\n\r\n`),
  'a chunk extension of 20,000 characters': chunks(
    ({ body }) => `${body.length.toString(16)};${'x'.repeat(20_000)}\r\n`,
  ),
  'a trailer that is none': chunks(({ body }) => `${chunk(body)}0\r\nNonsense\r\n\r\n`),
  trailers: (draft) => ({
    pieces: [chunked(draft, `${chunk(draft.body)}0\r\nContent-Length: 5\r\nHost: y\r\n\r\n`)],
  }),
  'a chunk for each byte': (draft) => ({
    pieces: [chunked(draft, `${[...draft.body].map(chunk).join('')}0\r\n\r\n`)],
  }),
  'a request that comes byte by byte': (draft) => ({ pieces: [...whole(draft)] }),
  'a request in two pieces': (draft) => {
    const text = whole(draft);
    const cut = draft.number % text.length;
    return { pieces: [text.slice(0, cut), text.slice(cut)].filter((piece) => piece !== '') };
  },
  'a request that ends in its headers': (draft) => ({
    pieces: [whole(draft).slice(0, 30)],
    requests: [],
    answers: 0,
    ends: true,
  }),
  'a body that ends too early': ({ url }) => ({
    pieces: [
      `POST ${url} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{`,
    ],
    requests: [],
    answers: 0,
    ends: true,
  }),
  'nonsense behind a request': (draft) => ({
    pieces: [`GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n${draft.junk}\r\n\r\n`],
    requests: [{ method: 'GET', url: '/health/live' }],
    ends: true,
  }),
  'two requests at once': (draft) => ({
    pieces: [`GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n${whole(draft)}`],
    requests: [
      { method: 'GET', url: '/health/live' },
      { method: draft.call.method, url: draft.url, body: draft.body },
    ],
    answers: 2,
  }),
  'an expectation that nobody meets': (draft) => ({
    pieces: [whole(draft, 'Expect: 200-ok\r\n')],
    status: 417,
  }),
  'an expectation that is met': (draft) => ({ pieces: [whole(draft, 'Expect: 100-continue\r\n')] }),
  'a wish for a web socket': (draft) => ({
    pieces: [whole(draft, 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n')],
  }),
  'a wish for HTTP/2': (draft) => ({
    pieces: [whole(draft, 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n')],
  }),
  'the preface of HTTP/2': () => ({
    pieces: ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    requests: [],
    status: 400,
  }),
  'a greeting of TLS': () => ({
    pieces: ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
    requests: [],
    status: 400,
  }),
  'a greeting of SSH': () => ({ pieces: ['SSH-2.0-OpenSSH_9.2\r\n\r\n'], requests: [], status: 400 }),
  'bytes at random': ({ junk }) => ({ pieces: [`\x01${junk}\r\n\r\n`], requests: [], status: 400 }),
  'nothing at all': () => ({ pieces: [], requests: [], answers: 0, ends: true }),
  'empty lines before a request': (draft) => ({ pieces: [`\r\n\r\n${whole(draft)}`] }),
  'a request id of bytes that are no text': (draft) => ({
    pieces: [whole(draft, `X-Request-Id: \xff\xfe${draft.number}\r\n`)],
  }),
  'two types of content': (draft) => ({ pieces: [whole(draft, 'Content-Type: text/plain\r\n')] }),
};

/**
 * One case of each kind, for an operation of the document that the seed chooses.
 * @returns more than 60
 */
export function rawCases(api: ApiDocument, seed: number): RawCase[] {
  const drafts = fc
    .record({
      // The stream's answer has no end.
      call: fc.constantFrom(...api.calls.filter(({ path }) => !path.endsWith('/stream'))),
      writer: fc.constantFrom(...api.calls.filter(({ operation }) => operation.requestBody)),
      body: fc.constantFrom('{"ref":"raw","sku":"SOFA","qty":1}', '{"items":[{}]}', '{', '{"qty":0}'),
      name: fc.constantFrom('a', 'SOFA', '%F0%9F%98%80', 'a%2Fb', '..', '%00'),
      junk: fc.string({
        unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)),
        maxLength: 60,
      }),
      number: fc.nat(),
    })
    .map(({ name, call, writer, ...draft }) => {
      const urlOf = ({ path }: Call) => path.replace(/\{\w+\}/g, name);
      return { ...draft, call, url: urlOf(call), writer: { call: writer, url: urlOf(writer) } };
    });
  const samples = fc.sample(drafts, { seed, numRuns: Object.keys(kinds).length });
  return Object.entries(kinds).map(([name, kind], index) => {
    const draft = samples[index];
    const requests = [{ method: draft.call.method, url: draft.url, body: draft.body }];
    return { name, requests, answers: 1, ...kind(draft) };
  });
}
