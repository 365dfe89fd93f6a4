import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { until } from './until';

/** A client that decides itself when it sends, reads and closes. */
export class RawClient {
  /** What it has read so far. */
  received = '';
  /** Why the connection was lost, if it was not closed in order. */
  error?: NodeJS.ErrnoException;
  closed = false;

  private constructor(readonly socket: Socket) {
    socket.on('error', (error) => (this.error = error));
    socket.on('close', () => (this.closed = true));
  }

  /** @param reads whether it reads from the beginning on */
  static async connect(port: number, reads = true): Promise<RawClient> {
    // A client that half-closes keeps reading.
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    const client = new RawClient(socket);
    if (reads) client.read();
    return client;
  }

  read(): void {
    this.socket.on('data', (data) => (this.received += data.toString('latin1')));
    this.socket.on('end', () => this.socket.end());
  }

  /** The statuses of the answers so far. */
  get statuses(): number[] {
    return [...this.received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  }

  /** Waits until it is closed. */
  async close(): Promise<void> {
    await until(() => this.closed);
  }
}

/** A request without a body, as it goes over the wire. */
export function get(path: string, ...headers: string[]): string {
  return `GET ${path} HTTP/1.1\r\nHost: x\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`;
}
