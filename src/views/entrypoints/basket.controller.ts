import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblems } from '../../http/problems/api-problems';
import { ErrorAnswers } from '../../http/problems/error-answers';
import type { Request } from '../../http/fastify';
import { Items, Quantity, Text } from '../../http/requests/fields';
import { type Problem, ProblemException } from '../../http/problems/problems';
import { RequireScope } from '../../http/access/required-scope';
import { checkSyntax } from '../../http/requests/syntax.pipe';
import type { Availability } from '../availability/availability';
import { CurrentAvailability } from '../availability/current-availability';
import { type OpenBatch, quote, split, without } from '../availability/quotes';
import { viewProblems } from './problems';
import {
  etaDocumentation,
  lastOf,
  overdueDocumentation,
  QuoteView,
  SplitView,
  viewOfQuote,
  viewOfSplit,
} from './quote-views';

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

  @ApiPropertyOptional({
    type: SplitView,
    nullable: true,
    description:
      'On success, when no batch has so many pieces: the lines in which they can be had, of what is left when all items ' +
      'have had theirs that can be had in one; else null.',
  })
  split?: SplitView | null;

  @ApiPropertyOptional({ description: 'On failure.', allOf: [{ $ref: '#/components/schemas/Problem' }] })
  problem?: Problem;
}

class BasketQuote {
  @ApiProperty({ example: true, description: 'Whether every item can be had, each in one line.' })
  canPromise!: boolean;

  @ApiProperty({
    ...etaDocumentation,
    description:
      'The day on which the last one is there; null: all are in the warehouse, or some item cannot be had.',
  })
  eta!: string | null;

  @ApiProperty(overdueDocumentation)
  overdue!: boolean;
}

class BasketSplit {
  @ApiProperty({ type: 'integer', example: 0, description: 'Pieces that are missing all the same.' })
  missing!: number;

  @ApiProperty({
    ...etaDocumentation,
    description: 'The day on which the last line is there; null: all are in the warehouse.',
  })
  eta!: string | null;

  @ApiProperty(overdueDocumentation)
  overdue!: boolean;
}

class BasketAvailability {
  @ApiProperty({ type: [BasketResult], description: 'One for each item, in the order of the items.' })
  results!: BasketResult[];

  @ApiProperty({ description: 'Of all items together.' })
  promise!: BasketQuote;

  @ApiProperty({
    type: BasketSplit,
    nullable: true,
    description:
      'Of all items together, when some have to be split; null when none has to, or when one has no answer at all.',
  })
  split!: BasketSplit | null;
}

@ApiTags('Version 1')
@ApiExtraModels(BasketItem)
@RequireScope('read')
@Controller('v1/availability')
export class BasketController {
  constructor(
    private readonly view: CurrentAvailability,
    private readonly answers: ErrorAnswers,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'When the items of a basket can be had',
    description:
      'Each item is answered as if lines were asked for in the order of the items, so that no two count on the same ' +
      'pieces. What no batch has alone is split into lines that can be had. And the basket has a day on which ' +
      'everything is there. A bad item fails alone. Nothing is reserved.',
  })
  @ApiResponse({ status: 200, description: 'Every item has its result.', type: BasketAvailability })
  @ApiProblems('items')
  async getBasketAvailability(
    @Body() { items }: Basket,
    @Req() request: Request,
  ): Promise<BasketAvailability> {
    const checked = items.map(read);
    const wanted = checked.filter((item) => item instanceof BasketItem);
    const quotes = quotesOf(wanted, await this.view.of(wanted.map(({ sku }) => sku)));
    const results = checked.map((item): BasketResult => {
      if (!(item instanceof BasketItem)) return this.failed(item, request.id);
      const found = quotes.get(item);
      if (!found) return this.failed(new ProblemException(viewProblems['sku-not-found']), request.id);
      const { promise, split } = found;
      return { status: 200, outcome: promise.canPromise ? 'allocated' : 'out of stock', promise, split };
    });
    return { results, ...together(results) };
  }

  private failed(error: Error, requestId: string): BasketResult {
    const problem = this.answers.problem(error, requestId);
    return { status: problem.status, problem };
  }
}

interface ItemQuote {
  readonly promise: QuoteView;
  readonly split: SplitView | null;
}

/**
 * Quotes the items as if they were asked for one after the other: first those that can be had in one line, then, of what
 * is left, those that have to be split. No pieces are quoted twice.
 * @param found of each item what there is of its SKU
 * @returns none for an item of a SKU that nobody knows
 */
function quotesOf(
  items: readonly BasketItem[],
  found: readonly (Availability | undefined)[],
): Map<BasketItem, ItemQuote> {
  const left = new Map<string, readonly OpenBatch[]>();
  for (const [index, { sku }] of items.entries()) if (found[index]) left.set(sku, found[index].batches);
  const quotes = new Map<BasketItem, ItemQuote>();
  const toSplit: BasketItem[] = [];
  for (const item of items) {
    const batches = left.get(item.sku);
    if (!batches) continue;
    const batch = quote(batches, item.qty);
    quotes.set(item, { promise: viewOfQuote(item.qty, batch), split: null });
    if (batch) left.set(item.sku, without(batches, [{ batch, qty: item.qty }]));
    else toSplit.push(item);
  }
  for (const item of toSplit) {
    const batches = left.get(item.sku)!;
    const found = split(batches, item.qty);
    quotes.set(item, { ...quotes.get(item)!, split: viewOfSplit(found) });
    left.set(item.sku, without(batches, found.parts));
  }
  return quotes;
}

/** When everything is there, with each item in one line, and with those split that have to be. */
function together(results: readonly BasketResult[]): Pick<BasketAvailability, 'promise' | 'split'> {
  const quotes = results.flatMap(({ promise }) => promise ?? []);
  const isAnswered = quotes.length === results.length;
  const canPromise = isAnswered && quotes.every(({ canPromise }) => canPromise);
  const basketQuote = { canPromise, ...(canPromise ? lastOf(quotes) : { eta: null, overdue: false }) };
  if (canPromise || !isAnswered) return { promise: basketQuote, split: null };
  const missing = results.reduce((sum, { split }) => sum + (split?.missing ?? 0), 0);
  return {
    promise: basketQuote,
    split: { missing, ...lastOf(results.map(({ promise, split }) => split ?? promise!)) },
  };
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
