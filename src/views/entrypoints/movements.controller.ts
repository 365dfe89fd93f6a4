import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { allocationProblems, type MovementReason, movementReasons } from '../../allocation/contracts';
import { ApiProblems } from '../../http/problems/api-problems';
import { Text } from '../../http/requests/fields';
import { After, Limit, Next, type Page } from '../../http/requests/page';
import { RequireScope } from '../../http/access/required-scope';
import { BatchFinder } from '../queries/batch-finder';
import { type MovementRow, MovementFinder } from '../queries/movement-finder';
import { cursorOfNumbers, numbersIn } from './number-cursor';

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

export class MovementView implements MovementRow {
  @ApiProperty({ type: 'integer', example: -2, description: 'Pieces more; negative: fewer.' })
  pieces!: number;

  @ApiProperty({ enum: movementReasons, example: 'damaged' })
  reason!: MovementReason;

  @ApiProperty({ type: String, nullable: true, example: 'Two legs are broken' })
  note!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'The order with which the pieces left.',
  })
  orderId!: string | null;

  @ApiProperty({ type: 'integer', example: 42, description: 'The event of the SKU that it is.' })
  sequence!: number;

  @ApiProperty({ format: 'date-time', example: '2030-01-01T12:00:00.000Z' })
  occurredAt!: Date;
}

class MovementPage implements Page<MovementView> {
  @ApiProperty({ type: [MovementView] })
  items!: readonly MovementView[];

  @Next()
  next!: string | null;
}

@ApiTags('Version 1')
@RequireScope('read')
@Controller('v1/batches')
export class MovementsController {
  constructor(
    private readonly batches: BatchFinder,
    private readonly movements: MovementFinder,
  ) {}

  @Get(':ref/movements')
  @ApiOperation({
    summary: 'List the movements of a batch',
    description:
      'Every change of what the batch has, the newest first, for as long as events are kept. While all of its ' +
      'events are, they add up to the pieces that have not left it.',
  })
  @ApiResponse({ status: 200, description: 'The movements.', type: MovementPage })
  @ApiProblems('ref', allocationProblems['batch-not-found'])
  async listMovements(
    @Param() { ref: batchRef }: BatchPath,
    @Query() { limit, after }: PageQuery,
  ): Promise<MovementPage> {
    const [before] = numbersIn(after, 1) ?? [Number.MAX_SAFE_INTEGER];
    const { sku } = await this.batches.batch(batchRef);
    const rows = await this.movements.ofBatch({ sku, ref: batchRef }, before, Number(limit) + 1);
    const items = rows.slice(0, Number(limit));
    return { items, next: rows.length > items.length ? cursorOfNumbers(items.at(-1)!.sequence) : null };
  }
}
