import { ApiResponse } from '@nestjs/swagger';
import type { Reply } from './fastify';

/** The path of these segments, each percent-encoded. */
export function locationOf(...segments: string[]): string {
  return `/${segments.map(encodeURIComponent).join('/')}`;
}

/** Tells the client where to look at what its request changed (RFC 9110, section 10.2.2). */
export function locate(reply: Reply, ...segments: string[]): void {
  reply.header('location', locationOf(...segments));
}

/** Documents an answer that consists of a status and a Location. */
export function ApiLocated(status: number, description: string, example: string): MethodDecorator {
  const Location = { description: 'Where to look at it.', schema: { type: 'string', example } };
  return ApiResponse({ status, description, headers: { Location } });
}
