import { PinoLogger } from 'nestjs-pino';
import { diagnostics } from '../../diagnostics';
import { inSpan, isTraceparent, traceparentOfSpan } from '../../tracing';
import { runWithCorrelation, currentCorrelation } from '../../correlation';
import { keyOf } from '../access/api-keys';
import { isHealth } from '../health.controller';
import type { HttpAdapter } from '../http-adapter';
import { REQUEST_ID } from './request-id';
import { endRequestSpan, requestSpan } from './request-span';

/** The status of a request whose client had gone, as nginx has it. */
export const CLIENT_GONE = 499;

/**
 * Says of a command that was carried out: its events have not reached all handlers yet, so a view may be behind. They
 * reach them later.
 */
export const EVENTS = 'x-events';

/** A request that is over. */
export interface TrackedRequest {
  readonly method: string;
  /** The pattern of its path, such as `/v1/allocations/:orderId`; `none` when there is no such call. */
  readonly route: string;
  /** Status of the answer; 499 when the client had gone before it was sent. */
  readonly status: number;
  readonly seconds: number;
}

/** Tells of every request. */
export const requests = diagnostics<TrackedRequest>('http.request');

/**
 * Gives every request its id: in the answer, in each line that is logged while it is handled, in the
 * events that it causes, and in one line that says how it ended.
 */
export function trackRequests(adapter: HttpAdapter): void {
  adapter.getInstance().addHook('onRequest', (request, reply, done) => {
    const { id, method, originalUrl: url } = request;
    reply.header(REQUEST_ID, id);
    // The trace that a request belongs to (W3C Trace Context), which goes along into the events; a wrong one counts as none.
    const { traceparent: named } = request.headers;
    const given = isTraceparent(named) ? named : undefined;
    const span = requestSpan(request, given);
    // Comes in any case; Fastify's onResponse does not when the client has gone.
    reply.raw.once('close', () => {
      const line = {
        requestId: id,
        method,
        url,
        status: reply.statusCode,
        key: keyOf(request)?.name,
        ms: Math.round(reply.elapsedTime),
      };
      const isAnswered = reply.raw.writableEnded && !request.raw.socket.destroyed;
      const message = isAnswered ? 'request answered' : 'request aborted by the client';
      PinoLogger.root[isHealth(request.url) ? 'debug' : 'info'](line, message);
      const status = isAnswered ? reply.statusCode : CLIENT_GONE;
      if (span) endRequestSpan(span, status);
      if (!requests.hasSubscribers) return;
      const route = request.routeOptions.url ?? 'none';
      requests.publish({ method, route, status, seconds: reply.elapsedTime / 1_000 });
    });
    const traceparent = traceparentOfSpan(span) ?? given;
    runWithCorrelation(
      { correlationId: id, causationId: id, traceparent, receivedAt: performance.now() },
      span ? () => inSpan(span, done) : done,
    );
  });
  adapter.getInstance().addHook('onSend', (_request, reply, _payload, done) => {
    if (currentCorrelation().eventsPending) reply.header(EVENTS, 'pending');
    done();
  });
}
