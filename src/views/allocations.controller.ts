import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-problems';
import { Text } from '../http/fields';
import { ProblemException } from '../http/problems';
import { type LineRow, StockQueries } from './stock.queries';

class OrderPath {
  @Text('The order.', 'order-001')
  orderId!: string;
}

class LineView implements LineRow {
  @ApiProperty({ example: 'SMALL-TABLE' })
  sku!: string;

  @ApiProperty({ type: 'integer', example: 10 })
  qty!: number;

  @ApiProperty({ example: 'batch-001', description: 'The batch that serves the line.' })
  batchRef!: string;

  @ApiProperty({
    type: String,
    format: 'date',
    nullable: true,
    example: '2030-01-31',
    description: 'The day on which that batch arrives; null: it is in the warehouse.',
  })
  eta!: string | null;
}

class AllocationsOfOrder {
  @ApiProperty({ example: 'order-001' })
  orderId!: string;

  @ApiProperty({ type: [LineView] })
  lines!: LineView[];
}

@ApiTags('Version 1')
@Controller('v1/allocations')
export class AllocationViewController {
  constructor(private readonly stock: StockQueries) {}

  @Get(':orderId')
  @ApiOperation({
    summary: 'Look at the allocated lines of an order',
    description: 'Lines that are out of stock are not among them.',
  })
  @ApiResponse({ status: 200, description: 'The lines, by SKU.', type: AllocationsOfOrder })
  @ApiProblems('orderId', 'order-not-allocated')
  async getAllocations(@Param() { orderId }: OrderPath): Promise<AllocationsOfOrder> {
    const lines = await this.stock.linesOf(orderId);
    if (lines.length === 0) throw new ProblemException('order-not-allocated');
    return { orderId, lines };
  }
}
