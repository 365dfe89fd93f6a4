import { HttpStatus } from '@nestjs/common';
import { problemTypes } from '../../http/problems';
import {
  BatchChanged,
  BatchConflict,
  BatchNotFound,
  InvalidSku,
  LineConflict,
  LineNotAllocated,
} from '../domain/errors';
import { OrderLine } from '../domain/order-line';

/** What the business refuses, and what clients are told of it. Each error of the domain is one of these. */
export const allocationProblems = problemTypes({
  'invalid-sku': {
    example: new InvalidSku('SMALL-TABLE'),
    status: HttpStatus.UNPROCESSABLE_ENTITY,
    title: 'Unknown SKU',
    meaning: 'No batch of this SKU was ever created. Create one first, or correct the SKU.',
    bookStatus: HttpStatus.BAD_REQUEST,
  },
  'batch-not-found': {
    example: new BatchNotFound('batch-001'),
    status: HttpStatus.NOT_FOUND,
    title: 'No such batch',
    meaning: 'There is no batch of this reference.',
  },
  'batch-conflict': {
    example: new BatchConflict('batch-001', 'quantity 100'),
    status: HttpStatus.CONFLICT,
    title: 'The batch exists with other content',
    meaning:
      'The reference belongs to a batch that neither was created with this SKU, quantity and ETA nor has them now.',
  },
  'batch-changed': {
    example: new BatchChanged('batch-001'),
    status: HttpStatus.PRECONDITION_FAILED,
    title: 'The batch has changed meanwhile',
    meaning:
      'Something happened to the batch that you did not know of. Look at it again before you change it.',
  },
  'line-conflict': {
    example: new LineConflict(new OrderLine('order-001', 'SMALL-TABLE', 12), 10),
    status: HttpStatus.CONFLICT,
    title: 'The line is allocated with another quantity',
    meaning: 'Deallocate the line before you ask for another quantity of this SKU.',
  },
  'line-not-allocated': {
    example: new LineNotAllocated('order-001', 'SMALL-TABLE'),
    status: HttpStatus.NOT_FOUND,
    title: 'Line not allocated',
    meaning: 'The order has no allocated line of this SKU.',
  },
});
