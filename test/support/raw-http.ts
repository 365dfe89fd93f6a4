import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

/** An answer as it came over the socket. */
export interface RawAnswer {
  readonly status: number;
  /** By names in lower case; of several of one name the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends bytes that a client library would not, piece by piece, and returns all that comes back.
 * @param pieces each character is a byte; the service must close the connection within ten seconds
 * @param ends whether the client ends its side then
 */
export async function sendRaw(port: number, pieces: readonly string[], ends = false): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const closed = once(socket, 'close', { signal: AbortSignal.timeout(10_000) });
  closed.catch(() => undefined);
  let answer = '';
  socket.on('data', (data) => (answer += data.toString('latin1')));
  socket.on('error', () => undefined);
  // As clients do when the server has ended its side.
  socket.on('end', () => socket.end());
  try {
    for (const piece of pieces) {
      if (!socket.destroyed) socket.write(piece, 'latin1');
      // In a packet of its own.
      if (pieces.length > 1) await pause(1);
    }
    if (ends) socket.end();
    await closed;
  } finally {
    socket.destroy();
  }
  return answer;
}

/**
 * Takes apart what came over a connection.
 * @param methods of the requests that are answered, in their order; HEAD is answered without a body
 * @throws Error when something is no answer, or an answer is not whole
 */
export function answersIn(text: string, methods: readonly string[] = []): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = text;
  while (rest !== '') {
    const [head, status, lines] = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/.exec(rest) ?? [];
    if (head === undefined) throw new Error(`No answer: ${JSON.stringify(rest.slice(0, 200))}`);
    rest = rest.slice(head.length);
    if (status === '100') continue;
    const headers = Object.fromEntries(
      lines.split('\r\n').flatMap((line) => {
        const [, name, value] = /^([^:]+): *(.*)$/.exec(line) ?? [];
        return name === undefined ? [] : [[name.toLowerCase(), value]];
      }),
    ) as Record<string, string>;
    const hasNoBody = methods[answers.length] === 'HEAD' || ['204', '304'].includes(status);
    const length = hasNoBody ? 0 : Number(headers['content-length']);
    if (!(length <= rest.length)) throw new Error(`Half an answer: ${head}${rest}`);
    answers.push({ status: Number(status), headers, body: utf8(rest.slice(0, length)) });
    rest = rest.slice(length);
  }
  return answers;
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString();
}
