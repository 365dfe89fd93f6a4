import { HttpStatus } from '@nestjs/common';
import { problemTypes } from '../../http/problems/problems';
import {
  NoSuchLine,
  OrderClosed,
  OrderConflict,
  OrderDispatched,
  OrderExpired,
  OrderNotReady,
  OrderShort,
  QuantityNotAvailable,
  UnknownOrder,
} from '../domain/errors';
import type { LineOfOrder } from '../domain/order';

const short = new OrderShort('order-001', [
  { sku: 'SMALL-TABLE', qty: 10, priority: 0, shortage: { available: 3 } },
]);

/** What calls of this module may be refused for. */
export const orderProblems = problemTypes({
  'order-unknown': {
    example: new UnknownOrder('order-001'),
    status: HttpStatus.NOT_FOUND,
    title: 'No such order',
    meaning: 'No order of this id was placed as a whole. Lines that were asked for one by one make no order.',
  },
  'order-conflict': {
    example: new OrderConflict('order-001', 'other content'),
    status: HttpStatus.CONFLICT,
    title: 'The order exists with other content',
    meaning:
      'An order of this id was placed with other content, or has lines that were asked for one by one.',
  },
  'order-short': {
    example: short,
    status: HttpStatus.CONFLICT,
    title: 'The order cannot be had as a whole',
    meaning:
      'Nothing is held for the order. `lines` says of each line that is short how many pieces it wants, and how many ' +
      'the batch has that has most of them left.',
    members: (error) => ({ lines: (error as OrderShort).lines.map(shortageOf) }),
  },
  'quantity-not-available': {
    example: new QuantityNotAvailable('order-001', { sku: 'SMALL-TABLE', qty: 10, priority: 0 }, 12, 11),
    status: HttpStatus.CONFLICT,
    title: 'The line cannot have so many pieces',
    meaning:
      'No batch can take the line with its new quantity, so it keeps what it has. `available` is the most that it can ' +
      'have, its own pieces among them.',
    members: (error) => {
      const { qty, most } = error as QuantityNotAvailable;
      return { qty, available: most, missing: qty - most };
    },
  },
  'order-closed': {
    example: new OrderClosed('order-001', 'cancelled'),
    status: HttpStatus.CONFLICT,
    title: 'The order is closed',
    meaning: 'The order was cancelled or dispatched; nothing can be done about it any more.',
  },
  'order-expired': {
    example: new OrderExpired('order-001'),
    status: HttpStatus.CONFLICT,
    title: 'The reservation of the order has expired',
    meaning: 'At least one line was held no more when the order was confirmed, so all of it was given back.',
  },
  'order-not-ready': {
    example: new OrderNotReady('order-001', ['SMALL-TABLE arrives on 2030-01-31']),
    status: HttpStatus.CONFLICT,
    title: 'The order cannot leave yet',
    meaning: 'Each line must be allocated, and its batch in the warehouse, before the order leaves.',
  },
  'order-dispatched': {
    example: new OrderDispatched('order-001', ['SMALL-TABLE']),
    status: HttpStatus.CONFLICT,
    title: 'Lines of the order have left',
    meaning: 'What has left the warehouse cannot be given back. Give back the other lines one by one.',
  },
  'order-line-unknown': {
    example: new NoSuchLine('order-001', 'SMALL-TABLE'),
    status: HttpStatus.NOT_FOUND,
    title: 'No such line',
    meaning: 'The order has no line of this SKU, or it was given back.',
  },
});

/** What is told of a line that is short. */
export function shortageOf({ sku, qty, shortage }: LineOfOrder) {
  const available = shortage?.available ?? 0;
  return { sku, qty, available, missing: qty - available };
}
