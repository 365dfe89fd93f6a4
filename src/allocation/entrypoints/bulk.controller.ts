import { Body, Controller, HttpCode, Logger, Post, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  ApiExtraModels,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblems } from '../../http/api-problems';
import { answerTo } from '../../http/error-answers';
import type { Request } from '../../http/fastify';
import { Items, MAX_ITEMS } from '../../http/fields';
import { locationOf } from '../../http/location';
import type { Problem } from '../../http/problems';
import { checkSyntax } from '../../http/syntax.pipe';
import { Allocate, CreateBatch } from '../domain/commands';
import { OrderLine } from '../domain/order-line';
import { BatchRequest, LineRequest } from './requests';

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

class BulkResults {
  @ApiProperty({ type: [ItemResult], description: 'One for each item, in the order of the items.' })
  results!: ItemResult[];
}

const description =
  `Takes up to ${MAX_ITEMS} items. Each succeeds or fails alone; items of one SKU are carried out in their order. ` +
  'The answer has one result for each item, in the order of the items.';

/** Many commands in one request. */
@ApiTags('Version 1')
@ApiExtraModels(LineRequest, BatchRequest)
@Controller('v1')
export class BulkController {
  private readonly logger = new Logger(BulkController.name);

  constructor(private readonly commands: CommandBus) {}

  @Post('allocations/bulk')
  @HttpCode(200)
  @ApiOperation({ summary: 'Allocate many order lines', description })
  @ApiResponse({ status: 200, description: 'Every item has its result.', type: BulkResults })
  @ApiProblems('items')
  async allocateMany(@Body() { items }: BulkLines, @Req() request: Request): Promise<BulkResults> {
    return this.each(items, request, async (item) => {
      const { orderId, sku, qty } = checkSyntax(LineRequest, item);
      await this.commands.execute(new Allocate(new OrderLine(orderId, sku, qty)));
      return { status: 202, location: locationOf('v1', 'allocations', orderId) };
    });
  }

  @Post('batches/bulk')
  @HttpCode(200)
  @ApiOperation({ summary: 'Record many batches of stock', description })
  @ApiResponse({ status: 200, description: 'Every item has its result.', type: BulkResults })
  @ApiProblems('items')
  async createManyBatches(@Body() { items }: BulkBatches, @Req() request: Request): Promise<BulkResults> {
    return this.each(items, request, async (item) => {
      const { ref, sku, qty, eta } = checkSyntax(BatchRequest, item);
      await this.commands.execute(new CreateBatch(ref, sku, qty, eta ?? null));
      return { status: 201, location: locationOf('v1', 'batches', ref) };
    });
  }

  private async each(
    items: readonly unknown[],
    request: Request,
    carryOut: (item: unknown) => Promise<ItemResult>,
  ): Promise<BulkResults> {
    const failed = (error: unknown): ItemResult => {
      const { status, body } = answerTo(error, request.id);
      if (status >= 500) this.logger.error(error);
      return { status, problem: body as Problem };
    };
    return { results: await Promise.all(items.map((item) => carryOut(item).catch(failed))) };
  }
}
