import type { IncomingMessage, RequestListener } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { withoutBase } from './base-path';
import { Connections } from './connections/connections';
import type { Request } from './fastify';
import type { HttpSettings } from './http-settings';
import { parseJson } from './requests/json-body';
import { requestId } from './requests/request-id';

/** Where a request goes whose URL cannot be decoded. No route begins like this. */
const NOWHERE = '/%25';

/** Fastify as this service uses it: strict about what it reads, with a timeout for everything. */
export class HttpAdapter extends FastifyAdapter {
  private readonly hurry = new AbortController();
  private isStopping = false;

  private readonly grace: number;
  private readonly connections: Connections;

  constructor({ SHUTDOWN_GRACE, BASE_PATH = '', TRUSTED_PROXIES }: HttpSettings) {
    const connections = new Connections({ basePath: BASE_PATH });
    super({
      bodyLimit: 1024 * 1024,
      // Longer than the headers that Node accepts: the length of a parameter is a matter of validation.
      routerOptions: { maxParamLength: 16 * 1024 },
      genReqId: requestId,
      // Fastify refuses a bad URL before any hook has run; sent nowhere, it is logged and answered like others.
      rewriteUrl: ({ url = '/' }: IncomingMessage) => withoutBase(pathOf(url) ?? NOWHERE, BASE_PATH),
      // Only these gateways are believed when they say which address a client has.
      trustProxy: TRUSTED_PROXIES ? [...TRUSTED_PROXIES] : false,
      serverFactory: (serve: RequestListener) => connections.createServer(serve),
      // Connections answer what cannot be read.
      clientErrorHandler: () => {},
      // Fastify's own answer has neither a request id nor the form of a problem.
      return503OnClosing: false,
    });
    this.grace = SHUTDOWN_GRACE;
    this.connections = connections;
    this.instance.removeAllContentTypeParsers();
    this.instance.addContentTypeParser('application/json', { parseAs: 'buffer' }, parseJson);
    this.instance.addHook('onSend', (request, reply, _payload, done) => {
      if (connections.isLastAnswer(request.raw.socket)) reply.header('connection', 'close');
      done();
    });
  }

  /** How many connections clients have open. */
  get connectionCount(): number {
    return this.connections.count;
  }

  /** The service is about to stop: whoever sends it requests should look for another instance. */
  get stopping(): boolean {
    return this.isStopping;
  }

  /** Tells that the service takes no more connections. What an answer still waits for should not be waited for then. */
  get closing(): AbortSignal {
    return this.connections.closing;
  }

  /** Goes on as ever, but lets `ready` say no, for whoever chooses between instances. */
  async announceStop(seconds: number): Promise<void> {
    this.isStopping = true;
    await pause(seconds * 1000, undefined, { signal: this.hurry.signal }).catch(() => {});
  }

  /** Comes before anything that requests need is stopped. Returns when the last connection has ended. */
  // eslint-disable-next-line @typescript-eslint/no-misused-promises -- Nest waits for it, whatever its type says.
  override async beforeClose(): Promise<void> {
    super.beforeClose();
    this.isStopping = true;
    await this.connections.drain(this.grace * 1000, this.hurry.signal);
  }

  /** Leaves whatever a stop waits for no more time; the requests that are under way are answered 503. */
  hasten(): void {
    this.hurry.abort();
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
