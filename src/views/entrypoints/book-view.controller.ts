import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiBookProblems } from '../../http/problems/api-problems';
import { Text } from '../../http/requests/fields';
import { ProblemException } from '../../http/problems/problems';
import { RequireScope } from '../../http/access/required-scope';
import { LineFinder } from '../queries/line-finder';
import { viewProblems } from './problems';

class OrderPath {
  @Text('The order.', 'order-001')
  orderid!: string;
}

class BookLine {
  @ApiProperty({ example: 'SMALL-TABLE' })
  sku!: string;

  @ApiProperty({ example: 'batch-001' })
  batchref!: string;
}

/** The view of the book's service, as its clients know it. */
@ApiTags("The book's API")
@RequireScope('read')
@Controller('allocations')
export class BookViewController {
  constructor(private readonly lines: LineFinder) {}

  @Get(':orderid')
  @ApiOperation({
    summary: 'Look at the allocated lines of an order',
    description:
      'SKU and batch of each line. `GET /v1/allocations/{orderId}` says more, and knows lines that wait, too.',
  })
  @ApiResponse({ status: 200, description: 'The lines.', type: [BookLine] })
  @ApiBookProblems('orderid', viewProblems['order-not-allocated'])
  async viewAllocations(@Param() { orderid }: OrderPath): Promise<BookLine[]> {
    const lines = await this.lines.allocatedOfOrder(orderid);
    if (lines.length === 0) throw new ProblemException(viewProblems['order-not-allocated']);
    return lines.map(({ sku, batchRef }) => ({ sku, batchref: batchRef }));
  }
}
