import { createServer as createHttpServer, type RequestListener, type Server as HttpServer } from 'node:http';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { readSettings } from '../../src/config';
import { lookupPublic } from '../../src/webhooks/public-address';
import { WebhookClient } from '../../src/webhooks/webhook-client';
import { newSecret } from '../../src/webhooks/signature';
import { WebhooksSettings } from '../../src/webhooks/webhooks-settings';
import { DnsServer } from '../support/dns-server';
import { until } from '../support/until';

/** How long receivers that hang may take. */
const TIMEOUT_MS = 600;
/** How long the others may take: more than any wait of a test, so that this is not what ends it. */
const PATIENCE_MS = 60_000;
const message = { id: '01990a5c-7e00-7000-8000-0123456789ab', body: '{"n":1}' };
const secrets = [newSecret()];
const servers: (Server | HttpServer)[] = [];
const sockets = new Set<Socket>();
let client: WebhookClient;
let hasty: WebhookClient;

const clientWith = (ms: number, settings: NodeJS.ProcessEnv = { WEBHOOKS_ALLOW_PRIVATE: 'true' }) =>
  new WebhookClient(readSettings(settings, [WebhooksSettings]), { ms, testMs: ms });
beforeEach(() => {
  [client, hasty] = [clientWith(PATIENCE_MS), clientWith(TIMEOUT_MS)];
});
afterEach(() => {
  for (const each of [client, hasty]) each.onApplicationShutdown();
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function listening(server: Server | HttpServer): Promise<string> {
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

/** A receiver that speaks in its own way, once a request has begun. */
const raw = (speak: (socket: Socket) => void) =>
  listening(createServer((socket) => void socket.once('data', () => speak(socket))));
const http = (answer: RequestListener) => listening(createHttpServer(answer));
const post = (url: string, to = client) => to.post(url, message, secrets);

test.each([200, 201, 202, 204, 299])('a webhook that is answered %i is delivered', async (status) => {
  const url = await http((_, response) => void response.writeHead(status).end());
  expect(await post(url)).toMatchObject({ status, error: null });
});

test.each([400, 404, 410, 500, 503])(
  'a webhook that is answered %i has failed, and the beginning of the answer is kept',
  async (status) => {
    const url = await http((_, response) => void response.writeHead(status).end('no\nsuch\u0000 order'));
    expect(await post(url)).toMatchObject({
      status,
      error: `The endpoint answered ${status}: no such\\u0000 order`,
    });
  },
);

test.each([301, 302, 303, 307, 308])('a webhook follows no redirect: %i', async (status) => {
  let elsewhere = 0;
  const target = await http((_, response) => {
    elsewhere += 1;
    response.end();
  });
  const url = await http((_, response) => void response.writeHead(status, { location: target }).end());
  expect(await post(url)).toMatchObject({
    status,
    error: `The endpoint answered ${status}; redirects are not followed`,
  });
  expect(elsewhere).toBe(0);
});

test('a receiver that hangs is given up in time', async () => {
  const url = await raw(() => {});
  const outcome = await post(url, hasty);
  expect(outcome).toMatchObject({ status: null, error: 'No answer within 0.6 s' });
  expect(outcome.durationMs).toBeLessThan(TIMEOUT_MS + 20_000);
  await until(() => sockets.size === 0);
});

test('a receiver that sends its headers byte by byte is given up in time', async () => {
  const url = await raw((socket) => {
    const timer = setInterval(() => socket.write('H'), 20);
    socket.on('close', () => clearInterval(timer));
    socket.write('HTTP/1.1 204 No Content\r\nx: ');
  });
  expect(await post(url, hasty)).toMatchObject({ status: null, error: 'No answer within 0.6 s' });
  await until(() => sockets.size === 0);
});

test('a receiver that fails byte by byte is cut off in time', async () => {
  const url = await raw((socket) => {
    const timer = setInterval(() => socket.write('z'), 200);
    socket.on('close', () => clearInterval(timer));
    socket.write('HTTP/1.1 500 Oh\r\ncontent-length: 1000000\r\n\r\nz');
  });
  // Its headers are to be read first, also on a machine that stands still.
  const timeout = 6_000;
  const outcome = await client.post(url, message, secrets, undefined, timeout);
  expect(outcome.status).toBe(500);
  expect(outcome.error).toMatch(/^The endpoint answered 500: z+$/);
  expect(outcome.durationMs).toBeLessThan(timeout + 20_000);
  await until(() => sockets.size === 0);
});

test.each([200, 500])('a receiver that answers %i with 100 MB is cut off', async (status) => {
  let sent = 0;
  const url = await raw((socket) => {
    const chunk = Buffer.alloc(65_536, 'x');
    const more = () => {
      while (sent < 100_000_000 && !socket.destroyed) {
        sent += chunk.length;
        if (!socket.write(chunk)) return void socket.once('drain', more);
      }
    };
    socket.write(`HTTP/1.1 ${status} Big\r\ncontent-length: 100000000\r\n\r\n`);
    more();
  });
  const outcome = await post(url);
  expect(outcome.status).toBe(status);
  await until(() => sockets.size === 0);
  // What the buffers of the two systems take, and no more.
  expect(sent).toBeLessThan(20_000_000);
});

test('a receiver that answers 200 and goes on byte by byte has one connection for each delivery at most', async () => {
  const url = await raw((socket) => {
    const timer = setInterval(() => socket.write('z'), 20);
    socket.on('close', () => clearInterval(timer));
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n');
  });
  for (let n = 0; n < 3; n += 1) {
    const outcome = await post(url);
    expect(outcome).toMatchObject({ status: 200, error: null });
    // It is under way until the connection is cut off, a second after the answer has begun.
    expect(outcome.durationMs).toBeGreaterThan(950);
    await until(() => sockets.size === 0);
  }
});

test('headers without end in the answer to a webhook are refused', async () => {
  const url = await raw((socket) => {
    socket.write(`HTTP/1.1 204 No Content\r\n${`x: ${'y'.repeat(1_000)}\r\n`.repeat(1_000)}\r\n`);
  });
  expect(await post(url)).toMatchObject({ status: null, error: expect.stringContaining('Header overflow') });
});

test('an answer to a webhook that is no HTTP is refused', async () => {
  const url = await raw((socket) => void socket.end('220 mail.example ESMTP\r\n'));
  expect(await post(url)).toMatchObject({ status: null, error: expect.stringContaining('Parse Error') });
});

test('a receiver that is not there is a failure', async () => {
  expect(await post('http://127.0.0.1:9/')).toMatchObject({
    status: null,
    error: 'connect ECONNREFUSED 127.0.0.1:9',
  });
});

test('a receiver of webhooks can ask for a pause', async () => {
  const url = await http((_, response) => void response.writeHead(429, { 'retry-after': '60' }).end());
  expect(await post(url)).toMatchObject({ status: 429, retryAfterMs: 60_000 });
});

test('connections to receivers of webhooks are used again, and one that was closed meanwhile is made anew', async () => {
  const kept = new Set<Socket>();
  let isClosing = false;
  const url = await http((request, response) => {
    if (isClosing && kept.has(request.socket)) request.socket.resetAndDestroy();
    else response.end('ok');
    if (!isClosing) kept.add(request.socket);
  });
  for (let n = 0; n < 10; n += 1) expect((await post(url)).error).toBeNull();
  expect(kept.size).toBeLessThan(5);
  // At the moment when it is used again.
  isClosing = true;
  expect((await post(url)).error).toBeNull();
});

test('the delivery of a webhook that is broken off ends at once', async () => {
  const url = await raw(() => {});
  const abort = new AbortController();
  const sent = client.post(url, message, secrets, abort.signal);
  await until(() => sockets.size === 1);
  abort.abort();
  expect((await sent).error).not.toMatch(/^No answer within/);
});

describe('private networks', () => {
  let guarded: WebhookClient;
  const refused = { status: null, error: expect.stringContaining('is in a private network') };

  beforeEach(() => {
    guarded = clientWith(PATIENCE_MS, {});
  });
  afterEach(() => {
    guarded.onApplicationShutdown();
  });

  test('are refused as addresses and by name, before a byte is sent', async () => {
    let connections = 0;
    const server = createHttpServer();
    server.on('connection', () => (connections += 1));
    const url = await listening(server);
    const { port } = new URL(url);
    expect(await post(url, guarded)).toMatchObject(refused);
    expect(await post(`http://localhost:${port}/`, guarded)).toMatchObject(refused);
    expect(await post(`http://[::ffff:127.0.0.1]:${port}/`, guarded)).toMatchObject(refused);
    expect(await post(`https://localhost:${port}/`, guarded)).toMatchObject(refused);
    expect(connections).toBe(0);
  });

  test('are refused at the moment of connecting: a name that was public a moment ago gains nothing', async () => {
    const looked = () =>
      new Promise((resolve, reject) =>
        lookupPublic('rebinding.example', { all: true }, (error, addresses) =>
          error ? reject(error) : resolve(addresses),
        ),
      );
    const server = await DnsServer.start();
    try {
      server.answer(['93.184.215.14', '10.0.0.1']);
      expect(await looked()).toEqual([{ address: '93.184.215.14', family: 4 }]);
      server.answer(['127.0.0.1']);
      await expect(looked()).rejects.toThrow('rebinding.example is in a private network');
    } finally {
      server.stop();
    }
  });

  test('names whose server is silent do not keep other names from being looked up', async () => {
    const server = await DnsServer.start();
    try {
      let answered = 0;
      for (let name = 0; name < 8; name += 1)
        lookupPublic(`silent-${name}.example`, { all: true }, () => (answered += 1));
      await until(() => server.asked >= 8);
      expect(await lookup('localhost')).toMatchObject({ address: expect.any(String) });
      expect(answered).toBe(0);
      server.answer(['10.0.0.1']);
      await until(() => answered === 8);
    } finally {
      server.stop();
    }
  });
});
