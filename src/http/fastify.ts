import type { HttpServer } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** The types of Fastify, which comes with Nest's adapter and is no dependency of its own. */
type Types =
  ReturnType<NestFastifyApplication['getHttpAdapter']> extends HttpServer<infer Request, infer Reply>
    ? { request: Request; reply: Reply }
    : never;

export type Request = Types['request'];
export type Reply = Types['reply'];
