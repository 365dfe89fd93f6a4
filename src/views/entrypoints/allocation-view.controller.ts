import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../http/problems/api-problems';
import { ApiRevalidated, isUnchanged } from '../../http/requests/etag';
import type { Reply, Request } from '../../http/fastify';
import { Text } from '../../http/requests/fields';
import { ProblemException } from '../../http/problems/problems';
import { RequireScope } from '../../http/access/required-scope';
import { type LineState, lineStates } from '../queries/line-state';
import { LineFinder } from '../queries/line-finder';
import { viewProblems } from './problems';

class OrderPath {
  @Text('The order.', 'order-001')
  orderId!: string;
}

/** How a line stands. `LineFinder` writes it. */
class LineView {
  @ApiProperty({ example: 'SMALL-TABLE' })
  sku!: string;

  @ApiProperty({ type: 'integer', example: 10 })
  qty!: number;

  @ApiProperty({ enum: lineStates, example: 'allocated' })
  state!: LineState;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'batch-001',
    description: 'The batch that serves the line; null when it is not allocated.',
  })
  batchRef!: string | null;

  @ApiProperty({
    type: String,
    format: 'date',
    nullable: true,
    example: '2030-01-31',
    description: 'The day on which that batch arrives; null: it is in the warehouse.',
  })
  eta!: string | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 0,
    description: 'Larger is served first; null when the line is out of stock or deallocated.',
  })
  priority!: number | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: null,
    description: 'Until when the line is held; null when it is not reserved.',
  })
  expiresAt!: string | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: null,
    description: 'Which one it is on the wait-list: 1 is the next; null when it does not wait.',
  })
  place!: number | null;

  @ApiProperty({
    format: 'date-time',
    example: '2030-01-01T12:00:00.000Z',
    description: 'When the line last changed.',
  })
  changedAt!: string;

  @ApiProperty({ type: 'integer', example: 42, description: 'The event of the SKU that changed it last.' })
  sequence!: number;
}

class AllocationsOfOrder {
  @ApiProperty({ example: 'order-001' })
  orderId!: string;

  @ApiProperty({ type: [LineView] })
  lines!: readonly LineView[];
}

@ApiTags('Version 1')
@RequireScope('read')
@Controller('v1/allocations')
export class AllocationViewController {
  constructor(private readonly lines: LineFinder) {}

  @Get(':orderId')
  @ApiOperation({
    summary: 'Look at the lines of an order',
    description: 'Every line that was ever allocated or out of stock, and how it stands now.',
  })
  @ApiResponse({ status: 200, description: 'The lines, by SKU.', type: AllocationsOfOrder })
  @ApiRevalidated()
  @ApiProblems('orderId', viewProblems['order-not-found'])
  async getAllocations(
    @Param() { orderId }: OrderPath,
    @Req() request: Request,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string | undefined> {
    const lines = await this.lines.ofOrder(orderId);
    if (!lines) throw new ProblemException(viewProblems['order-not-found']);
    if (isUnchanged(request, reply, lines.version)) return undefined;
    reply.type('application/json; charset=utf-8');
    return `{"orderId":${JSON.stringify(orderId)},"lines":${lines.json}}`;
  }
}
