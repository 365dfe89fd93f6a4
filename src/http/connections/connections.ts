import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { withoutBase } from '../base-path';
import { Connection, LINGER_MS } from './connection';
import { Refusals } from './refusal';

const CHECK_MS = 1_000;

/**
 * Between two looks at the open connections while the service stops, in milliseconds. Short, since the service ends as
 * soon as the last connection is closed.
 */
const STOPPING_CHECK_MS = 20;

/**
 * While the service stops, a client that uses its connection sends its next request within this time, and is
 * told that this was the last one. Were the connection closed under its hands, that request would be lost.
 */
const IDLE_MS = 1_500;

/** How long a connection may be idle; the answers say so (`Keep-Alive`). */
const KEEP_ALIVE_MS = 72_000;

/** What Node calls the ways to break HTTP, where the answer is not 400. */
const statusOf: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/** What clients may cost, and where they find the service. */
export interface ConnectionOptions {
  /** Above it a connection is told 503, but that health is still answered; it costs some 10 kB. */
  readonly connections: number;
  /** Above it a connection is closed unanswered. */
  readonly connectionsForHealth: number;
  /** How long a client may take to read an answer; it may take as long to send its request. */
  readonly unreadMs: number;
  /** The path under which a gateway shows the service. */
  readonly basePath: string;
}

const defaults: ConnectionOptions = {
  connections: 5_000,
  connectionsForHealth: 6_000,
  unreadMs: 30_000,
  basePath: '',
};

/** All connections of the service, whichever of its addresses they came by. */
export class Connections {
  private readonly logger = new Logger('Connections');
  private readonly servers: Server[] = [];
  private readonly open = new Map<Socket, Connection>();
  private readonly close = new AbortController();
  private refused = 0;

  private readonly limits: ConnectionOptions;
  private readonly refusals: Refusals;

  constructor(options: Partial<ConnectionOptions> = {}) {
    this.limits = { ...defaults, ...options };
    this.refusals = new Refusals(this.limits.basePath);
    // Every answer that waits for something listens.
    setMaxListeners(0, this.close.signal);
  }

  /** How many are open. */
  get count(): number {
    return this.open.size;
  }

  /** Tells when no answer should be waited for any more: connections are about to end, each after its answer. */
  get closing(): AbortSignal {
    return this.close.signal;
  }

  /** Makes a server that hands requests to `serve`. It does not listen yet. */
  createServer(serve: RequestListener): Server {
    const take: RequestListener = (request, response) =>
      this.open.get(request.socket)?.take(request, response);
    const server = createServer(
      {
        // A client has 5 s for its headers and 30 s for all of its request.
        headersTimeout: 5_000,
        requestTimeout: 30_000,
        connectionsCheckingInterval: CHECK_MS,
        // Node would refuse a request without Host by an answer without a body.
        requireHostHeader: false,
      },
      take,
    );
    // Node would refuse a request that expects anything but 100-continue (the header Expect) by such an answer, too.
    server.on('checkExpectation', take);
    // Node would close the connection of a client that takes the service for a proxy (CONNECT), without a word.
    server.on('connect', (_request, socket) => this.open.get(socket as Socket)?.fail(400));
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.maxConnections = this.limits.connectionsForHealth;
    server.on('connection', (socket) => this.accept(socket, serve));
    server.on('drop', () => (this.refused += 1));
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => this.fail(error, socket));
    server.once('listening', () => {
      const timer = setInterval(() => this.check(), CHECK_MS).unref();
      server.once('close', () => clearInterval(timer));
    });
    this.servers.push(server);
    return server;
  }

  /** Whether the answer that is now sent over the socket is its last one, and has to say so. */
  isLastAnswer(socket: Socket): boolean {
    return this.closing.aborted && this.open.get(socket)?.isLast !== false;
  }

  /**
   * Takes no more connections, and ends those that there are, each after its answer. What arrives on them is
   * carried out as ever. Requests that are still under way after `ms`, or when `hurry` says so, are answered
   * 503.
   * @returns when no connection is left
   */
  async drain(ms: number, hurry: AbortSignal): Promise<void> {
    // Now, and not in the middle of a turn of the event loop, every connection that the system has made is
    // accepted: those that it holds when it stops listening are reset.
    await new Promise(setImmediate);
    // The server's own close() would close idle connections at once, and no longer look for slow clients.
    for (const server of this.servers) if (server.listening) NetServer.prototype.close.call(server);
    this.close.abort();
    const end = performance.now() + ms;
    while (this.open.size > 0 && performance.now() < end && !hurry.aborted) {
      for (const connection of this.open.values()) connection.endIfIdleFor(IDLE_MS);
      await pause(STOPPING_CHECK_MS);
    }
    if (this.open.size > 0) await this.cut();
  }

  private async cut(): Promise<void> {
    const connections = [...this.open.values()];
    const unanswered = connections.filter((connection) => !connection.isIdle).length;
    if (unanswered > 0) this.logger.warn(`No time left to answer the requests of ${unanswered} connections`);
    for (const connection of connections) {
      if (connection.isIdle) connection.end();
      else connection.refuse(503);
    }
    const end = performance.now() + LINGER_MS;
    while (this.open.size > 0 && performance.now() < end) await pause(STOPPING_CHECK_MS);
    for (const socket of this.open.keys()) socket.destroy();
  }

  private accept(socket: Socket, serve: RequestListener): void {
    const isOneTooMany = this.open.size >= this.limits.connections;
    const take: RequestListener = (request, response) => {
      if (isOneTooMany && !this.asksAfterHealth(request)) {
        this.refused += 1;
        connection.refuse(503);
      } else serve(request, response);
    };
    const connection: Connection = new Connection(socket, take, this.refusals);
    this.open.set(socket, connection);
    socket.once('close', () => this.open.delete(socket));
  }

  private asksAfterHealth({ url = '' }: IncomingMessage): boolean {
    return withoutBase(url, this.limits.basePath).startsWith('/health/');
  }

  private fail(error: NodeJS.ErrnoException, socket: Socket): void {
    if (error.code === 'ECONNRESET') socket.destroy();
    else this.open.get(socket)?.fail(statusOf[error.code ?? ''] ?? 400);
  }

  private check(): void {
    for (const connection of this.open.values()) connection.closeIfUnreadFor(this.limits.unreadMs);
    if (this.refused > 0) {
      this.logger.warn(
        `${this.refused} requests refused: more than ${this.limits.connections} connections are open`,
      );
      this.refused = 0;
    }
  }
}
