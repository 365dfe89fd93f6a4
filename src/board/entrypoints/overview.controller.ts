import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiResponse, ApiTags } from '@nestjs/swagger';
import { keyOf } from '../../http/access/api-keys';
import { ApiProblems } from '../../http/problems/api-problems';
import { ApiRevalidated, isUnchanged } from '../../http/requests/etag';
import type { Reply, Request } from '../../http/fastify';
import { RequireScope } from '../../http/access/required-scope';
import { SCOPES } from '../../scopes';
import { type Notice, noticeKinds } from '../../attention/contracts';
import type { FigureSeries } from '../figures';
import { type AttentionSection, Overview, type OverviewOfNow } from '../overview';

class NoticeView implements Notice {
  @ApiProperty({ enum: noticeKinds, example: 'sku', description: 'What it is about.' })
  kind!: Notice['kind'];

  @ApiProperty({ example: 'SMALL-TABLE', description: 'Its name: a SKU, a reference, an order, or an id.' })
  id!: string;

  @ApiPropertyOptional({ example: 'SMALL-TABLE', description: 'The SKU that it is of, if it is not that.' })
  sku?: string;

  @ApiProperty({ example: '2 lines wait for 25 pieces' })
  text!: string;

  @ApiPropertyOptional({
    example: '2030-01-31',
    description: 'A day, or an instant, at which it was due or is.',
  })
  when?: string;
}

class AttentionView implements AttentionSection {
  @ApiProperty({ example: 'out-of-stock' })
  name!: string;

  @ApiProperty({ example: 'Out of stock' })
  title!: string;

  @ApiProperty({ type: [NoticeView] })
  items!: readonly NoticeView[];

  @ApiProperty({ example: false, description: 'Whether there are more.' })
  more!: boolean;

  @ApiProperty({ example: false, description: 'Whether it could not be looked at just now.' })
  failed!: boolean;
}

const perSecond = (description: string) =>
  ({
    type: 'array',
    items: { type: 'number' },
    example: [120.5],
    description: `${description}, per second.`,
  }) as const;

class FiguresView implements FigureSeries {
  @ApiProperty({ type: 'integer', example: 2000, description: 'What each number is of, in milliseconds.' })
  stepMs!: number;

  @ApiProperty(perSecond('Lines that got a batch'))
  allocations!: readonly number[];

  @ApiProperty(
    perSecond('Requests that were refused since something was otherwise than they thought (409, 412)'),
  )
  conflicts!: readonly number[];

  @ApiProperty({
    type: 'array',
    items: { type: 'number', nullable: true },
    example: [4.2],
    description:
      'The time within which 99 of 100 requests were answered, in milliseconds; null: there were none.',
  })
  p99!: readonly (number | null)[];
}

class OverviewView implements OverviewOfNow {
  @ApiProperty({ type: [AttentionView], description: 'What needs a person, by sort.' })
  attention!: readonly AttentionView[];

  @ApiProperty({ description: 'The last two minutes of the instance that answers, the oldest first.' })
  figures!: FiguresView;
}

/** What the board shows first. */
@ApiTags('Board')
@RequireScope('read')
@Controller('v1/overview')
export class OverviewController {
  constructor(private readonly overview: Overview) {}

  @Get()
  @ApiOperation({
    summary: 'What needs a person now, and how the service does',
    description:
      'As of a second ago at most, for as long as that takes little of the time. What asks for the scope `admin` is ' +
      'there for a key that has it.',
  })
  @ApiResponse({ status: 200, description: 'The overview.', type: OverviewView })
  @ApiRevalidated()
  @ApiProblems('If-None-Match')
  async getOverview(
    @Req() request: Request,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string | undefined> {
    const { json, version } = await this.overview.of(keyOf(request)?.scopes ?? SCOPES);
    reply.type('application/json; charset=utf-8');
    return isUnchanged(request, reply, version) ? undefined : json;
  }
}
