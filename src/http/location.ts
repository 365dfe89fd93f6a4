import { ApiResponse } from '@nestjs/swagger';
import type { Reply } from './fastify';

/** Tells the client where to look at what its request changed (RFC 9110, section 10.2.2). */
export function locate(reply: Reply, ...segments: string[]): void {
  reply.header('location', `/${segments.map(encodeURIComponent).join('/')}`);
}

/** Documents an answer that consists of a status and a Location. */
export function ApiLocated(status: number, description: string, example: string): MethodDecorator {
  const Location = { description: 'Where to look at it.', schema: { type: 'string', example } };
  return ApiResponse({ status, description, headers: { Location } });
}
