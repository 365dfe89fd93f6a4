import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblems } from '../../http/api-problems';
import { ErrorAnswers } from '../../http/error-answers';
import type { Request } from '../../http/fastify';
import { Items, Quantity, Text } from '../../http/fields';
import { type Problem, ProblemException } from '../../http/problems';
import { RequireScope } from '../../http/required-scope';
import { checkSyntax } from '../../http/syntax.pipe';
import { AvailabilityView, type OpenBatches } from '../availability/availability';
import { viewProblems } from './problems';

class BasketItem {
  @Text('The product.', 'SMALL-TABLE')
  sku!: string;

  @Quantity('Pieces wanted, all of them from one batch.', 10)
  qty!: number;
}

class Basket {
  @Items(BasketItem)
  items!: unknown[];
}

/** Whether and when so many pieces can be had, by the rules by which a line is allocated. */
export class QuoteView {
  @ApiProperty({ type: 'integer', example: 10, description: 'Pieces wanted.' })
  qty!: number;

  @ApiProperty({ example: true, description: 'Whether there is a batch with so many left.' })
  canPromise!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'batch-001',
    description: 'The batch that a line would get now.',
  })
  batchRef!: string | null;

  @ApiProperty({
    type: String,
    format: 'date',
    nullable: true,
    example: '2030-01-31',
    description: 'The earliest day; null: from the warehouse, or not at all.',
  })
  eta!: string | null;
}

/** What became of one item, with the status that the same question alone would have been answered with. */
class BasketResult {
  @ApiProperty({ type: 'integer', example: 200 })
  status!: number;

  @ApiPropertyOptional({
    enum: ['allocated', 'out of stock'],
    example: 'allocated',
    description: 'What would become of a line of so many pieces now, on success.',
  })
  outcome?: 'allocated' | 'out of stock';

  @ApiPropertyOptional({ type: QuoteView, description: 'On success.' })
  promise?: QuoteView;

  @ApiPropertyOptional({ description: 'On failure.', allOf: [{ $ref: '#/components/schemas/Problem' }] })
  problem?: Problem;
}

class BasketAvailability {
  @ApiProperty({ type: [BasketResult], description: 'One for each item, in the order of the items.' })
  results!: BasketResult[];
}

@ApiTags('Version 1')
@ApiExtraModels(BasketItem)
@RequireScope('read')
@Controller('v1/availability')
export class BasketController {
  constructor(
    private readonly view: AvailabilityView,
    private readonly answers: ErrorAnswers,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'When the items of a basket can be had',
    description:
      'Each item is answered as if it were alone; name a SKU once. A bad item fails alone. Nothing is reserved.',
  })
  @ApiResponse({ status: 200, description: 'Every item has its result.', type: BasketAvailability })
  @ApiProblems('items')
  async getBasketAvailability(
    @Body() { items }: Basket,
    @Req() request: Request,
  ): Promise<BasketAvailability> {
    const checked = items.map(read);
    const found = await this.view.of(
      checked.filter((item) => item instanceof BasketItem).map(({ sku }) => sku),
    );
    const results = checked.map((item): BasketResult => {
      if (!(item instanceof BasketItem)) return this.failed(item, request.id);
      const open = found.shift();
      if (!open) return this.failed(new ProblemException(viewProblems['sku-not-found']), request.id);
      const promise = quoteOf(item.qty, open);
      return { status: 200, outcome: promise.canPromise ? 'allocated' : 'out of stock', promise };
    });
    return { results };
  }

  private failed(error: Error, requestId: string): BasketResult {
    const problem = this.answers.problem(error, requestId);
    return { status: problem.status, problem };
  }
}

/** What is told of the batch that was found, or not. */
export function quoteOf(qty: number, open: OpenBatches): QuoteView {
  const batch = open.quote(qty);
  return { qty, canPromise: batch !== undefined, batchRef: batch?.ref ?? null, eta: batch?.eta ?? null };
}

/** The item, or what is wrong with it. */
function read(item: unknown): BasketItem | Error {
  try {
    return checkSyntax(BasketItem, item);
  } catch (error) {
    if (error instanceof ProblemException) return error;
    throw error;
  }
}
