import { ApiResponse } from '@nestjs/swagger';
import type { Reply } from '../fastify';
import type { HttpAdapter } from '../http-adapter';

/** The path of these segments, each percent-encoded. */
export function locationOf(...segments: string[]): string {
  return `/${segments.map(encodeURIComponent).join('/')}`;
}

/** Tells the client where to look at what its request changed (RFC 9110, section 10.2.2). */
export function locate(reply: Reply, ...segments: string[]): void {
  reply.header('location', locationOf(...segments));
}

/** Has each Location begin with the path under which a gateway shows the service. */
export function locateUnder(adapter: HttpAdapter, basePath: string): void {
  adapter.getInstance().addHook('onSend', (_request, reply, _payload, done) => {
    const location = reply.getHeader('location');
    if (typeof location === 'string' && location.startsWith('/'))
      reply.header('location', basePath + location);
    done();
  });
}

/** Documents an answer that consists of a status and a Location. */
export function ApiLocated(status: number, description: string, example: string): MethodDecorator {
  const Location = { description: 'Where to look at it.', schema: { type: 'string', example } };
  return ApiResponse({ status, description, headers: { Location } });
}
