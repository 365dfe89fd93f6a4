import { Controller, Get, Optional, Res, ServiceUnavailableException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import {
  ApiExtraModels,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiResponse,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type { Reply } from './fastify';
import type { HttpAdapter } from './http-adapter';
import { Public } from './access/required-scope';

/** Whether what the service stands on lets it work. Bound where the service is put together. */
export abstract class Readiness {
  /**
   * Resolves when it does. May take as long as it likes; whoever asks does not wait for ever.
   * @throws Error that says why not, in words for whoever runs the service
   */
  abstract check(): Promise<void>;
}

/** What became of one check. */
class Check {
  @ApiProperty({ enum: ['up', 'down'] })
  status!: string;

  @ApiPropertyOptional({ description: 'What is wrong.' })
  message?: string;

  @ApiPropertyOptional({ description: 'In milliseconds.' })
  responseTime?: number;
}

const checks = { type: 'object', additionalProperties: { $ref: getSchemaPath(Check) } };
const readiness = (...statuses: string[]) => ({
  type: 'object',
  required: ['status', 'info', 'error', 'details'],
  properties: {
    status: { type: 'string', enum: statuses },
    info: { ...checks, description: 'What is well.' },
    error: { ...checks, description: 'What is not.' },
    details: { ...checks, description: 'All of it.' },
  },
});
const up = { database: { status: 'up', responseTime: 1 } };
const down = {
  database: { status: 'down', message: 'The database is read-only at the moment', responseTime: 1 },
};

const stopping = { status: 'shutting_down', info: {}, error: {}, details: {} };

/** The group of calls, in the OpenAPI document. */
export const HEALTH_TAG = 'Health';

/** Whether a path, with or without a query, is one of those that tell of health. */
export function isHealth(path: string): boolean {
  return path.startsWith('/health/');
}

/** For whoever runs the service: is it up, and can it work? */
@ApiTags(HEALTH_TAG)
@ApiExtraModels(Check)
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly http: HttpAdapterHost<HttpAdapter>,
    @Optional() private readonly readiness?: Readiness,
  ) {}

  @Get('live')
  @ApiOperation({
    operationId: 'isLive',
    summary: 'Is the process up?',
    description: 'Says nothing about the database: a restart of the service would not mend that.',
  })
  @ApiResponse({
    status: 200,
    description: 'It is.',
    schema: {
      type: 'object',
      required: ['status'],
      properties: { status: { type: 'string', enum: ['ok'] } },
      example: { status: 'ok' },
    },
  })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** Who asks waits a second as a rule: a database that does not answer by then is down. */
  @Get('ready')
  @HealthCheck({ noCache: true, swaggerDocumentation: false })
  @ApiOperation({
    operationId: 'isReady',
    summary: 'Can the service do its work?',
    description:
      'It can when the database answers within a second and takes writes, and it is not about to stop.',
  })
  @ApiResponse({
    status: 200,
    description: 'It can.',
    schema: { ...readiness('ok'), example: { status: 'ok', info: up, error: {}, details: up } },
  })
  @ApiResponse({
    status: 503,
    description: 'It cannot: send it no requests.',
    content: {
      'application/json': {
        schema: readiness('error', 'shutting_down'),
        examples: {
          database: { value: { status: 'error', info: {}, error: down, details: down } },
          stopping: { value: stopping },
        },
      },
    },
  })
  async ready(@Res({ passthrough: true }) reply: Reply): Promise<unknown> {
    if (this.http.httpAdapter.stopping) {
      reply.code(503);
      return stopping;
    }
    try {
      return await this.health.check([
        () =>
          this.indicators
            .check('database')
            .attempt(async () => this.readiness?.check())
            .withTimeout(1_000),
      ]);
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      reply.code(503);
      return error.getResponse();
    }
  }
}
