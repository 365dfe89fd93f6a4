import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiBookProblems } from '../../http/problems/api-problems';
import { RequireScope } from '../../http/access/required-scope';
import { Allocate, CreateBatch } from '../application/commands';
import { OrderLine } from '../domain/order-line';
import { allocationProblems } from './problems';
import { BatchRequest, BookLineRequest } from './requests';

const ok = { 'text/plain': { schema: { type: 'string', example: 'OK' } } };

/** The two commands that the book's service takes, as its clients know them. */
@ApiTags("The book's API")
@Controller()
export class BookController {
  constructor(private readonly commands: CommandBus) {}

  @Post('add_batch')
  @RequireScope('stock')
  @HttpCode(201)
  @ApiOperation({
    summary: 'Record a batch of stock',
    description: 'What `POST /v1/batches` does, answered as the service of the book answers.',
  })
  @ApiResponse({ status: 201, description: 'The batch is there.', content: ok })
  @ApiBookProblems('ref', allocationProblems['batch-conflict'])
  async addBatch(@Body() batch: BatchRequest): Promise<string> {
    await this.commands.execute(new CreateBatch(batch.ref, batch.sku, batch.qty, batch.eta ?? null));
    return 'OK';
  }

  @Post('allocate')
  @RequireScope('orders')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Allocate an order line',
    description: 'What `POST /v1/allocations` does, answered as the service of the book answers.',
  })
  @ApiResponse({
    status: 202,
    description: 'The line is allocated, or known to be out of stock.',
    content: ok,
  })
  @ApiBookProblems('sku', allocationProblems['invalid-sku'], allocationProblems['line-conflict'])
  async allocateLine(@Body() line: BookLineRequest): Promise<string> {
    await this.commands.execute(new Allocate(new OrderLine(line.orderid, line.sku, line.qty)));
    return 'OK';
  }
}
