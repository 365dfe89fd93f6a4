import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { HttpException } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Request } from './fastify';
import { answerTo } from './error-answers';
import { parseJson } from './json-body';
import { REQUEST_ID, requestId } from './request-id';

/** Where a request goes whose URL cannot be decoded. No route begins like this. */
const NOWHERE = '/%25';

/** At the end Node stops looking for slow clients. Orchestrators kill after 10 s as a rule. */
const GRACE_MS = 5_000;

/** Fastify as this service uses it: strict about what it reads, and patient for a while only. */
export class HttpAdapter extends FastifyAdapter {
  /** The service shuts down: requests under way are finished, new ones refused. */
  closing = false;

  constructor() {
    super({
      bodyLimit: 1024 * 1024,
      // Longer than the headers that Node accepts: the length of a parameter is a matter of validation.
      routerOptions: { maxParamLength: 16 * 1024 },
      genReqId: requestId,
      // Fastify refuses a bad URL before any hook has run; sent nowhere, it is logged and answered like others.
      rewriteUrl: ({ url = '/' }: IncomingMessage) => pathOf(url) ?? NOWHERE,
      // A client has 5 s for its headers and 30 s for all of its request.
      // Node would refuse a request without Host by an answer without a body.
      http: { headersTimeout: 5_000, connectionsCheckingInterval: 1_000, requireHostHeader: false },
      requestTimeout: 30_000,
      clientErrorHandler: answerUnreadable,
      forceCloseConnections: 'idle',
      // Fastify's own answer has neither a request id nor the form of a problem.
      return503OnClosing: false,
    });
    // As would it one that expects what no server can do.
    this.instance.server.on('checkExpectation', (request, response) => {
      this.instance.server.emit('request', request, response);
    });
    this.instance.removeAllContentTypeParsers();
    this.instance.addContentTypeParser('application/json', { parseAs: 'buffer' }, parseJson);
    // A connection that a client keeps for its next request would hold up the end.
    this.instance.addHook('onSend', (_request, reply, _payload, done) => {
      if (this.closing) reply.header('connection', 'close');
      done();
    });
  }

  override beforeClose(): void {
    super.beforeClose();
    this.closing = true;
  }

  /** Waits for the requests under way; for those of clients that dawdle no longer than GRACE_MS. */
  override async close(): Promise<void> {
    const cut = setTimeout(() => this.instance.server.closeAllConnections(), GRACE_MS);
    await super.close();
    clearTimeout(cut);
  }
}

/** Whether the URL of the request was sent nowhere because it is no path or cannot be decoded. */
export function isSentNowhere(request: Request): boolean {
  return request.raw.url === NOWHERE && request.originalUrl !== NOWHERE;
}

/** The path and query of a URL, which a client may send whole (RFC 9112, section 3.2.2); undefined if it is none. */
function pathOf(url: string): string | undefined {
  const path = url.startsWith('/') ? url : /^https?:\/\/[^/?#]+(\/.*)$/i.exec(url)?.[1];
  try {
    if (path !== undefined) decodeURIComponent(path);
    return path;
  } catch {
    return undefined;
  }
}

/** Answers what Node could not read as HTTP, or waited for in vain. There is no request to speak of. */
function answerUnreadable(error: Error & { code: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 }[error.code] ?? 400;
  const id = requestId();
  const body = JSON.stringify(answerTo(new HttpException('', status), id).body);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
      `Content-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n` +
      `${REQUEST_ID}: ${id}\r\n\r\n` +
      body,
  );
}
