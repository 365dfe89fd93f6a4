import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { asyncApiDocument } from './asyncapi';

/** The description of the messages, beside that of HTTP at /docs-json. */
@ApiTags('Operations')
@Controller('asyncapi.json')
export class AsyncApiController {
  private readonly document = asyncApiDocument();

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
  getAsyncApi(): object {
    return this.document;
  }
}
