import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface Reply {
  readonly status: number;
  /** What the JSON of the answer says; undefined when there is none. */
  readonly content: unknown;
}

interface Answer {
  readonly resolve: (status: number, content: Buffer) => void;
  readonly reject: (reason: Error) => void;
}

const HEAD_END = '\r\n\r\n';
const NOTHING: Buffer = Buffer.alloc(0);

/**
 * A client that keeps its connection and waits for each answer before it asks again. The load generator
 * shares its processors with the service, so it must cost little: unless it is asked for more, this one reads of an
 * answer what a load test needs, the status and where the answer ends.
 */
export class HttpConnection {
  private unread: Buffer = NOTHING;
  private waiting?: Answer;

  private constructor(
    private readonly socket: Socket,
    private readonly host: string,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.read(chunk));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('The service has closed the connection')));
  }

  /** @param url where the service listens, such as `http://127.0.0.1:3000` */
  static async open(url: string): Promise<HttpConnection> {
    const { hostname, port, host } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new HttpConnection(socket, host);
  }

  /**
   * Sends a request and waits for the end of its answer.
   * @param body sent as JSON
   * @param headers besides those that every request needs
   * @returns the status
   * @throws Error when the connection is lost, or the answer does not say how long it is
   */
  send(
    method: Method,
    path: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<number> {
    return new Promise((resolve, reject) => this.request(method, path, { resolve, reject }, body, headers));
  }

  /** The same, and reads the answer. */
  async ask(
    method: Method,
    path: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Reply> {
    const [status, content] = await new Promise<[number, Buffer]>((resolve, reject) => {
      const answer = { resolve: (...reply: [number, Buffer]) => resolve(reply), reject };
      this.request(method, path, answer, body, headers);
    });
    return { status, content: content.length > 0 ? JSON.parse(content.toString()) : undefined };
  }

  /** The same as send, when only one status is right. @throws Error also when it is another */
  async expect(
    status: number,
    method: Method,
    path: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<void> {
    const answer = await this.send(method, path, body, headers);
    if (answer !== status) throw new Error(`${method} ${path} was answered ${answer} instead of ${status}`);
  }

  /** Whether neither side has closed it. */
  get isOpen(): boolean {
    return !this.socket.destroyed;
  }

  close(): void {
    this.waiting = undefined;
    this.socket.destroy();
  }

  private request(
    method: Method,
    path: string,
    answer: Answer,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): void {
    if (this.socket.destroyed) return answer.reject(new Error('The connection is closed'));
    this.waiting = answer;
    const content = body === undefined ? '' : JSON.stringify(body);
    const aboutContent =
      body === undefined
        ? ''
        : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(content)}\r\n`;
    let more = '';
    for (const name in headers) more += `${name}: ${headers[name]}\r\n`;
    this.socket.write(
      `${method} ${path} HTTP/1.1\r\nhost: ${this.host}\r\n${more}${aboutContent}\r\n${content}`,
    );
  }

  private read(chunk: Buffer): void {
    this.unread = this.unread.length === 0 ? chunk : Buffer.concat([this.unread, chunk]);
    const headLength = this.unread.indexOf(HEAD_END);
    if (headLength < 0) return;
    const head = this.unread.toString('latin1', 0, headLength);
    const status = Number(head.slice(9, 12));
    const contentLength = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (contentLength === undefined && status !== 204 && status !== 304) {
      this.fail(new Error(`An answer ${status} came without a Content-Length`));
      return;
    }
    const begin = headLength + HEAD_END.length;
    const end = begin + Number(contentLength ?? 0);
    if (this.unread.length < end) return;
    const content = this.unread.subarray(begin, end);
    this.unread = NOTHING;
    const answer = this.waiting;
    this.waiting = undefined;
    answer?.resolve(status, content);
  }

  private fail(error: Error): void {
    const answer = this.waiting;
    this.waiting = undefined;
    answer?.reject(error);
    this.socket.destroy();
  }
}
