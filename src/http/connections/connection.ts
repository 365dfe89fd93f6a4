import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Refusals } from './refusal';

/** How long the end of a connection waits for the client to end it too. */
export const LINGER_MS = 1_000;

/** How long is waited for the rest of a request whose beginning had to wait. */
const REST_MS = 5_000;

/** How much is read at once, in bytes: most requests, and not many of those that are very small. */
const CHUNK_BYTES = 1024;

/** How much of a body may wait for its handler, in bytes. */
const BODY_AHEAD = 64 * 1024;

/**
 * A connection of a client: answers one request at a time, and reads no further while it does. A client that
 * sends request after request without reading the answers (pipelining, RFC 9112, section 9.3.2) thus costs one
 * answer, however much it asks for; and two commands that it sends are carried out one after the other.
 */
export class Connection {
  private request?: IncomingMessage;
  private response?: ServerResponse;
  /** What came in the same portion as the request that is being answered, or ends the connection after it. */
  private readonly waiting: (() => void)[] = [];
  private ended = false;
  /** When the connection was opened or its last answer was taken in, in ms of `performance.now()`. */
  private idleSince = performance.now();
  private bytesReadWhenIdle = 0;
  private unreadSince?: number;

  constructor(
    private readonly socket: Socket,
    private readonly serve: RequestListener,
    private readonly refusals: Refusals,
  ) {
    socket.on('readable', this.read);
    // Node resumes a socket when a body that has waited is read on.
    socket.on('resume', this.read);
    // At `drain` the client has taken all that was written. So an endless answer does not count as unread as long as
    // its client catches up again and again.
    socket.on('drain', () => (this.unreadSince = undefined));
    socket.once('close', () => (this.waiting.length = 0));
    // Node calls it after an answer with `Connection: close`, and would reset a connection on which more came.
    socket.destroySoon = () => this.end();
    this.endAfterAnswers();
  }

  /** Whether nothing is to be answered here. */
  get isIdle(): boolean {
    return !this.request && this.waiting.length === 0;
  }

  /** Whether nothing has come after the request that is being answered. */
  get isLast(): boolean {
    return this.waiting.length === 0 && this.socket.readableLength === 0;
  }

  /** Answers the request, after those that came before it. */
  take(request: IncomingMessage, response: ServerResponse): void {
    if (this.ended) return;
    if (this.isIdle) this.start(request, response);
    else this.waiting.push(() => this.start(request, response));
  }

  /** Answers what Node could not read as HTTP, or waited for in vain; after what came before it. */
  fail(status: number): void {
    if (this.ended) return;
    if (!this.socket.writable) this.socket.destroy();
    else if (this.request && !this.request.complete) this.refuse(status);
    else if (this.isIdle) this.end(this.refusals.textOf(status));
    else this.waiting.push(status === 408 ? this.waitForRest : () => this.fail(status));
  }

  /** Answers the request that is being handled, in the place of its handler. The connection ends then. */
  refuse(status: number): void {
    const { response } = this;
    if (!response || response.headersSent) return void this.socket.destroy();
    this.waiting.length = 0;
    const { headers, body } = this.refusals.of(status);
    response.writeHead(status, { ...headers }).end(body);
  }

  /**
   * Ends the connection after `text`. What still comes is not answered, but it is read: a socket that is
   * closed with data unread resets the connection, and the client may lose the answer that it was sent.
   */
  end(text?: string): void {
    if (this.ended) return;
    this.ended = true;
    this.waiting.length = 0;
    if (text === undefined) this.socket.end();
    else this.socket.end(text);
    // What is read from now on goes nowhere.
    this.socket.removeAllListeners('data');
    this.read();
    const timer = setTimeout(() => this.socket.destroy(), LINGER_MS).unref();
    this.socket.once('close', () => clearTimeout(timer));
  }

  /** Ends the connection if for `ms` nothing has been answered, and nothing of a request has come. */
  endIfIdleFor(ms: number): void {
    if (!this.isIdle || this.socket.bytesRead > this.bytesReadWhenIdle) return;
    if (performance.now() - this.idleSince >= ms) this.end();
  }

  /**
   * Closes the connection if at each call for `ms` the client had not yet read the answer, or the part of it that was
   * written last.
   */
  closeIfUnreadFor(ms: number): void {
    if (this.socket.writableLength === 0) this.unreadSince = undefined;
    else if (performance.now() - (this.unreadSince ??= performance.now()) >= ms) this.socket.destroy();
  }

  private get wantsMore(): boolean {
    if (this.ended) return true;
    // Node's parser must not be given anything before what it has answered has gone.
    if (this.waiting.length > 0 || this.socket.writableNeedDrain) return false;
    return !this.request || (!this.request.complete && this.request.readableLength < BODY_AHEAD);
  }

  /** Each portion that is read goes to Node's parser, which listens to `data`. */
  private readonly read = (): void => {
    while (this.wantsMore && this.socket.read(Math.min(this.socket.readableLength, CHUNK_BYTES)) !== null);
  };

  private start(request: IncomingMessage, response: ServerResponse): void {
    this.request = request;
    this.response = response;
    this.unreadSince = undefined;
    response.once('close', this.goOn);
    this.serve(request, response);
  }

  /** Comes when the system has taken the whole answer over, or the connection is gone. */
  private readonly goOn = (): void => {
    this.request = this.response = undefined;
    this.idleSince = performance.now();
    this.bytesReadWhenIdle = this.socket.bytesRead;
    // In a turn of its own, so that a client with many requests lets the others in between.
    if (this.waiting.length > 0 || this.socket.readableLength > 0) setImmediate(this.next);
    else this.read();
  };

  private readonly next = (): void => {
    this.waiting.shift()?.();
    // After a request that is not complete only an error can have come, or the end of all input.
    if (this.request && !this.request.complete) this.waiting.shift()?.();
    this.read();
  };

  /** Node's clock ran while the beginning of a request waited with others, so the client gets time for the rest. */
  private readonly waitForRest = (): void => {
    const { idleSince, request } = this;
    setTimeout(() => {
      const hasNotCome = this.idleSince === idleSince && this.request === request && !request?.complete;
      if (hasNotCome) this.fail(408);
    }, REST_MS).unref();
  };

  /**
   * A client may end its side when it has sent all its requests. Node would then end the other side too, and
   * with it the answers, so it is told later. In the middle of a request it is an error.
   */
  private endAfterAnswers(): void {
    const atEnd = this.socket.listeners('end');
    this.socket.removeAllListeners('end');
    this.socket.once('end', () => {
      const notify = () => atEnd.forEach((listener) => void listener.call(this.socket));
      if (this.isIdle || !this.request?.complete) notify();
      else this.waiting.push(notify);
    });
  }
}
