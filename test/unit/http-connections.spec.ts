import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Connections, type ConnectionOptions } from '../../src/http/connections/connections';
import { captureLog } from '../support/captured-log';
import { get, RawClient } from '../support/raw-client';
import { until } from '../support/until';

const MEGABYTE = 1024 * 1024;

const log = captureLog();
let connections: Connections;
let server: Server;
/** The connections that are open, as the service sees them. */
let sockets: Set<Socket>;
let clients: RawClient[];
/** The paths of the requests that were handed to the handler, in their order. */
let begun: string[];
/** The requests of /slow, each to be let go on. */
let slow: (() => void)[];
const release = () => slow.forEach((goOn) => goOn());

/** Answers with the path, but for /megabyte. */
async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url!;
  begun.push(path);
  if (path === '/at-once') return void response.end();
  if (path === '/endless') return writeForEver(response);
  if (path === '/slow') await new Promise<void>((resolve) => slow.push(resolve));
  else await new Promise(setImmediate);
  if (path === '/body') await request.toArray();
  // As the adapter has it.
  if (path === '/last' || connections.isLastAnswer(request.socket)) response.setHeader('connection', 'close');
  response.end(path === '/megabyte' ? 'x'.repeat(MEGABYTE) : `${path}\n`);
}

/** Writes more whenever what was written before has gone. */
async function writeForEver(response: ServerResponse): Promise<void> {
  const closed = once(response, 'close');
  while (!response.closed) {
    if (response.write('x'.repeat(MEGABYTE / 4))) continue;
    await Promise.race([once(response, 'drain'), closed]);
  }
}

async function listen(limits?: Partial<ConnectionOptions>): Promise<void> {
  connections = new Connections(limits);
  server = connections.createServer((request, response) => void handle(request, response).catch(() => {}));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

async function connect(reads = true): Promise<RawClient> {
  const client = await RawClient.connect((server.address() as AddressInfo).port, reads);
  clients.push(client);
  return client;
}

beforeEach(() => {
  sockets = new Set();
  clients = [];
  begun = [];
  slow = [];
  log.length = 0;
});
afterEach(async () => {
  for (const { socket } of clients) socket.destroy();
  // Nothing is read of a connection that has a request under way, so its end is not seen either.
  release();
  await until(() => sockets.size === 0);
  if (server.listening) await new Promise((resolve) => server.close(resolve));
});

describe('requests that a client sends without waiting for answers', () => {
  beforeEach(() => listen());

  test('are answered one after the other', async () => {
    const client = await connect();
    client.socket.write(get('/slow') + get('/2') + get('/3'));
    await until(() => begun.length > 0);
    client.socket.write(get('/4'));
    await pause(50);
    expect(begun).toEqual(['/slow']);
    release();
    await until(() => client.statuses.length === 4);
    expect(begun).toEqual(['/slow', '/2', '/3', '/4']);
    expect(client.received.match(/^\/\w+/gm)).toEqual(begun);
  });

  test('are not looked at before their turn', async () => {
    let requests = 0;
    server.on('request', () => (requests += 1));
    const client = await connect();
    client.socket.write(get('/slow') + get('/at-once').repeat(100_000));
    let before: number;
    do {
      before = [...sockets][0].bytesRead;
      await pause(300);
    } while ([...sockets][0].bytesRead > before);
    expect(before).toBeLessThan(MEGABYTE);
    expect(requests).toBeLessThan(50);
  });

  test('are all answered, many as they may be', async () => {
    const client = await connect();
    const paths = Array.from({ length: 10_000 }, (_, i) => `/${i}`);
    client.socket.write(paths.map((path) => get(path)).join(''));
    await until(() => client.statuses.length === paths.length, 30);
    expect(begun).toEqual(paths);
  });

  test('stay with the client until it reads the answers', async () => {
    const client = await connect(false);
    const requests = get('/megabyte').repeat(500_000);
    client.socket.write(requests);
    let before: number;
    do {
      before = begun.length;
      await pause(300);
    } while (begun.length > before);
    // What the system itself takes, of answers and of requests.
    expect(begun.length).toBeLessThan(50);
    const [socket] = sockets;
    expect(socket.writableLength).toBeLessThan(2 * MEGABYTE);
    expect(socket.bytesRead).toBeLessThan(MEGABYTE);
    client.read();
    await until(() => begun.length > before + 100, 30);
  });

  test('let other clients in between', async () => {
    const [rude, other] = [await connect(), await connect()];
    rude.socket.write(get('/at-once').repeat(50_000));
    await until(() => begun.length > 0);
    other.socket.write(get('/other'));
    await until(() => other.statuses.length === 1);
    expect(begun.length).toBeLessThan(1_400);
  });

  test('may end in nonsense, which is answered in its turn', async () => {
    const client = await connect();
    client.socket.write(`${get('/slow')}${get('/2')}nonsense\r\n\r\n`);
    await until(() => begun.length > 0);
    await pause(20);
    expect(client.received).toBe('');
    release();
    await client.close();
    expect(client.statuses).toEqual([200, 200, 400]);
    expect(client.error).toBeUndefined();
  });
});

test('a client has time for the rest of a request that the service did not read on', async () => {
  await listen();
  const [ready, slow] = [await connect(), await connect()];
  for (const { socket } of [ready, slow]) socket.write(`${get('/slow')}GET /2 HTTP/1.1\r\n`);
  await until(() => begun.length === 2);
  // Longer than headers may take.
  await pause(6_500);
  expect([ready.received, slow.received]).toEqual(['', '']);
  ready.socket.write('Host: x\r\n\r\n');
  release();
  await until(() => ready.statuses.length === 2);
  expect(ready.statuses).toEqual([200, 200]);
  await slow.close();
  expect(slow.statuses).toEqual([200, 408]);
});

describe('a client that does not read its answer', () => {
  test('is given up', async () => {
    await listen({ unreadMs: 500 });
    const client = await connect(false);
    client.socket.write(get('/megabyte').repeat(100));
    await until(() => sockets.size === 1);
    await until(() => sockets.size === 0);
  });

  /** Reads a little again and again, for twice as long as an answer may lie unread. */
  async function readSlowly({ socket }: RawClient): Promise<number> {
    let bytes = 0;
    for (const end = Date.now() + 10_000; Date.now() < end; await pause(20)) {
      bytes += (socket.read() as Buffer | null)?.length ?? 0;
      socket.read(0);
      expect(sockets.size).toBe(1);
    }
    return bytes;
  }

  test('is not one that reads slowly for longer than that, answer after answer', async () => {
    await listen({ unreadMs: 5_000 });
    const client = await connect(false);
    client.socket.write(get('/megabyte').repeat(500));
    await until(() => sockets.size === 1);
    expect(await readSlowly(client)).toBeGreaterThan(2 * MEGABYTE);
  });

  test('is not one without an end that is read slowly, but is one that is not read on', async () => {
    await listen({ unreadMs: 5_000 });
    const client = await connect(false);
    client.socket.write(get('/endless'));
    await until(() => sockets.size === 1);
    await readSlowly(client);
    await until(() => sockets.size === 0);
  });
});

describe('too many connections', () => {
  test('are told so, but for questions after health', async () => {
    await listen({ connections: 2, connectionsForHealth: 4 });
    const [first, second, third, fourth] = [
      await connect(),
      await connect(),
      await connect(),
      await connect(),
    ];
    third.socket.write(get('/health/live'));
    fourth.socket.write(get('/v1/batches'));
    await fourth.close();
    expect(fourth.statuses).toEqual([503]);
    expect(fourth.received).toMatch(/^retry-after: 1\r$/im);
    expect(fourth.received).toMatch(/^connection: close\r$/im);
    expect(fourth.received).toMatch(/^content-type: application\/problem\+json\r$/im);
    expect(fourth.received).toMatch(/"type":"\/problems\/unavailable"/);
    first.socket.write(get('/1'));
    second.socket.write(get('/2'));
    await until(() => [first, second, third].every(({ statuses }) => statuses[0] === 200));
    await until(() => log.length > 0);
    expect(log).toEqual([expect.stringMatching(/^\["1 requests refused: more than 2 connections are open"/)]);
  });

  test('are answered after health also where a gateway leaves the path under which it shows the service', async () => {
    await listen({ connections: 0, basePath: '/shop/stock' });
    const [under, without, other] = [await connect(), await connect(), await connect()];
    under.socket.write(get('/shop/stock/health/ready'));
    without.socket.write(get('/health/ready'));
    other.socket.write(get('/shop/stock/v1/batches'));
    await until(() => [under, without, other].every(({ statuses }) => statuses.length === 1));
    expect([under, without, other].map(({ statuses }) => statuses[0])).toEqual([200, 200, 503]);
  });

  test('are closed when they are even more', async () => {
    await listen({ connections: 1, connectionsForHealth: 2 });
    const [first] = [await connect(), await connect()];
    const third = await connect();
    await third.close();
    expect(third.received).toBe('');
    first.socket.write(get('/1'));
    await until(() => first.statuses[0] === 200);
  });
});

describe('a client that ends its side', () => {
  beforeEach(() => listen());

  test('gets its answer', async () => {
    const client = await connect();
    client.socket.end(get('/slow'));
    await until(() => begun.length > 0);
    await pause(50);
    release();
    await client.close();
    expect(client.received).toMatch(/^HTTP\/1\.1 200 [^]*\/slow\n$/);
    expect(client.error).toBeUndefined();
  });

  test('gets all its answers', async () => {
    const client = await connect();
    const paths = Array.from({ length: 2_000 }, (_, i) => `/${i}`);
    client.socket.end(paths.map((path) => get(path)).join(''));
    await client.close();
    expect(client.statuses).toHaveLength(paths.length);
    expect(begun).toEqual(paths);
  });

  test.each(['', get('/1')])('without a request under way is let go, after %j', async (requests) => {
    const client = await connect();
    client.socket.write(requests);
    await until(() => client.statuses.length === (requests ? 1 : 0));
    client.socket.end();
    await client.close();
    await until(() => sockets.size === 0);
    expect(client.error).toBeUndefined();
  });

  test.each([
    ['headers', 'GET /1 HTTP/1.1\r\nHost: x\r\nX-'],
    ['body', 'POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345'],
    ['chunk', 'POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\na\r\n123'],
  ])('in the middle of its %s is told that the request is broken', async (_where, request) => {
    const client = await connect();
    client.socket.end(get('/1') + request);
    await client.close();
    await until(() => sockets.size === 0);
    expect(client.statuses).toEqual([200, 400]);
  });

  test('by a reset before the answer leaves nothing open', async () => {
    const client = await connect();
    client.socket.write(get('/slow'));
    await until(() => begun.length > 0);
    client.socket.resetAndDestroy();
    await until(() => sockets.size === 0);
    release();
  });
});

describe('a connection that the service ends', () => {
  beforeEach(() => listen());

  test('does not lose the answer over what the client still sends', async () => {
    const client = await connect(false);
    const length = 8 * MEGABYTE;
    client.socket.write(`POST /last HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`);
    for (let sent = 0; sent < length; sent += MEGABYTE) {
      client.socket.write('x'.repeat(MEGABYTE));
      await pause(5);
    }
    client.read();
    await client.close();
    expect(client.statuses).toEqual([200]);
    expect(client.error).toBeUndefined();
  });

  test('does not wait for a client that keeps it open', async () => {
    let requests = 0;
    server.on('request', () => (requests += 1));
    const client = await connect();
    client.socket.removeAllListeners('end');
    client.socket.write(get('/last'));
    await until(() => client.statuses.length === 1);
    client.socket.write(get('/ignored').repeat(100));
    await until(() => sockets.size === 0);
    expect([begun, requests]).toEqual([['/last'], 1]);
  });
});

describe('at the end', () => {
  const neverAborted = new AbortController().signal;
  beforeEach(() => listen());
  afterEach(() => jest.restoreAllMocks());

  test('an open connection has one more answer, which says that it is the last', async () => {
    // The clock stands still, so that no connection becomes idle because the machine stalls.
    let now = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    const older = await connect();
    older.socket.write(get('/1'));
    await until(() => older.statuses.length === 1);
    now += 500;
    const [underWay, busy, idle] = [await connect(), await connect(), await connect()];
    for (const { socket } of [busy, idle]) socket.write(get('/1'));
    await until(() => busy.statuses.length === 1 && idle.statuses.length === 1);
    busy.received = idle.received = '';
    underWay.socket.write(get('/slow'));
    await until(() => begun.includes('/slow'));
    const drained = connections.drain(10_000, neverAborted);
    await until(() => !server.listening);
    busy.socket.write(get('/busy'));
    await busy.close();
    expect(busy.statuses).toEqual([200]);
    expect(busy.received).toMatch(/^connection: close\r$/im);
    expect(older.closed).toBe(false);
    now += 1_000;
    await older.close();
    expect(idle.closed).toBe(false);
    now += 500;
    await idle.close();
    expect([idle.received, idle.error]).toEqual(['', undefined]);
    release();
    await drained;
    expect(underWay.received).toMatch(/^HTTP\/1\.1 200 [^]*^connection: close\r$/im);
    expect([busy.error, idle.error, underWay.error]).toEqual([undefined, undefined, undefined]);
  });

  test('all requests are answered that came together', async () => {
    const client = await connect();
    client.socket.write(get('/slow') + get('/2') + get('/3'));
    await until(() => begun.length > 0);
    const drained = connections.drain(10_000, neverAborted);
    await until(() => !server.listening);
    release();
    await drained;
    expect(client.statuses).toEqual([200, 200, 200]);
    expect(client.received.match(/^connection: close\r$/gim)).toHaveLength(1);
  });

  test('nobody waits for connections that have long been idle', async () => {
    let shortest = Infinity;
    // A machine that stalls takes its time, but not each time.
    for (let attempt = 1; attempt <= 3 && shortest >= 1_400; attempt += 1) {
      if (attempt > 1) await listen();
      const client = await connect();
      await pause(1_600);
      const started = performance.now();
      await connections.drain(10_000, neverAborted);
      shortest = Math.min(shortest, performance.now() - started);
      expect([client.received, client.error]).toEqual(['', undefined]);
    }
    expect(shortest).toBeLessThan(1_400);
  });

  test.each(['when the time is over', 'when there is a hurry'])(
    'requests are answered 503 %s',
    async (when) => {
      const hurry = new AbortController();
      const slow = await connect();
      const sending = await connect();
      const unread = await connect(false);
      slow.socket.write(get('/slow') + get('/2'));
      sending.socket.write('POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345');
      unread.socket.write(get('/megabyte').repeat(100));
      await until(() => begun.includes('/slow') && begun.includes('/body') && begun.includes('/megabyte'));
      const started = performance.now();
      const drained = connections.drain(when === 'when the time is over' ? 200 : 60_000, hurry.signal);
      await until(() => !server.listening);
      hurry.abort();
      await drained;
      expect(performance.now() - started).toBeLessThan(20_000);
      expect([slow.statuses, sending.statuses]).toEqual([[503], [503]]);
      expect(slow.received).toMatch(/^retry-after: 1\r$/im);
      expect(slow.error).toBeUndefined();
      expect(sockets.size).toBe(0);
      expect(log).toEqual([expect.stringContaining('No time left to answer the requests of 3 connections')]);
      release();
    },
  );
});
