import { Body, Controller, Delete, HttpCode, Param, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../http/api-problems';
import type { Reply } from '../../http/fastify';
import { ApiLocated, locate } from '../../http/location';
import { Allocate, Deallocate, Reallocate } from '../application/commands';
import { OrderLine } from '../domain/order-line';
import { allocationProblems } from './problems';
import { LinePath, LineRequest } from './requests';

@ApiTags('Version 1')
@Controller('v1/allocations')
export class AllocationsController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Allocate an order line',
    description:
      'The line goes whole into one batch: from the warehouse first, then from the earliest shipment. ' +
      'When no batch can take it, this too is a 202, and its Location shows the line as out of stock. Sent again, it ' +
      'changes nothing while the line is allocated; a line that was given back meanwhile is allocated anew.',
  })
  @ApiLocated(202, 'The line is allocated, or known to be out of stock.', '/v1/allocations/order-001')
  @ApiProblems('sku', allocationProblems['invalid-sku'], allocationProblems['line-conflict'])
  async allocate(@Body() line: LineRequest, @Res({ passthrough: true }) reply: Reply): Promise<void> {
    await this.commands.execute(new Allocate(new OrderLine(line.orderId, line.sku, line.qty)));
    locate(reply, 'v1', 'allocations', line.orderId);
  }

  @Delete(':orderId/:sku')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Deallocate an order line',
    description: 'Its pieces go back to the batch. The second time there is nothing to give back: 404.',
  })
  @ApiResponse({ status: 202, description: 'The line is deallocated.' })
  @ApiProblems('sku', allocationProblems['line-not-allocated'])
  async deallocate(@Param() { orderId, sku }: LinePath): Promise<void> {
    await this.commands.execute(new Deallocate(orderId, sku));
  }

  @Post(':orderId/:sku/reallocate')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Move an order line to the best batch of now',
    description: 'The line stays where it is when no other batch that can take it comes first.',
  })
  @ApiLocated(202, 'The line is where it should be.', '/v1/allocations/order-001')
  @ApiProblems('sku', allocationProblems['line-not-allocated'])
  async reallocate(
    @Param() { orderId, sku }: LinePath,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<void> {
    await this.commands.execute(new Reallocate(orderId, sku));
    locate(reply, 'v1', 'allocations', orderId);
  }
}
