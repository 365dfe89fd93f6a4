import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiRevalidated } from '../../http/requests/etag';
import type { Reply, Request } from '../../http/fastify';
import { KeptDocument } from '../../http/openapi/kept-document';
import { Public } from '../../http/access/required-scope';
import { asyncApiDocument, type MessageApi } from '../asyncapi';

/** For Nest: what all modules say of their messages. */
export const MESSAGE_APIS = Symbol('MESSAGE_APIS');

/** The description of the messages, beside that of HTTP at /docs-json. */
@ApiTags('Operations')
@Public()
@Controller('asyncapi.json')
export class AsyncApiController {
  private readonly document: KeptDocument;

  constructor(@Inject(MESSAGE_APIS) modules: readonly MessageApi[]) {
    this.document = new KeptDocument(JSON.stringify(asyncApiDocument(modules)));
  }

  @Get()
  @ApiOperation({
    summary: 'Describe the messages that go in and out',
    description: 'An AsyncAPI 3 document.',
  })
  @ApiResponse({
    status: 200,
    description: 'The document.',
    schema: { type: 'object', example: { asyncapi: '3.0.0' } },
  })
  @ApiRevalidated()
  getAsyncApi(@Req() request: Request, @Res() reply: Reply): void {
    reply.type('application/json; charset=utf-8').send(this.document.bodyFor(request, reply));
  }
}
