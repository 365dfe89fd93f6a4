import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../http/problems/api-problems';
import { Text } from '../../http/requests/fields';
import { httpProblems } from '../../http/problems/http-problems';
import { After, Limit, Next, type Page } from '../../http/requests/page';
import { RequireScope } from '../../http/access/required-scope';
import { type LineState, lineStates } from '../queries/line-state';
import { LineFinder, type PromisedLineRow, type ReservedRow } from '../queries/line-finder';
import { type MovementOfSkuRow, MovementFinder } from '../queries/movement-finder';
import { MovementView } from './movements.controller';
import { cursorOfNumbers, numbersIn } from './number-cursor';

class SkuPath {
  @Text('The product.', 'SMALL-TABLE')
  sku!: string;
}

class LimitQuery {
  @Limit()
  limit: string = '100';
}

class PageQuery extends LimitQuery {
  @After()
  after?: string;
}

class PromisedLineView implements PromisedLineRow {
  @ApiProperty({ example: 'order-001' })
  orderId!: string;

  @ApiProperty({ type: 'integer', example: 10 })
  qty!: number;

  @ApiProperty({ enum: lineStates, example: 'allocated', description: 'Allocated or reserved.' })
  state!: LineState;

  @ApiProperty({ example: 'batch-001' })
  batchRef!: string;

  @ApiProperty({
    type: String,
    format: 'date',
    nullable: true,
    example: '2030-01-31',
    description: 'The day on which the batch arrives; null: it is in the warehouse.',
  })
  eta!: string | null;

  @ApiProperty({ type: 'integer', example: 0 })
  priority!: number;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: null,
    description: 'Until when a reserved line is held.',
  })
  expiresAt!: Date | null;
}

class ReservedView implements ReservedRow {
  @ApiProperty({ example: 'batch-001' })
  batchRef!: string;

  @ApiProperty({ type: 'integer', example: 1 })
  lines!: number;

  @ApiProperty({ type: 'integer', example: 4 })
  pieces!: number;
}

class PromiseList {
  @ApiProperty({ type: [PromisedLineView] })
  items!: readonly PromisedLineView[];

  @ApiProperty({
    example: false,
    description: 'Whether there are more; those of a batch are listed by that.',
  })
  more!: boolean;

  @ApiProperty({ type: [ReservedView], description: 'What is reserved of each batch of which something is.' })
  reserved!: readonly ReservedView[];
}

class MovementOfSkuView extends MovementView implements MovementOfSkuRow {
  @ApiProperty({ example: 'batch-001' })
  batchRef!: string;

  @ApiProperty({ example: 'my-first-order', description: 'The request or message that it is due to.' })
  correlationId!: string;
}

class MovementOfSkuPage implements Page<MovementOfSkuView> {
  @ApiProperty({ type: [MovementOfSkuView] })
  items!: readonly MovementOfSkuView[];

  @Next()
  next!: string | null;
}

/** What is promised of a SKU, and how it came to what it has. */
@ApiTags('Version 1')
@RequireScope('read')
@Controller('v1/skus')
export class PromisedLinesController {
  constructor(
    private readonly lines: LineFinder,
    private readonly movements: MovementFinder,
  ) {}

  @Get(':sku/promises')
  @ApiOperation({
    summary: 'List the lines that pieces of a SKU are promised to',
    description:
      'Those that have not left the warehouse, in the order in which their batches serve lines. An unknown SKU has none.',
  })
  @ApiResponse({ status: 200, description: 'The lines.', type: PromiseList })
  @ApiProblems('sku', httpProblems['not-found'])
  async listPromises(@Param() { sku }: SkuPath, @Query() { limit }: LimitQuery): Promise<PromiseList> {
    const [lines, reserved] = await Promise.all([
      this.lines.promisedLinesOf(sku, Number(limit) + 1),
      this.lines.reservedOf(sku),
    ]);
    return { items: lines.slice(0, Number(limit)), more: lines.length > Number(limit), reserved };
  }

  @Get(':sku/movements')
  @ApiOperation({
    summary: 'List the movements of all batches of a SKU',
    description:
      'Every change of what its batches have, the newest first, for as long as events are kept. While all of its ' +
      'events are, they add up to the pieces that have not left. An unknown SKU has none.',
  })
  @ApiResponse({ status: 200, description: 'The movements.', type: MovementOfSkuPage })
  @ApiProblems('sku', httpProblems['not-found'])
  async listMovementsOfSku(
    @Param() { sku }: SkuPath,
    @Query() { limit, after }: PageQuery,
  ): Promise<MovementOfSkuPage> {
    const [before] = numbersIn(after, 1) ?? [Number.MAX_SAFE_INTEGER];
    const rows = await this.movements.ofSku(sku, before, Number(limit) + 1);
    const items = rows.slice(0, Number(limit));
    return { items, next: rows.length > items.length ? cursorOfNumbers(items.at(-1)!.sequence) : null };
  }
}
