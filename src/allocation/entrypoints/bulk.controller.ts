import { Body, Controller, HttpCode, Logger, Post, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  ApiExtraModels,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { currentCorrelation, runAsPart } from '../../correlation';
import { ApiProblems } from '../../http/problems/api-problems';
import { ErrorAnswers } from '../../http/problems/error-answers';
import type { Request } from '../../http/fastify';
import { Items, MAX_ITEMS } from '../../http/requests/fields';
import { HttpSettings } from '../../http/http-settings';
import { locationOf } from '../../http/requests/location';
import type { Problem } from '../../http/problems/problems';
import { RequireScope } from '../../http/access/required-scope';
import { checkSyntax } from '../../http/requests/syntax.pipe';
import { KeyInUse } from '../../idempotent-request';
import { Unavailable } from '../../unavailable';
import { Allocate, type BatchOutcome, CreateBatch, type LineOutcome } from '../application/commands';
import { PlacesOnWaitList } from '../application/queries';
import { ProductBusy } from '../application/unit-of-work';
import { DomainError } from '../domain/errors';
import { OrderLine } from '../domain/order-line';
import { BatchRequest, LineRequest, termsOf } from './requests';

class BulkLines {
  @Items(LineRequest)
  items!: unknown[];
}

class BulkBatches {
  @Items(BatchRequest)
  items!: unknown[];
}

/** What became of one item, with the status that the same request alone would have been answered with. */
class ItemResult {
  @ApiProperty({ type: 'integer', example: 202 })
  status!: number;

  @ApiProperty({
    required: false,
    example: '/v1/allocations/order-001',
    description: 'Where to look, on success.',
  })
  location?: string;

  @ApiPropertyOptional({ description: 'On failure.', allOf: [{ $ref: '#/components/schemas/Problem' }] })
  problem?: Problem;
}

class LineResult extends ItemResult {
  @ApiPropertyOptional({
    enum: ['reserved', 'allocated', 'waiting', 'dispatched', 'out of stock'],
    example: 'allocated',
    description: 'How the line stands now, on success; also when it stood so before.',
  })
  outcome?: LineOutcome['outcome'];

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'batch-001',
    description: 'The batch that serves the line; null when it is out of stock or waits. On success.',
  })
  batchRef?: string | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date',
    nullable: true,
    example: '2030-01-31',
    description: 'The day on which that batch arrives; null: it is in the warehouse. On success.',
  })
  eta?: string | null;

  @ApiPropertyOptional({
    format: 'date-time',
    example: '2030-01-01T12:15:00.000Z',
    description: 'Until when the line is held, when it is reserved.',
  })
  expiresAt?: string;

  @ApiPropertyOptional({
    type: 'integer',
    example: 1,
    description: 'Its place on the wait-list once all items are carried out, when it waits: 1 is the next.',
  })
  place?: number;
}

class BatchResult extends ItemResult {
  @ApiPropertyOptional({
    enum: ['created', 'exists already'],
    example: 'created',
    description: 'Whether the batch was created, or exists already with the same content. On success.',
  })
  outcome?: BatchOutcome;
}

class LineResults {
  @ApiProperty({ type: [LineResult], description: 'One for each item, in the order of the items.' })
  results!: LineResult[];
}

class BatchResults {
  @ApiProperty({ type: [BatchResult], description: 'One for each item, in the order of the items.' })
  results!: BatchResult[];
}

const description =
  `Takes up to ${MAX_ITEMS} items. Each succeeds or fails alone; items of one SKU are carried out in their order. ` +
  'The answer has one result for each item, in the order of the items, and an item that failed with 503 may be sent ' +
  'again. When the service as a whole could not take in all items, since it is overloaded or its database is away, ' +
  'the answer is 503: send all items again. Those that were carried out are not carried out twice.';

/** Many commands in one request. */
@ApiTags('Version 1')
@ApiExtraModels(LineRequest, BatchRequest)
@Controller('v1')
export class BulkController {
  private readonly logger = new Logger(BulkController.name);
  private readonly basePath: string;

  constructor(
    private readonly commands: CommandBus,
    private readonly answers: ErrorAnswers,
    private readonly queries: QueryBus,
    { BASE_PATH = '' }: HttpSettings,
  ) {
    this.basePath = BASE_PATH;
  }

  @Post('allocations/bulk')
  @RequireScope('orders')
  @HttpCode(200)
  @ApiOperation({ summary: 'Allocate many order lines', description })
  @ApiResponse({ status: 200, description: 'Every item has its result.', type: LineResults })
  @ApiProblems('items')
  async allocateMany(@Body() { items }: BulkLines, @Req() request: Request): Promise<LineResults> {
    const waiting: { line: OrderLine; result: LineResult }[] = [];
    const answer = await this.each(items, request, async (item): Promise<LineResult> => {
      const asked = checkSyntax(LineRequest, item);
      const line = new OrderLine(asked.orderId, asked.sku, asked.qty);
      const outcome = await this.commands.execute(new Allocate(line, termsOf(asked)));
      const result = {
        status: 202,
        location: this.basePath + locationOf('v1', 'allocations', line.orderId),
        ...outcome,
      };
      if (outcome.outcome === 'waiting') waiting.push({ line, result });
      return result;
    });
    const places = await this.placesOf(waiting.map(({ line }) => line));
    waiting.forEach(({ result }, index) => (result.place = places[index]));
    return answer;
  }

  @Post('batches/bulk')
  @RequireScope('stock')
  @HttpCode(200)
  @ApiOperation({ summary: 'Record many batches of stock', description })
  @ApiResponse({ status: 200, description: 'Every item has its result.', type: BatchResults })
  @ApiProblems('items')
  async createManyBatches(@Body() { items }: BulkBatches, @Req() request: Request): Promise<BatchResults> {
    return this.each(items, request, async (item): Promise<BatchResult> => {
      const { ref: batchRef, sku, qty, eta } = checkSyntax(BatchRequest, item);
      const outcome = await this.commands.execute(new CreateBatch(batchRef, sku, qty, eta ?? null));
      return { status: 201, location: this.basePath + locationOf('v1', 'batches', batchRef), outcome };
    });
  }

  /** @returns none when they cannot be told any more: the lines were asked for all the same */
  private async placesOf(lines: readonly OrderLine[]): Promise<(number | undefined)[]> {
    if (lines.length === 0) return [];
    try {
      return await this.queries.execute(new PlacesOnWaitList(lines));
    } catch (error) {
      if (error instanceof Unavailable) return [];
      throw error;
    }
  }

  /** @throws Unavailable when the items have to be sent again together; nothing is under way any more by then */
  private async each<Result extends ItemResult>(
    items: readonly unknown[],
    request: Request,
    carryOut: (item: unknown) => Promise<Result>,
  ): Promise<{ results: (Result | ItemResult)[] }> {
    // With an Idempotency-Key each item is known by itself: who sends them again has those carried out that were not.
    const settled = await Promise.allSettled(
      items.map((item, index) => runAsPart(index + 1, () => carryOut(item))),
    );
    const reason = unavailability(settled);
    if (reason) throw reason;
    const results = settled.map((result) =>
      result.status === 'fulfilled' ? result.value : this.failed(result.reason, request),
    );
    return { results };
  }

  private failed(error: unknown, request: Request): ItemResult {
    const problem = this.answers.problem(error, request.id);
    const { idempotency } = currentCorrelation();
    if (idempotency && (problem.status >= 500 || error instanceof KeyInUse)) idempotency.isUnfinished = true;
    if (error instanceof Unavailable) this.logger.warn(error.message);
    else if (problem.status >= 500) this.logger.error(error);
    return { status: problem.status, problem };
  }
}

/**
 * Why the items have to be sent again together: one of them met with something that keeps all from being carried out, or
 * none was carried out and at least one would have been.
 */
function unavailability(results: readonly PromiseSettledResult<unknown>[]): Unavailable | undefined {
  const reasons = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  const unavailable = reasons.filter((reason) => reason instanceof Unavailable);
  const answered =
    results.length - reasons.length + reasons.filter((reason) => reason instanceof DomainError).length;
  const ofService = unavailable.find((reason) => !(reason instanceof ProductBusy));
  return ofService ?? (answered === 0 ? unavailable[0] : undefined);
}
