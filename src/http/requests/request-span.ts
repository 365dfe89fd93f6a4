import { failed, type Span, SpanKind, spanUnderWay, startSpan } from '../../tracing';
import type { Request } from '../fastify';
import { isHealth } from '../health.controller';

/**
 * Starts the span of a request, which belongs to the trace of whoever asked; or to the span of somebody who follows
 * requests in this process, too.
 * @returns undefined when nobody records spans, and for what is asked all the time by machines
 */
export function requestSpan(request: Request, traceparent: string | undefined): Span | undefined {
  const { method, url, routeOptions } = request;
  const [path] = url.split('?');
  if (isHealth(path) || path === '/metrics') return undefined;
  const route = routeOptions.url;
  return startSpan(route === undefined ? method : `${method} ${route}`, {
    kind: SpanKind.SERVER,
    attributes: { 'http.request.method': method, 'http.route': route, 'url.path': path },
    parent: spanUnderWay() ? undefined : { traceparent },
  });
}

/** @param status of the answer, or of none */
export function endRequestSpan(span: Span, status: number): void {
  span.setAttribute('http.response.status_code', status);
  if (status >= 500) failed(span, `Answered ${status}`);
  span.end();
}
