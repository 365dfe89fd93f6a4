import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiResponse, ApiTags } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';
import { ApiProblems } from '../../http/problems/api-problems';
import { ApiRevalidated, isUnchanged } from '../../http/requests/etag';
import type { Reply, Request } from '../../http/fastify';
import { Text } from '../../http/requests/fields';
import { ProblemException } from '../../http/problems/problems';
import { RequireScope } from '../../http/access/required-scope';
import { LARGEST_QUANTITY } from '../../syntax';
import type { Arrival, Availability } from '../availability/availability';
import { CurrentAvailability } from '../availability/current-availability';
import { viewProblems } from './problems';
import {
  etaDocumentation,
  overdueDocumentation,
  quoteOf,
  QuoteView,
  splitOf,
  SplitView,
} from './quote-views';

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

class ArrivalView implements Arrival {
  @ApiProperty({ ...etaDocumentation, description: 'The day of arrival; null: in the warehouse.' })
  eta!: string | null;

  @ApiProperty({ type: 'integer', example: 90, description: 'Pieces left in the batches of that day.' })
  available!: number;

  @ApiProperty({ type: 'integer', example: 90, description: 'The same with all batches of earlier days.' })
  cumulative!: number;

  @ApiProperty({
    type: 'integer',
    example: 4,
    description: 'Pieces of that day that lines hold for a while.',
  })
  reserved!: number;

  @ApiProperty({ type: 'integer', example: 6, description: 'Pieces of that day that lines hold for good.' })
  allocated!: number;

  @ApiProperty(overdueDocumentation)
  overdue!: boolean;
}

class WaitListSize {
  @ApiProperty({ type: 'integer', example: 2, description: 'Lines on the wait-list.' })
  lines!: number;

  @ApiProperty({ type: 'integer', example: 25, description: 'Pieces that they want together.' })
  pieces!: number;
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
    type: 'integer',
    example: 4,
    description:
      'Pieces that lines hold for a while: in total, like those that follow, and so also of days that are not in the ' +
      'schedule because nothing of them is left.',
  })
  reserved!: number;

  @ApiProperty({
    type: 'integer',
    example: 6,
    description: 'Pieces that lines hold for good, and that have not left.',
  })
  allocated!: number;

  @ApiProperty({
    type: 'integer',
    example: 100,
    description: 'Pieces that have not arrived, whether somebody was promised them or not.',
  })
  inTransit!: number;

  @ApiProperty({
    type: 'integer',
    example: 0,
    description: 'Those of them that should have arrived before today (in UTC).',
  })
  overdue!: number;

  @ApiProperty({ description: 'The wait-list. None of its lines fits into a batch as it stands.' })
  waiting!: WaitListSize;

  @ApiProperty({
    type: QuoteView,
    nullable: true,
    description: 'For the `qty` that was asked for; null without one.',
  })
  promise!: QuoteView | null;

  @ApiProperty({
    type: SplitView,
    nullable: true,
    description: 'When no batch has so many pieces: the lines in which they can be had; else null.',
  })
  split!: SplitView | null;
}

@ApiTags('Version 1')
@RequireScope('read')
@Controller('v1/availability')
export class AvailabilityController {
  private readonly known = new WeakMap<Availability, string>();

  constructor(private readonly view: CurrentAvailability) {}

  @Get(':sku')
  @ApiOperation({
    summary: 'What there is of a SKU, and when',
    description:
      'With `qty` also whether and when so many pieces can be promised: a line goes whole into one batch, the ' +
      'warehouse first and then the earliest. A quantity that no batch has is split into lines that can be had. Nothing ' +
      'is reserved by asking. It is the answer that a line would get that is asked for now: what was reserved for longer ' +
      'than that is free, and whoever waits has had it first.',
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
    const found = await this.view.ofOne(sku);
    if (!found) throw new ProblemException(viewProblems['sku-not-found']);
    if (isUnchanged(request, reply, found.version)) return undefined;
    reply.type('application/json; charset=utf-8');
    const quote = qty === undefined ? null : quoteOf(qty, found.batches);
    const split = quote?.canPromise === false ? splitOf(quote.qty, found.batches) : null;
    return `${this.knownPart(sku, found)},"promise":${JSON.stringify(quote)},"split":${JSON.stringify(split)}}`;
  }

  /** The answer but for its end. Nothing of it changes until a batch or a line does, and to make it takes longer than all else. */
  private knownPart(sku: string, found: Availability): string {
    let text = this.known.get(found);
    if (text === undefined) {
      const { schedule, sequence, pieces, waiting } = found;
      const answer: Omit<AvailabilityOfSku, 'promise' | 'split'> = {
        sku,
        availableNow: schedule[0]?.eta === null ? schedule[0].available : 0,
        available: schedule.at(-1)?.cumulative ?? 0,
        schedule,
        sequence,
        ...pieces,
        waiting,
      };
      text = JSON.stringify(answer).slice(0, -1);
      this.known.set(found, text);
    }
    return text;
  }
}
