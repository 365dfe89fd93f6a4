import { HttpStatus } from '@nestjs/common';
import { problemTypes } from '../../http/problems/problems';
import {
  BatchArrivedAlready,
  BatchChanged,
  BatchConflict,
  BatchNotArrived,
  BatchNotFound,
  ExpiredReservation,
  InvalidSku,
  LineConflict,
  LineDispatched,
  LineNotAllocated,
  LineNotConfirmed,
  QuantityOutOfBounds,
} from '../domain/errors';
import { MOST_PIECES } from '../domain/batch';
import { OrderLine } from '../domain/order-line';

const line = new OrderLine('order-001', 'SMALL-TABLE', 10);

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
  'not-allocated': {
    example: new LineNotConfirmed(line, 'reserved'),
    status: HttpStatus.CONFLICT,
    title: 'The line is reserved or waits',
    meaning: 'Only a line that is allocated can leave the warehouse. Confirm it first.',
  },
  'reservation-expired': {
    example: new ExpiredReservation(line),
    status: HttpStatus.CONFLICT,
    title: 'The reservation has expired',
    meaning: 'The pieces of the line may be those of somebody else by now. Ask for the line again.',
  },
  dispatched: {
    example: new LineDispatched(line),
    status: HttpStatus.CONFLICT,
    title: 'The line was dispatched',
    meaning: 'The pieces of the line have left the warehouse; it cannot be changed any more.',
  },
  'not-arrived': {
    example: new BatchNotArrived('batch-001', '2030-01-31'),
    status: HttpStatus.CONFLICT,
    title: 'The batch has not arrived',
    meaning: 'The pieces of the line are still in transit. Report the arrival of their batch first.',
  },
  'arrived-already': {
    example: new BatchArrivedAlready('batch-001', 'it has no ETA to change'),
    status: HttpStatus.CONFLICT,
    title: 'The batch has arrived already',
    meaning: 'The batch is in the warehouse. Its quantity can be adjusted; it has no ETA any more.',
  },
  'quantity-out-of-bounds': {
    example: new QuantityOutOfBounds('batch-001', 10, 25),
    status: HttpStatus.CONFLICT,
    title: 'The batch cannot hold so many or so few pieces',
    meaning: `A batch holds no fewer pieces than were dispatched from it, and no more than ${MOST_PIECES.toLocaleString('en')}.`,
  },
});
