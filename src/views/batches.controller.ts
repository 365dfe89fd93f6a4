import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiPropertyOptional, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { ApiProblems } from '../http/api-problems';
import { Text } from '../http/fields';
import { type BatchRow, StockQueries } from './stock.queries';

class BatchPath {
  @Text('The reference of the batch.', 'batch-001')
  ref!: string;
}

class BatchesOfSku {
  @Text('The product.', 'SMALL-TABLE')
  sku!: string;

  @IsOptional()
  @Matches(/^([1-9]\d{0,2}|1000)$/, { message: 'must be a whole number from 1 to 1000' })
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    default: 100,
    description: 'Batches at most.',
  })
  limit: string = '100';
}

class BatchView implements BatchRow {
  @ApiProperty({ example: 'batch-001' })
  ref!: string;

  @ApiProperty({ example: 'SMALL-TABLE' })
  sku!: string;

  @ApiProperty({
    type: String,
    format: 'date',
    nullable: true,
    example: '2030-01-31',
    description: 'The day of arrival; null: the batch is in the warehouse.',
  })
  eta!: string | null;

  @ApiProperty({ type: 'integer', example: 100 })
  purchasedQuantity!: number;

  @ApiProperty({ type: 'integer', example: 10 })
  allocatedQuantity!: number;

  @ApiProperty({ type: 'integer', example: 90, description: 'Purchased minus allocated.' })
  availableQuantity!: number;
}

class BatchList {
  @ApiProperty({ type: [BatchView] })
  items!: BatchView[];
}

@ApiTags('Version 1')
@Controller('v1/batches')
export class BatchViewController {
  constructor(private readonly stock: StockQueries) {}

  @Get()
  @ApiOperation({
    summary: 'List the batches of a SKU',
    description:
      'In the order in which they serve lines: the warehouse first, then by ETA; a tie goes to the batch ' +
      'created first. An unknown SKU has none. The list ends after `limit` batches, 1000 at most.',
  })
  @ApiResponse({ status: 200, description: 'The batches.', type: BatchList })
  @ApiProblems('sku')
  async listBatches(@Query() { sku, limit }: BatchesOfSku): Promise<BatchList> {
    return { items: await this.stock.batchesOf(sku, Number(limit)) };
  }

  @Get(':ref')
  @ApiOperation({ summary: 'Look at a batch' })
  @ApiResponse({ status: 200, description: 'The batch.', type: BatchView })
  @ApiProblems('ref', 'batch-not-found')
  getBatch(@Param() { ref }: BatchPath): Promise<BatchView> {
    return this.stock.batch(ref);
  }
}
