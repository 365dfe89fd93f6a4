import { HttpStatus } from '@nestjs/common';
import { problemTypes } from '../../http/problems/problems';

/** What cannot be looked at. */
export const viewProblems = problemTypes({
  'order-not-found': {
    status: HttpStatus.NOT_FOUND,
    title: 'No such order',
    meaning: 'No line of the order was ever allocated or found out of stock.',
  },
  'order-not-allocated': {
    status: HttpStatus.NOT_FOUND,
    title: 'Order not allocated',
    meaning: 'The order has no allocated line. It is unknown, or its SKUs are out of stock.',
  },
  'sku-not-found': {
    status: HttpStatus.NOT_FOUND,
    title: 'No such SKU',
    meaning: 'No batch of this SKU was ever created.',
  },
});
