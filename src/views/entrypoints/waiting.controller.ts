import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../http/problems/api-problems';
import { Text } from '../../http/requests/fields';
import { After, Limit, Next, type Page } from '../../http/requests/page';
import { RequireScope } from '../../http/access/required-scope';
import { LineFinder } from '../queries/line-finder';
import { cursorOfNumbers, numbersIn } from './number-cursor';

class WaitingQuery {
  @Text('The product.', 'SMALL-TABLE')
  sku!: string;

  @Limit()
  limit: string = '100';

  @After()
  after?: string;
}

class WaitingView {
  @ApiProperty({ example: 'order-001' })
  orderId!: string;

  @ApiProperty({ type: 'integer', example: 10 })
  qty!: number;

  @ApiProperty({ type: 'integer', example: 0, description: 'Larger is served first.' })
  priority!: number;

  @ApiProperty({ type: 'integer', example: 1, description: '1 is the next, if its pieces come free.' })
  place!: number;
}

class WaitingPage implements Page<WaitingView> {
  @ApiProperty({ type: [WaitingView] })
  items!: readonly WaitingView[];

  @Next()
  next!: string | null;
}

@ApiTags('Version 1')
@RequireScope('read')
@Controller('v1/waiting')
export class WaitingController {
  constructor(private readonly lines: LineFinder) {}

  @Get()
  @ApiOperation({
    summary: 'List the lines that wait for a SKU',
    description:
      'The highest priority first, then the oldest. Places are counted from the first page on; who leaves the list ' +
      'meanwhile leaves a gap.',
  })
  @ApiResponse({ status: 200, description: 'The wait-list.', type: WaitingPage })
  @ApiProblems('sku')
  async listWaiting(@Query() { sku, limit, after }: WaitingQuery): Promise<WaitingPage> {
    const numbers = numbersIn(after, 3);
    const [priority, askedSequence, before] = numbers ?? [0, 0, 0];
    const last = numbers && { priority, askedSequence };
    const rows = await this.lines.waiting(sku, last, Number(limit) + 1);
    const items = rows
      .slice(0, Number(limit))
      .map(({ orderId, qty, priority }, index) => ({ orderId, qty, priority, place: before + index + 1 }));
    if (rows.length <= items.length) return { items, next: null };
    const end = rows[items.length - 1];
    return { items, next: cursorOfNumbers(end.priority, end.askedSequence, before + items.length) };
  }
}
