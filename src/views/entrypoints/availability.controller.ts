import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiResponse, ApiTags } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';
import { ApiProblems } from '../../http/api-problems';
import { ApiRevalidated, isUnchanged } from '../../http/etag';
import type { Reply, Request } from '../../http/fastify';
import { Text } from '../../http/fields';
import { ProblemException } from '../../http/problems';
import { RequireScope } from '../../http/required-scope';
import { LARGEST_QUANTITY } from '../../syntax';
import { type Arrival, AvailabilityView, type OpenBatches } from '../availability/availability';
import { QuoteView, quoteOf } from './basket.controller';
import { viewProblems } from './problems';

class SkuPath {
  @Text('The product.', 'SMALL-TABLE')
  sku!: string;
}

class QtyQuery {
  @IsOptional()
  @ValidateBy({
    name: 'qty',
    validator: {
      validate: (value) =>
        typeof value === 'string' && /^[1-9]\d{0,9}$/.test(value) && Number(value) <= LARGEST_QUANTITY,
      defaultMessage: () => `must be a whole number from 1 to ${LARGEST_QUANTITY}`,
    },
  })
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: LARGEST_QUANTITY,
    description: 'Pieces wanted, all of them from one batch.',
  })
  qty?: string;
}

const etaDocumentation = {
  type: String,
  format: 'date',
  nullable: true,
  example: '2030-01-31',
} as const;

class ArrivalView implements Arrival {
  @ApiProperty({ ...etaDocumentation, description: 'The day of arrival; null: in the warehouse.' })
  eta!: string | null;

  @ApiProperty({ type: 'integer', example: 90, description: 'Pieces left in the batches of that day.' })
  available!: number;

  @ApiProperty({ type: 'integer', example: 90, description: 'The same with all batches of earlier days.' })
  cumulative!: number;
}

class AvailabilityOfSku {
  @ApiProperty({ example: 'SMALL-TABLE' })
  sku!: string;

  @ApiProperty({ type: 'integer', example: 0, description: 'Pieces left in the warehouse.' })
  availableNow!: number;

  @ApiProperty({ type: 'integer', example: 90, description: 'Pieces left in all batches.' })
  available!: number;

  @ApiProperty({ type: [ArrivalView], description: 'By day of arrival, the warehouse first.' })
  schedule!: readonly ArrivalView[];

  @ApiProperty({
    type: 'integer',
    example: 42,
    description:
      'The newest event of the SKU that these batches show; 0 when nothing is left. Whoever goes on from here applies ' +
      'the events after it.',
  })
  sequence!: number;

  @ApiProperty({
    type: QuoteView,
    nullable: true,
    description: 'For the `qty` that was asked for; null without one.',
  })
  promise!: QuoteView | null;
}

@ApiTags('Version 1')
@RequireScope('read')
@Controller('v1/availability')
export class AvailabilityController {
  private readonly known = new WeakMap<OpenBatches, string>();

  constructor(private readonly view: AvailabilityView) {}

  @Get(':sku')
  @ApiOperation({
    summary: 'What there is of a SKU, and when',
    description:
      'With `qty` also whether and when so many pieces can be promised: a line goes whole into one batch, the ' +
      'warehouse first and then the earliest. Nothing is reserved by asking.',
  })
  @ApiResponse({ status: 200, description: 'As it stands now.', type: AvailabilityOfSku })
  @ApiRevalidated()
  @ApiProblems('sku', viewProblems['sku-not-found'])
  async getAvailability(
    @Param() { sku }: SkuPath,
    @Query() query: QtyQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string | undefined> {
    const qty = query.qty === undefined ? undefined : Number(query.qty);
    const open = await this.view.ofOne(sku);
    if (!open) throw new ProblemException(viewProblems['sku-not-found']);
    if (isUnchanged(request, reply, open.version)) return undefined;
    reply.type('application/json; charset=utf-8');
    const promise = qty === undefined ? null : quoteOf(qty, open);
    return `${this.knownPart(sku, open)},"promise":${JSON.stringify(promise)}}`;
  }

  /** The answer but for its end. Nothing of it changes until a batch does, and to make it takes longer than all else. */
  private knownPart(sku: string, open: OpenBatches): string {
    let text = this.known.get(open);
    if (text === undefined) {
      const { schedule } = open;
      const answer: Omit<AvailabilityOfSku, 'promise'> = {
        sku,
        availableNow: schedule[0]?.eta === null ? schedule[0].available : 0,
        available: schedule.at(-1)?.cumulative ?? 0,
        schedule,
        sequence: open.sequence,
      };
      text = JSON.stringify(answer).slice(0, -1);
      this.known.set(open, text);
    }
    return text;
  }
}
