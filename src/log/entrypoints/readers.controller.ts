import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../http/problems/api-problems';
import { OptionalTime, Text } from '../../http/requests/fields';
import { httpProblems } from '../../http/problems/http-problems';
import { ProblemException } from '../../http/problems/problems';
import { RequireScope } from '../../http/access/required-scope';
import { type Reader, type ReaderKind, Readers } from '../readers';

class ReaderPath {
  @Text('The reader.', 'stock-alerts')
  name!: string;
}

class ReplayRequest {
  @OptionalTime('Events from then on. All that are retained when left out.')
  since?: string;
}

class ReaderView implements Reader {
  @ApiProperty({ example: 'stock-alerts' })
  name!: string;

  @ApiProperty({ enum: ['handler', 'broker', 'webhook'], example: 'handler' })
  kind!: ReaderKind;

  @ApiProperty({ format: 'date-time', example: '2030-01-31T12:00:00.000Z' })
  registeredAt!: Date;

  @ApiProperty({
    format: 'date-time',
    example: '2030-01-31T12:00:00.000Z',
    description: 'When an instance of the service last read for it.',
  })
  seenAt!: Date;

  @ApiProperty({
    type: 'integer',
    example: 4711,
    description: 'How far it has read the log: everything up to this position has reached it, or is failing.',
  })
  position!: number;

  @ApiProperty({ type: 'integer', example: 0, description: 'Events that it has still to read.' })
  lag!: number;

  @ApiProperty({
    type: 'integer',
    example: 0,
    description: 'Events that it failed on and gets again; 10,000 at most.',
  })
  failing!: number;

  @ApiProperty({
    type: 'integer',
    example: 0,
    description: 'Events that it failed on for the last time; 10,000 at most.',
  })
  deadLetters!: number;
}

class ReaderList {
  @ApiProperty({ type: [ReaderView] })
  items!: ReaderView[];
}

class ReplayedEvents {
  @ApiProperty({ type: 'integer', example: 4711, description: 'Events that it gets again, of all types.' })
  events!: number;
}

/** For whoever runs the service: who reads the log, how far it has come, and once more. */
@ApiTags('Operations')
@RequireScope('admin')
@Controller('v1/readers')
export class ReadersController {
  constructor(private readonly readers: Readers) {}

  @Get()
  @ApiOperation({
    summary: 'List who reads the log of events, and how far each has come',
    description: 'Handlers of events, the broker and endpoints of webhooks, by name.',
  })
  @ApiResponse({ status: 200, description: 'The readers.', type: ReaderList })
  @ApiProblems('name')
  async listReaders(): Promise<ReaderList> {
    return { items: await this.readers.list() };
  }

  @Post(':name/replay')
  @HttpCode(202)
  @ApiBody({ type: ReplayRequest, required: false })
  @ApiOperation({
    summary: 'Have a reader read the log again',
    description: 'Events come to it once more, whatever became of them before.',
  })
  @ApiResponse({ status: 202, description: 'It reads them again.', type: ReplayedEvents })
  @ApiProblems('since', httpProblems['not-found'])
  async replayReader(
    @Param() { name }: ReaderPath,
    @Body() { since }: ReplayRequest,
  ): Promise<ReplayedEvents> {
    const events = await this.readers.replay(name, since === undefined ? undefined : new Date(since));
    if (events === undefined)
      throw new ProblemException(httpProblems['not-found'], `There is no reader ${name}`);
    return { events };
  }
}
