import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiResponse, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsUUID, Matches } from 'class-validator';
import { ApiProblems } from '../../http/problems/api-problems';
import { Text } from '../../http/requests/fields';
import { httpProblems } from '../../http/problems/http-problems';
import { ProblemException } from '../../http/problems/problems';
import { RequireScope } from '../../http/access/required-scope';
import { type DeadLetter, DeadLetters } from '../delivery/dead-letters';

class DeadLetterPath {
  @Text('The handler that failed.', 'stock-alerts')
  handler!: string;

  @IsUUID(undefined, { message: 'must be the id of an event, a UUID' })
  @ApiProperty({ format: 'uuid', example: '01990a5c-7e00-7000-8000-0123456789ab', description: 'The event.' })
  eventId!: string;
}

class DeadLetterQuery {
  @IsOptional()
  @Matches(/^([1-9]\d{0,2}|1000)$/, { message: 'must be a whole number from 1 to 1000' })
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    default: 100,
    description: 'Dead letters at most.',
  })
  limit: string = '100';
}

class DeadLetterView implements DeadLetter {
  @ApiProperty({ example: 'stock-alerts' })
  handler!: string;

  @ApiProperty({ format: 'uuid', example: '01990a5c-7e00-7000-8000-0123456789ab' })
  eventId!: string;

  @ApiProperty({ example: 'OutOfStock' })
  type!: string;

  @ApiProperty({ example: 'SMALL-TABLE' })
  sku!: string;

  @ApiProperty({
    type: 'integer',
    example: 3,
    description: 'The number of the event among those of its SKU.',
  })
  sequence!: number;

  @ApiProperty({ type: 'integer', example: 12, description: 'How often the handler failed on it.' })
  attempts!: number;

  @ApiProperty({ example: 'connect ECONNREFUSED 127.0.0.1:25', description: 'How it failed the last time.' })
  error!: string;

  @ApiProperty({ format: 'date-time', example: '2030-01-31T12:00:00.000Z' })
  diedAt!: Date;
}

class DeadLetterList {
  @ApiProperty({ type: [DeadLetterView] })
  items!: DeadLetterView[];
}

class Replayed {
  @ApiProperty({ type: 'integer', example: 2, description: 'Dead letters that are tried again.' })
  replayed!: number;
}

/** For whoever runs the service: which events could not be delivered, and once more. */
@ApiTags('Operations')
@RequireScope('admin')
@Controller('v1/dead-letters')
export class DeadLettersController {
  constructor(private readonly deadLetters: DeadLetters) {}

  @Get()
  @ApiOperation({
    summary: 'List events that a handler failed on for the last time',
    description: 'The newest first. Mend the cause, then replay them.',
  })
  @ApiResponse({ status: 200, description: 'The dead letters.', type: DeadLetterList })
  @ApiProblems('limit')
  async listDeadLetters(@Query() { limit }: DeadLetterQuery): Promise<DeadLetterList> {
    return { items: await this.deadLetters.list(Number(limit)) };
  }

  @Post('replay')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Deliver all dead letters again',
    description: 'With as many attempts as the first time.',
  })
  @ApiResponse({ status: 202, description: 'They are tried again.', type: Replayed })
  @ApiProblems('handler')
  async replayDeadLetters(): Promise<Replayed> {
    return { replayed: await this.deadLetters.replayAll() };
  }

  @Post(':handler/:eventId/replay')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Deliver one dead letter again',
    description:
      'With as many attempts as the first time. Later events of its SKU may have been delivered before it.',
  })
  @ApiResponse({ status: 202, description: 'It is tried again.', type: Replayed })
  @ApiProblems('handler', httpProblems['not-found'])
  async replayDeadLetter(@Param() { handler, eventId }: DeadLetterPath): Promise<Replayed> {
    if (!(await this.deadLetters.replay(handler, eventId))) {
      throw new ProblemException(httpProblems['not-found'], `${handler} has no dead letter of this event`);
    }
    return { replayed: 1 };
  }
}
