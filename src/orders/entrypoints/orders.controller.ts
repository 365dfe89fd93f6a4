import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { allocationProblems, InvalidSku } from '../../allocation/contracts';
import { ApiProblems } from '../../http/problems/api-problems';
import type { Reply } from '../../http/fastify';
import { locate } from '../../http/requests/location';
import { RequireScope } from '../../http/access/required-scope';
import {
  CancelOrder,
  ChangeLineOfOrder,
  ConfirmOrder,
  DispatchOrder,
  PlaceOrder,
} from '../application/commands';
import { Orders } from '../application/orders';
import { Stock } from '../application/stock';
import { OrderShort, UnknownOrder } from '../domain/errors';
import type { Order } from '../domain/order';
import { orderProblems } from './problems';
import { checkOrder, LineOfOrderPath, OrderPath, OrderRequest, QuantityRequest } from './requests';
import { OrderView, viewOf } from './responses';

/** Several lines as one. */
@ApiTags('Orders')
@RequireScope('orders')
@Controller('v1/orders')
export class OrdersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly orders: Orders,
    private readonly stock: Stock,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Place an order',
    description:
      'All of its lines, or none: each is reserved, then all are confirmed; if one is short, all are given back, and ' +
      'the answer (409) names each that is short. With `partial` the lines that can be had are taken, if there is ' +
      'one; each line is taken whole or not at all. With `wait` the others wait. With `reserveFor` the order is held ' +
      'for that time only, until it is confirmed. Sent again with the same content it changes nothing (200), whatever ' +
      'became of it; only one that was short is tried anew.',
  })
  @ApiResponse({
    status: 201,
    description: 'The order is placed.',
    type: OrderView,
    headers: {
      Location: {
        description: 'Where to look at it.',
        schema: { type: 'string', example: '/v1/orders/order-101' },
      },
    },
  })
  @ApiResponse({ status: 200, description: 'It was placed before, and is left as it is.', type: OrderView })
  @ApiProblems(
    'lines[0].sku',
    allocationProblems['invalid-sku'],
    orderProblems['order-conflict'],
    orderProblems['order-short'],
  )
  async placeOrder(
    @Body() request: OrderRequest,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<OrderView> {
    const { wish, email } = checkOrder(request);
    const { order, isNew } = await this.commands.execute(new PlaceOrder(request.orderId, wish, email));
    if (order.step === 'short') throw refusal(order);
    reply.code(isNew ? 201 : 200);
    if (isNew) locate(reply, 'v1', 'orders', order.id);
    return this.view(order);
  }

  @Get(':orderId')
  @RequireScope('read')
  @ApiOperation({
    summary: 'Look at an order',
    description: 'Its lines as they stand now, whoever changed them, and what that makes of the order.',
  })
  @ApiResponse({ status: 200, description: 'The order.', type: OrderView })
  @ApiProblems('orderId', orderProblems['order-unknown'])
  async getOrder(@Param() { orderId }: OrderPath): Promise<OrderView> {
    const order = await this.orders.look(orderId);
    if (!order) throw new UnknownOrder(orderId);
    return this.view(order);
  }

  @Post(':orderId/confirm')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Confirm a reserved order',
    description:
      'All of its lines are held for good. If the reservation of one has run out, all are given back. One that is ' +
      'confirmed already stays so.',
  })
  @ApiResponse({ status: 200, description: 'The order is wanted for good.', type: OrderView })
  @ApiProblems(
    'orderId',
    orderProblems['order-unknown'],
    orderProblems['order-closed'],
    orderProblems['order-expired'],
    orderProblems['order-short'],
  )
  async confirmOrder(@Param() { orderId }: OrderPath): Promise<OrderView> {
    return this.view(await this.commands.execute(new ConfirmOrder(orderId)));
  }

  @Post(':orderId/dispatch')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Record that an order left the warehouse',
    description:
      'All lines that are held for it, each of which must be allocated from a batch in the warehouse. This is final. ' +
      'The second time it changes nothing.',
  })
  @ApiResponse({ status: 200, description: 'The order has left.', type: OrderView })
  @ApiProblems(
    'orderId',
    orderProblems['order-unknown'],
    orderProblems['order-closed'],
    orderProblems['order-expired'],
    orderProblems['order-not-ready'],
    orderProblems['order-short'],
  )
  async dispatchOrder(@Param() { orderId }: OrderPath): Promise<OrderView> {
    return this.view(await this.commands.execute(new DispatchOrder(orderId)));
  }

  @Patch(':orderId/lines/:sku')
  @ApiOperation({
    summary: 'Change the quantity of a line of an order',
    description:
      'The line gets the batch that a new line of so many pieces would get, with what it has itself counted as free. ' +
      'If none can take it (409), it keeps what it has.',
  })
  @ApiResponse({ status: 200, description: 'The order as it is now.', type: OrderView })
  @ApiProblems(
    'qty',
    orderProblems['order-unknown'],
    orderProblems['order-line-unknown'],
    orderProblems['order-closed'],
    orderProblems['order-dispatched'],
    orderProblems['order-expired'],
    orderProblems['order-short'],
    orderProblems['quantity-not-available'],
  )
  async changeLineOfOrder(
    @Param() { orderId, sku }: LineOfOrderPath,
    @Body() { qty }: QuantityRequest,
  ): Promise<OrderView> {
    return this.view(await this.commands.execute(new ChangeLineOfOrder(orderId, sku, qty)));
  }

  @Delete(':orderId')
  @ApiOperation({
    summary: 'Cancel an order',
    description: 'All that is held for it is given back. One that is closed already stays as it is.',
  })
  @ApiResponse({ status: 200, description: 'Nothing is held for the order any more.', type: OrderView })
  @ApiProblems('orderId', orderProblems['order-unknown'], orderProblems['order-dispatched'])
  async cancelOrder(@Param() { orderId }: OrderPath): Promise<OrderView> {
    return this.view(await this.commands.execute(new CancelOrder(orderId)));
  }

  private async view(order: Order): Promise<OrderView> {
    return viewOf(order, await this.stock.lines(order.id));
  }
}

/** Why the order is not placed: one of its SKUs is unknown (rule 6), or lines are short. */
function refusal({ id, lines }: Order): Error {
  const unknown = lines.find(({ shortage }) => shortage?.available === null);
  return unknown
    ? new InvalidSku(unknown.sku)
    : new OrderShort(
        id,
        lines.filter(({ shortage }) => shortage),
      );
}
