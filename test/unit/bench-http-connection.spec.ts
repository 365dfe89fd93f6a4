import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { HttpConnection } from '../../bench/http-connection';

/** A server that answers each request with the next of these lists of chunks, and keeps what it was sent. */
async function serverThatAnswers(...answers: string[][]) {
  const sockets: Socket[] = [];
  const requests: string[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.setNoDelay(true);
    socket.on('data', (request) => {
      requests.push(request.toString());
      void (async () => {
        for (const chunk of answers.shift() ?? []) {
          socket.write(chunk);
          // Lets the client read it before the next one is written.
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      })();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { url, requests, hangUp: () => sockets[0].destroy(), stop };
}

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

async function connected(...answers: string[][]) {
  const server = await serverThatAnswers(...answers);
  const connection = await HttpConnection.open(server.url);
  stops.push(() => connection.close(), server.stop);
  return { ...server, connection };
}

test('questions are asked on one connection, and each answer is read to its end', async () => {
  const { connection, requests, url } = await connected(
    ['HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n'],
    ['HTTP/1.1 20', '0 OK\r\ncontent-le', 'ngth: 10\r\n\r', '\n01234', '56789'],
    ['HTTP/1.1 304 Not Modified\r\netag: "7"\r\n\r\n'],
  );
  expect(await connection.send('POST', '/v1/allocations', { sku: 'TÜR' })).toBe(202);
  expect(await connection.send('GET', '/v1/batches/1')).toBe(200);
  expect(await connection.send('GET', '/v1/batches/1')).toBe(304);
  expect(requests).toEqual([
    `POST /v1/allocations HTTP/1.1\r\nhost: ${url.slice(7)}\r\ncontent-type: application/json\r\n` +
      `content-length: 14\r\n\r\n{"sku":"TÜR"}`,
    `GET /v1/batches/1 HTTP/1.1\r\nhost: ${url.slice(7)}\r\n\r\n`,
    `GET /v1/batches/1 HTTP/1.1\r\nhost: ${url.slice(7)}\r\n\r\n`,
  ]);
});

test('whoever asks for the content of an answer gets it', async () => {
  const { connection } = await connected(
    ['HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{"qty":', '"10"}'],
    ['HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n'],
  );
  expect(await connection.ask('GET', '/v1/batches/1')).toEqual({ status: 200, content: { qty: '10' } });
  expect(await connection.ask('DELETE', '/v1/allocations/1/2')).toEqual({ status: 202, content: undefined });
  expect(connection.isOpen).toBe(true);
});

test('an answer that was not expected is an error that says what was asked', async () => {
  const { connection } = await connected(['HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\n\r\n{}']);
  await expect(connection.expect(202, 'POST', '/v1/allocations', {})).rejects.toThrow(
    'POST /v1/allocations was answered 503 instead of 202',
  );
});

test('an answer of unknown length is refused rather than waited for', async () => {
  const { connection } = await connected(['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n']);
  await expect(connection.send('GET', '/')).rejects.toThrow('An answer 200 came without a Content-Length');
});

test('a lost connection fails the question under way, and those after it', async () => {
  const { connection, requests, hangUp } = await connected([]);
  const answer = connection.send('GET', '/');
  while (requests.length === 0) await new Promise(setImmediate);
  hangUp();
  await expect(answer).rejects.toThrow();
  await expect(connection.send('GET', '/')).rejects.toThrow();
});
