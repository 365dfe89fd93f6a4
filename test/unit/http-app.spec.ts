import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import {
  BadRequestException,
  ConflictException,
  Controller,
  Get,
  InternalServerErrorException,
  Logger,
  Module,
  NotFoundException,
  Param,
  Post,
} from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PinoLogger } from 'nestjs-pino';
import { symbols } from 'pino';
import { loadConfig } from '../../src/app.module';
import { currentCorrelation } from '../../src/correlation';
import { createApp } from '../../src/http/create-app';
import { Public } from '../../src/http/access/required-scope';
import { Unavailable } from '../../src/unavailable';
import { RawClient } from '../support/raw-client';
import { until } from '../support/until';

const errors: Record<string, () => unknown> = {
  bug: () => new TypeError('secret of the house'),
  'no-error': () => 'secret of the house',
  undefined: () => undefined,
  disguised: () => Object.assign(new Error('secret of the house'), { statusCode: 500, status: 500 }),
  unavailable: () => new Unavailable('secret of the house'),
  'internal-error': () => new InternalServerErrorException('secret of the house'),
  'not-found': () => new NotFoundException('There is no supplier 7'),
  'bad-request': () => new BadRequestException('Suppliers have numbers'),
  conflict: () => new ConflictException('Supplier 7 exists'),
};

let release = () => {};

/** A controller as another module might bring it. */
@Public()
@Controller('suppliers')
class SuppliersController {
  private readonly logger = new Logger('Suppliers');

  @Get('fail/:how')
  fail(@Param('how') how: string): never {
    throw errors[how]();
  }

  @Post()
  async correlation(): Promise<object> {
    await new Promise(setImmediate);
    this.logger.log({
      headers: { authorization: 'Bearer 1', cookie: 'a=1', host: 'x' },
      req: { headers: { cookie: 'a=1' } },
    });
    return currentCorrelation();
  }

  @Get('slow')
  async slow(): Promise<string> {
    await new Promise<void>((resolve) => (release = resolve));
    return 'done';
  }
}

@Module({ controllers: [SuppliersController] })
class SuppliersModule {}

let app: NestFastifyApplication;
const log: Record<string, unknown>[] = [];

beforeEach(async () => {
  app = await createApp(loadConfig({ LOG_LEVEL: 'debug', SHUTDOWN_GRACE: '2' }), SuppliersModule);
  await app.listen(0, '127.0.0.1');
  const write = (line: string) => log.push(JSON.parse(line) as Record<string, unknown>);
  Object.assign(PinoLogger.root, { [symbols.streamSym]: { write } });
  log.length = 0;
});
afterEach(() => app.close());

const port = () => (app.getHttpServer().address() as AddressInfo).port;

/** The lines of one request, once it is over. */
async function linesOf(requestId: unknown): Promise<Record<string, unknown>[]> {
  const lines = () => log.filter((line) => line.requestId === requestId);
  await until(() => lines().some(({ status }) => status !== undefined));
  return lines();
}

describe('an error', () => {
  test.each(['bug', 'no-error', 'undefined', 'disguised', 'internal-error'])(
    'that nobody foresaw is logged, and nothing of it is told: %s',
    async (how) => {
      const answer = await app.inject({ url: `/suppliers/fail/${how}` });
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([
        500,
        'application/problem+json; charset=utf-8',
      ]);
      expect(answer.json()).toMatchObject({ type: '/problems/internal-error', status: 500 });
      expect(answer.body).not.toMatch(/secret|\.ts/);

      const lines = await linesOf(answer.headers['x-request-id']);
      expect(lines).toHaveLength(2);
      expect(lines[0].level).toBe(50);
      if (how === 'bug')
        expect(lines[0].err).toMatchObject({
          message: 'secret of the house',
          stack: expect.stringMatching(/fail/),
        });
    },
  );

  test('says after which time the service may be available again', async () => {
    const answer = await app.inject({ url: '/suppliers/fail/unavailable' });
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1']);
    expect(answer.json().type).toBe('/problems/unavailable');
    expect(answer.body).not.toMatch(/secret/);
    expect((await linesOf(answer.headers['x-request-id']))[0]).toMatchObject({
      level: 40,
      msg: 'secret of the house',
    });
  });

  test.each([
    ['not-found', 404, '/problems/not-found', 'There is no supplier 7'],
    ['bad-request', 400, '/problems/bad-request', 'Suppliers have numbers'],
    ['conflict', 409, 'about:blank', 'Supplier 7 exists'],
  ])("of a module's own becomes a problem: %s", async (how, status, type, detail) => {
    const answer = await app.inject({ url: `/suppliers/fail/${how}` });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual({
      type,
      title: expect.any(String),
      status,
      detail,
      instance: answer.headers['x-request-id'],
    });
  });
});

describe('a request id', () => {
  const send = (id?: string) =>
    app.inject({
      method: 'POST',
      url: '/suppliers',
      payload: { x: 1 },
      headers: id === undefined ? {} : { 'x-request-id': id },
    });

  test.each(['1', 'order:4711/a?b#c%', '~'.repeat(128)])('is taken from the caller: %s', async (id) => {
    const answer = await send(id);
    expect(answer.headers['x-request-id']).toBe(id);
    expect(answer.json()).toMatchObject({ correlationId: id, causationId: id });
    expect((await linesOf(id)).map(({ msg, status }) => msg ?? status)).toHaveLength(2);
  });

  test.each([undefined, '', ' ', 'a b', 'a,\tb', 'é', '~'.repeat(129)])(
    'is made when the caller gives none: %j',
    async (id) => {
      const answer = await send(id);
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/);
      expect(answer.json().correlationId).toBe(answer.headers['x-request-id']);
    },
  );

  test('keeps requests apart that run at the same time', async () => {
    const ids = Array.from({ length: 50 }, (_, i) => `request-${i}`);
    const answers = await Promise.all(ids.map(send));
    expect(answers.map((answer) => answer.json().correlationId)).toEqual(ids);
  });

  test('is a URI reference as the instance of a problem', async () => {
    const answer = await app.inject({ url: '/none', headers: { 'x-request-id': 'a:b/%"<' } });
    expect(answer.json().instance).toBe('a%3Ab%2F%25%22%3C');
  });
});

describe('the log', () => {
  test('has one line of each request', async () => {
    await app.inject({ method: 'GET', url: '/none?a=1', headers: { 'x-request-id': 'one' } });
    expect(await linesOf('one')).toEqual([
      expect.objectContaining({
        level: 30,
        method: 'GET',
        url: '/none?a=1',
        status: 404,
        ms: expect.any(Number),
        msg: 'request answered',
      }),
    ]);
  });

  test('shows an undecodable URL as it came', async () => {
    await app.inject({ url: '/%zz', headers: { 'x-request-id': 'bad' } });
    expect(await linesOf('bad')).toMatchObject([{ url: '/%zz', status: 400 }]);
  });

  test('whispers about questions after health', async () => {
    await app.inject({ url: '/health/live', headers: { 'x-request-id': 'health' } });
    expect(await linesOf('health')).toMatchObject([{ level: 20, status: 200 }]);
  });

  test('keeps secrets', async () => {
    await app.inject({
      method: 'POST',
      url: '/suppliers',
      payload: {},
      headers: { 'x-request-id': 'secret' },
    });
    const [line] = await linesOf('secret');
    expect(line).toMatchObject({
      headers: { authorization: '[Redacted]', cookie: '[Redacted]', host: 'x' },
      req: { headers: { cookie: '[Redacted]' } },
    });
  });

  test('tells when a client did not wait for the answer', async () => {
    const socket = connect(port(), '127.0.0.1');
    socket.write('GET /suppliers/slow HTTP/1.1\r\nHost: x\r\nX-Request-Id: gone\r\n\r\n');
    release = () => {};
    const idle = release;
    await until(() => release !== idle);
    // A client that only ends its side may still wait for the answer.
    socket.resetAndDestroy();
    expect(await linesOf('gone')).toMatchObject([{ msg: 'request aborted by the client' }]);
    release();
  });
});

test.each([
  '/health/live',
  '/none',
  '/%zz',
  '/suppliers/fail/bug',
  '/docs',
  '/docs-json',
  '/docs/swagger-ui.css',
])('security headers are sent with %s', async (url) => {
  expect((await app.inject({ url })).headers).toMatchObject({
    // Loads nothing from elsewhere, and works over plain HTTP: no https:, no upgrade-insecure-requests.
    'content-security-policy':
      "default-src 'self';base-uri 'self';font-src 'self';form-action 'self';frame-ancestors 'self';" +
      "img-src 'self' data:;object-src 'none';script-src 'self';script-src-attr 'none';" +
      "style-src 'self' 'unsafe-inline'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
    'referrer-policy': 'no-referrer',
    'strict-transport-security': expect.any(String),
  });
});

describe('the service at its end', () => {
  afterEach(() => jest.restoreAllMocks());

  function get(agent: Agent, path: string): Promise<{ status?: number; connection?: string; body: string }> {
    return new Promise((resolve, reject) => {
      httpRequest({ agent, path, port: port(), host: '127.0.0.1' }, (response) => {
        let body = '';
        response.on('data', (data) => (body += String(data)));
        response.on('end', () =>
          resolve({ status: response.statusCode, connection: response.headers.connection, body }),
        );
      })
        .on('error', reject)
        .end();
    });
  }

  test('answers what is under way and what still comes, and says that it is not ready', async () => {
    const agent = new Agent({ keepAlive: true });
    release = () => {};
    const idle = release;
    const underWay = get(agent, '/suppliers/slow');
    await until(() => release !== idle);
    // The clock stands still: no connection becomes idle, and the time for answers is not over, because the machine stalls.
    const now = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    const other = await RawClient.connect(port());
    const another = await RawClient.connect(port());

    const closed = app.close();
    await until(() => !app.getHttpServer().listening);
    other.socket.write('GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n');
    another.socket.write('GET /suppliers/fail/conflict HTTP/1.1\r\nHost: x\r\n\r\n');
    await other.close();
    await another.close();
    expect([other.statuses, another.statuses]).toEqual([[503], [409]]);
    expect(other.received).toMatch(/"status":"shutting_down"/);
    for (const { received } of [other, another]) expect(received).toMatch(/^connection: close\r$/im);

    release();
    expect(await underWay).toMatchObject({ status: 200, connection: 'close', body: 'done' });
    await closed;
    agent.destroy();
  });

  test('tells a client whose answer takes too long to send the request again', async () => {
    const agent = new Agent({ keepAlive: true });
    release = () => {};
    const idle = release;
    const underWay = get(agent, '/suppliers/slow');
    await until(() => release !== idle);
    const started = Date.now();
    await app.close();
    expect(Date.now() - started).toBeGreaterThan(1_900);
    expect(await underWay).toMatchObject({ status: 503, connection: 'close' });
    release();
    await until(() => log.some(({ status }) => status === 503));
    expect(log.filter(({ level }) => Number(level) >= 40)).toEqual([
      expect.objectContaining({ msg: 'No time left to answer the requests of 1 connections' }),
    ]);
    agent.destroy();
  });
});

test('the end does not wait for ever for a client that does not finish its request', async () => {
  const socket = connect(port(), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(
    'POST /suppliers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{',
  );
  await once(app.getHttpServer(), 'request');
  const started = Date.now();
  await app.close();
  expect(Date.now() - started).toBeLessThan(20_000);
});

test('the service does not wait for ever for a client that sends its headers slowly', async () => {
  const socket = connect(port(), '127.0.0.1');
  let answer = '';
  socket.on('data', (data) => (answer += String(data)));
  socket.write('GET /health/live HTTP/1.1\r\nHost:');
  const started = Date.now();
  await once(socket, 'close');
  expect(answer).toMatch(/^HTTP\/1.1 408 /);
  expect(answer).toMatch(/"status":408/);
  expect(Date.now() - started).toBeLessThan(30_000);
});
