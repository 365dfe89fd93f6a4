import { createHash } from 'node:crypto';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiResponse, ApiTags } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';
import { ApiProblems } from '../http/api-problems';
import { ApiRevalidated, isUnchanged } from '../http/etag';
import type { Reply, Request } from '../http/fastify';
import { Text } from '../http/fields';
import { ProblemException } from '../http/problems';
import { type Arrival, type Availability, AvailabilityView, type Wanted } from './availability';
import { PromiseView, promiseOf } from './basket.controller';
import { Together } from './together';

const MAX_QTY = 2_147_483_647;

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
        typeof value === 'string' && /^[1-9]\d{0,9}$/.test(value) && Number(value) <= MAX_QTY,
      defaultMessage: () => `must be a whole number from 1 to ${MAX_QTY}`,
    },
  })
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_QTY,
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
  schedule!: ArrivalView[];

  @ApiProperty({
    type: PromiseView,
    nullable: true,
    description: 'For the `qty` that was asked for; null without one.',
  })
  promise!: PromiseView | null;
}

@ApiTags('Version 1')
@Controller('v1/availability')
export class AvailabilityController {
  private readonly single: Together<Wanted, Availability | undefined>;

  constructor(view: AvailabilityView) {
    this.single = new Together((wanted) => view.of(wanted));
  }

  @Get(':sku')
  @ApiOperation({
    summary: 'What there is of a SKU, and when',
    description:
      'With `qty` also whether and when so many pieces can be promised: a line goes whole into one batch, the ' +
      'warehouse first and then the earliest. Nothing is reserved by asking.',
  })
  @ApiResponse({ status: 200, description: 'As it stands now.', type: AvailabilityOfSku })
  @ApiRevalidated()
  @ApiProblems('sku', 'sku-not-found')
  async getAvailability(
    @Param() { sku }: SkuPath,
    @Query() query: QtyQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<AvailabilityOfSku | undefined> {
    const qty = query.qty === undefined ? undefined : Number(query.qty);
    const found = await this.single.get({ sku, qty });
    if (!found) throw new ProblemException('sku-not-found');
    const schedule = withCumulative(found.schedule);
    const answer = {
      sku,
      availableNow: schedule.find(({ eta }) => eta === null)?.available ?? 0,
      available: schedule.at(-1)?.cumulative ?? 0,
      schedule,
      promise: qty === undefined ? null : promiseOf(qty, found),
    };
    return isUnchanged(request, reply, versionOf(answer)) ? undefined : answer;
  }
}

function withCumulative(schedule: readonly Arrival[]): ArrivalView[] {
  let cumulative = 0;
  return schedule.map(({ eta, available }) => ({ eta, available, cumulative: (cumulative += available) }));
}

/** Of many batches together no event tells the version, but the answer itself does. */
function versionOf(answer: object): string {
  return createHash('sha1').update(JSON.stringify(answer)).digest('base64url');
}
