import { Body, Controller, Delete, HttpCode, Param, Post, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../http/problems/api-problems';
import type { Reply } from '../../http/fastify';
import { ApiLocated, locate } from '../../http/requests/location';
import { RequireScope } from '../../http/access/required-scope';
import { Allocate, ConfirmReservation, Deallocate, Dispatch, Reallocate } from '../application/commands';
import { Explain } from '../application/queries';
import { OrderLine } from '../domain/order-line';
import { allocationProblems } from './problems';
import { ExplanationView } from './explanation-view';
import { ExplainRequest, LinePath, LineRequest, termsOf } from './requests';

@ApiTags('Version 1')
@RequireScope('orders')
@Controller('v1/allocations')
export class AllocationsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Allocate an order line',
    description:
      'The line goes whole into one batch: from the warehouse first, then from the earliest shipment. ' +
      'When no batch can take it, this too is a 202, and its Location shows the line as out of stock, or as waiting if ' +
      'it asked for that. Sent again, it changes nothing while the line is allocated; a line that was given back ' +
      'meanwhile is allocated anew. With `reserveFor` the line is held for that time only: sent again it is held for ' +
      'longer, never shorter, and without `reserveFor` it is confirmed.',
  })
  @ApiLocated(
    202,
    'The line is allocated, reserved or waiting, or known to be out of stock.',
    '/v1/allocations/order-001',
  )
  @ApiProblems('sku', allocationProblems['invalid-sku'], allocationProblems['line-conflict'])
  async allocate(@Body() line: LineRequest, @Res({ passthrough: true }) reply: Reply): Promise<void> {
    await this.commands.execute(new Allocate(new OrderLine(line.orderId, line.sku, line.qty), termsOf(line)));
    locate(reply, 'v1', 'allocations', line.orderId);
  }

  @Post('explain')
  @RequireScope('read')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Explain what would happen to an order line',
    description:
      'The answer to the same request to allocate, as it would be at this moment, and why: each batch in the order in ' +
      'which they serve lines, with its verdict. Nothing is changed.',
  })
  @ApiResponse({ status: 200, description: 'What would happen.', type: ExplanationView })
  @ApiProblems('sku', allocationProblems['invalid-sku'], allocationProblems['line-conflict'])
  explain(@Body() line: ExplainRequest): Promise<ExplanationView> {
    const { orderId = '', sku, qty } = line;
    return this.queries.execute(new Explain(new OrderLine(orderId, sku, qty), termsOf(line)));
  }

  @Post(':orderId/:sku/confirm')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Confirm a reserved order line',
    description:
      'The line is allocated, in the batch that it has. One that waits is allocated for good when its turn comes; one ' +
      'that is allocated already stays so.',
  })
  @ApiLocated(202, 'The line is wanted for good.', '/v1/allocations/order-001')
  @ApiProblems('sku', allocationProblems['line-not-allocated'], allocationProblems['reservation-expired'])
  async confirm(
    @Param() { orderId, sku }: LinePath,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<void> {
    await this.commands.execute(new ConfirmReservation(orderId, sku));
    locate(reply, 'v1', 'allocations', orderId);
  }

  @Post(':orderId/:sku/dispatch')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Record that an order line left the warehouse',
    description: 'This is final: the line can be given back no more. The second time it changes nothing.',
  })
  @ApiLocated(202, 'The line has left.', '/v1/allocations/order-001')
  @ApiProblems(
    'sku',
    allocationProblems['line-not-allocated'],
    allocationProblems['not-allocated'],
    allocationProblems['not-arrived'],
    allocationProblems['reservation-expired'],
  )
  async dispatch(
    @Param() { orderId, sku }: LinePath,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<void> {
    await this.commands.execute(new Dispatch(orderId, sku));
    locate(reply, 'v1', 'allocations', orderId);
  }

  @Delete(':orderId/:sku')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Deallocate an order line',
    description:
      'Its pieces go back to the batch; a line that waits leaves the wait-list. The second time there is nothing to ' +
      'give back: 404.',
  })
  @ApiResponse({ status: 202, description: 'The line is deallocated.' })
  @ApiProblems('sku', allocationProblems['line-not-allocated'], allocationProblems.dispatched)
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
  @ApiProblems('sku', allocationProblems['line-not-allocated'], allocationProblems.dispatched)
  async reallocate(
    @Param() { orderId, sku }: LinePath,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<void> {
    await this.commands.execute(new Reallocate(orderId, sku));
    locate(reply, 'v1', 'allocations', orderId);
  }
}
