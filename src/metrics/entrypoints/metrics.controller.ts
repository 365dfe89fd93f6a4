import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Registry } from 'prom-client';
import type { Reply } from '../../http/fastify';
import { RequireScope } from '../../http/access/required-scope';
import { Metrics } from '../metrics';

/** What whoever runs the service can measure. */
@ApiTags('Operations')
@RequireScope('metrics')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @ApiOperation({
    summary: 'Read the metrics of this instance',
    description: 'In the text format of Prometheus. What each means: docs/operations.md.',
  })
  @ApiResponse({
    status: 200,
    description: 'The metrics.',
    content: {
      'text/plain': { schema: { type: 'string' }, example: 'stock_allocation_ready 1\n' },
    },
  })
  async getMetrics(@Res({ passthrough: true }) reply: Reply): Promise<string> {
    reply.type(Registry.PROMETHEUS_CONTENT_TYPE).header('cache-control', 'no-store');
    return this.metrics.read();
  }
}
