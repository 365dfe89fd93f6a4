import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiResponse, ApiTags } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { allocationProblems } from '../../allocation/contracts';
import { ApiProblems } from '../../http/problems/api-problems';
import { ApiRevalidated, isUnchanged } from '../../http/requests/etag';
import type { Reply, Request } from '../../http/fastify';
import { Text } from '../../http/requests/fields';
import { badField } from '../../http/problems/http-problems';
import { type LineState, lineStates } from '../queries/line-state';
import { BatchFinder, type BatchRow, type SkuRow } from '../queries/batch-finder';
import { type BatchLineRow, LineFinder } from '../queries/line-finder';
import { After, keyIn, Limit, Next, type Page, pageOf } from '../../http/requests/page';
import { RequireScope } from '../../http/access/required-scope';

class BatchPath {
  @Text('The reference of the batch.', 'batch-001')
  ref!: string;
}

class PageQuery {
  @Limit()
  limit: string = '100';

  @After()
  after?: string;
}

class BatchesQuery extends PageQuery {
  @IsOptional()
  @Text('The product; left out: all batches of all products.', 'SMALL-TABLE')
  @ApiPropertyOptional()
  sku?: string;

  @Matches(/^(true|false)$/, { message: 'must be true or false' })
  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description: 'Only those that have something left; of one SKU.',
  })
  open: string = 'false';

  @Matches(/^(true|false)$/, { message: 'must be true or false' })
  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description: 'Only those in transit that should be here by now, the most overdue first; of all SKUs.',
  })
  overdue: string = 'false';
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

  @ApiProperty({
    type: String,
    format: 'date',
    nullable: true,
    example: '2030-01-31',
    description:
      'For which day it was expected last, also when it has arrived; null: it was never in transit.',
  })
  expectedEta!: string | null;

  @ApiProperty({ type: 'integer', example: 100 })
  purchasedQuantity!: number;

  @ApiProperty({ type: 'integer', example: 10 })
  allocatedQuantity!: number;

  @ApiProperty({ type: 'integer', example: 90, description: 'Purchased minus allocated.' })
  availableQuantity!: number;

  @ApiProperty({ type: 'integer', example: 0, description: 'Those of the allocated ones that have left it.' })
  dispatchedQuantity!: number;

  @ApiProperty({
    type: 'integer',
    example: 42,
    description: 'The newest event of the SKU that concerned the batch; events up to it are shown here.',
  })
  sequence!: number;
}

class BatchPage implements Page<BatchView> {
  @ApiProperty({ type: [BatchView] })
  items!: readonly BatchView[];

  @Next()
  next!: string | null;
}

class BatchLineView implements BatchLineRow {
  @ApiProperty({ example: 'order-001' })
  orderId!: string;

  @ApiProperty({ type: 'integer', example: 10 })
  qty!: number;

  @ApiProperty({ enum: lineStates, example: 'allocated', description: 'Reserved, allocated or dispatched.' })
  state!: LineState;

  @ApiProperty({
    format: 'date-time',
    example: '2030-01-01T12:00:00.000Z',
    description: 'Since when it is served.',
  })
  changedAt!: Date;

  @ApiProperty({ type: 'integer', example: 42, description: 'The event of the SKU that changed it last.' })
  sequence!: number;
}

class BatchLinePage implements Page<BatchLineView> {
  @ApiProperty({ type: [BatchLineView] })
  items!: readonly BatchLineView[];

  @Next()
  next!: string | null;
}

class SkuView {
  @ApiProperty({ example: 'SMALL-TABLE' })
  sku!: string;
}

class SkuPage implements Page<SkuView> {
  @ApiProperty({ type: [SkuView] })
  items!: readonly SkuView[];

  @Next()
  next!: string | null;
}

class StockOfSku implements SkuRow {
  @ApiProperty({ example: 'SMALL-TABLE' })
  sku!: string;

  @ApiProperty({ type: 'integer', example: 90, description: 'Pieces left in all batches.' })
  available!: number;

  @ApiProperty({
    type: 'integer',
    example: 42,
    description: 'How many events the SKU has had; all of them are shown here.',
  })
  sequence!: number;
}

class StockPage implements Page<StockOfSku> {
  @ApiProperty({ type: [StockOfSku] })
  items!: readonly StockOfSku[];

  @Next()
  next!: string | null;
}

@ApiTags('Version 1')
@RequireScope('read')
@Controller('v1')
export class BatchViewController {
  constructor(
    private readonly batches: BatchFinder,
    private readonly lines: LineFinder,
  ) {}

  @Get('batches')
  @ApiOperation({
    summary: 'List the batches, of a SKU or all',
    description:
      'Those of a SKU in the order in which they serve lines: the warehouse first, then by ETA; a tie goes to the batch ' +
      'created first. An unknown SKU has none. Without a SKU, all batches by reference, or those that are overdue.',
  })
  @ApiResponse({ status: 200, description: 'The batches.', type: BatchPage })
  @ApiProblems('sku')
  async listBatches(@Query() { sku, open, overdue, limit, after }: BatchesQuery): Promise<BatchPage> {
    const [key, count] = [keyIn(after), Number(limit) + 1];
    if (sku === undefined && open === 'true') throw badField('open', 'must be false without a sku');
    if (sku !== undefined && overdue === 'true') throw badField('overdue', 'must be false with a sku');
    const all = () => (overdue === 'true' ? this.batches.overdue(key, count) : this.batches.all(key, count));
    const rows = await (sku === undefined ? all() : this.batches.ofSku(sku, open === 'true', key, count));
    return pageOf(rows, Number(limit), (batch) => batch.ref);
  }

  @Get('batches/:ref')
  @ApiOperation({
    summary: 'Look at a batch',
    description: 'Its ETag may be sent with a change of the batch, as If-Match.',
  })
  @ApiResponse({ status: 200, description: 'The batch.', type: BatchView })
  @ApiRevalidated()
  @ApiProblems('ref', allocationProblems['batch-not-found'])
  async getBatch(
    @Param() { ref: batchRef }: BatchPath,
    @Req() request: Request,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<BatchView | undefined> {
    const batch = await this.batches.batch(batchRef);
    return isUnchanged(request, reply, batch.sequence) ? undefined : batch;
  }

  @Get('batches/:ref/allocations')
  @ApiOperation({ summary: 'List the lines that a batch serves', description: 'By order.' })
  @ApiResponse({ status: 200, description: 'The lines.', type: BatchLinePage })
  @ApiProblems('ref', allocationProblems['batch-not-found'])
  async listAllocationsOfBatch(
    @Param() { ref: batchRef }: BatchPath,
    @Query() { limit, after }: PageQuery,
  ): Promise<BatchLinePage> {
    const rows = await this.lines.ofBatch(batchRef, keyIn(after), Number(limit) + 1);
    return pageOf(rows, Number(limit), ({ orderId }) => orderId);
  }

  @Get('skus')
  @ApiOperation({
    summary: 'List the SKUs, and what is left of each',
    description: 'Every SKU of which a batch was ever created.',
  })
  @ApiResponse({
    status: 200,
    description: 'The SKUs, in the order of their bytes in UTF-8.',
    type: StockPage,
  })
  @ApiProblems('limit')
  async listSkus(@Query() { limit, after }: PageQuery): Promise<StockPage> {
    const rows = await this.batches.skus(keyIn(after), Number(limit) + 1);
    return pageOf(rows, Number(limit), ({ sku }) => sku);
  }

  @Get('out-of-stock')
  @ApiOperation({
    summary: 'List the SKUs that are out of stock',
    description: 'Those of which no batch, neither in the warehouse nor on its way, has anything left.',
  })
  @ApiResponse({ status: 200, description: 'The SKUs, in the order of their bytes in UTF-8.', type: SkuPage })
  @ApiProblems('limit')
  async listOutOfStock(@Query() { limit, after }: PageQuery): Promise<SkuPage> {
    const rows = await this.batches.outOfStock(keyIn(after), Number(limit) + 1);
    return pageOf(rows, Number(limit), ({ sku }) => sku);
  }
}
