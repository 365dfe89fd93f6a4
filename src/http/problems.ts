import { HttpStatus } from '@nestjs/common';

interface ProblemKindOf {
  readonly status: number;
  readonly title: string;
  /** What it means and what to do about it: the detail when the error itself brings none. */
  readonly meaning: string;
}

/** Every kind of problem the service answers, by the last segment of its `type` (RFC 9457). */
export const problemKinds = {
  'bad-request': {
    status: HttpStatus.BAD_REQUEST,
    title: 'The request breaks the syntax',
    meaning: 'The request cannot be read. Correct each field that is named, then send it again.',
  },
  'invalid-sku': {
    status: HttpStatus.UNPROCESSABLE_ENTITY,
    title: 'Unknown SKU',
    meaning: 'No batch of this SKU was ever created. Create one first, or correct the SKU.',
  },
  'batch-not-found': {
    status: HttpStatus.NOT_FOUND,
    title: 'No such batch',
    meaning: 'There is no batch of this reference.',
  },
  'line-not-allocated': {
    status: HttpStatus.NOT_FOUND,
    title: 'Line not allocated',
    meaning: 'The order has no allocated line of this SKU.',
  },
  'order-not-allocated': {
    status: HttpStatus.NOT_FOUND,
    title: 'Order not allocated',
    meaning: 'The order has no allocated line. It is unknown, or its SKUs are out of stock.',
  },
  'order-not-found': {
    status: HttpStatus.NOT_FOUND,
    title: 'No such order',
    meaning: 'No line of the order was ever allocated or found out of stock.',
  },
  'sku-not-found': {
    status: HttpStatus.NOT_FOUND,
    title: 'No such SKU',
    meaning: 'No batch of this SKU was ever created.',
  },
  'not-found': {
    status: HttpStatus.NOT_FOUND,
    title: 'No such resource',
    meaning: 'The service has no such path. /docs lists those that it has.',
  },
  'method-not-allowed': {
    status: HttpStatus.METHOD_NOT_ALLOWED,
    title: 'The path does not take this method',
    meaning: 'The path exists, but not with this method. The header Allow lists those that it takes.',
  },
  'cross-origin': {
    status: HttpStatus.FORBIDDEN,
    title: 'A page of another origin sent the request',
    meaning:
      'A browser sent the request for a page that is not of this service, so nothing was done. A gateway that lets ' +
      'such pages in passes their requests on without the headers Origin and Sec-Fetch-Site.',
  },
  'request-timeout': {
    status: HttpStatus.REQUEST_TIMEOUT,
    title: 'The request took too long to arrive',
    meaning: 'Headers must be here within 5 seconds, the whole request within 30.',
  },
  'batch-conflict': {
    status: HttpStatus.CONFLICT,
    title: 'The batch exists with other content',
    meaning:
      'The reference belongs to a batch that neither was created with this SKU, quantity and ETA nor has them now.',
  },
  'batch-changed': {
    status: HttpStatus.PRECONDITION_FAILED,
    title: 'The batch has changed meanwhile',
    meaning:
      'Something happened to the batch that you did not know of. Look at it again before you change it.',
  },
  'line-conflict': {
    status: HttpStatus.CONFLICT,
    title: 'The line is allocated with another quantity',
    meaning: 'Deallocate the line before you ask for another quantity of this SKU.',
  },
  'not-allocated': {
    status: HttpStatus.CONFLICT,
    title: 'The line is reserved or waits',
    meaning: 'Only a line that is allocated can leave the warehouse. Confirm it first.',
  },
  'reservation-expired': {
    status: HttpStatus.CONFLICT,
    title: 'The reservation has expired',
    meaning: 'The pieces of the line may be those of somebody else by now. Ask for the line again.',
  },
  dispatched: {
    status: HttpStatus.CONFLICT,
    title: 'The line was dispatched',
    meaning: 'The pieces of the line have left the warehouse; it cannot be changed any more.',
  },
  'not-arrived': {
    status: HttpStatus.CONFLICT,
    title: 'The batch has not arrived',
    meaning: 'The pieces of the line are still in transit. Report the arrival of their batch first.',
  },
  'arrived-already': {
    status: HttpStatus.CONFLICT,
    title: 'The batch has arrived already',
    meaning: 'The batch is in the warehouse. Its quantity can be adjusted; it has no ETA any more.',
  },
  'quantity-out-of-bounds': {
    status: HttpStatus.CONFLICT,
    title: 'The batch cannot hold so many or so few pieces',
    meaning: 'A batch holds no fewer pieces than were dispatched from it, and no more than 2,147,483,647.',
  },
  'payload-too-large': {
    status: HttpStatus.PAYLOAD_TOO_LARGE,
    title: 'The body is too large',
    meaning: 'A body may have 1 MiB (1,048,576 bytes) at most.',
  },
  'unsupported-media-type': {
    status: HttpStatus.UNSUPPORTED_MEDIA_TYPE,
    title: 'The body is not declared as plain JSON',
    meaning: 'Send the body with the header Content-Type: application/json and without Content-Encoding.',
  },
  'expectation-failed': {
    status: HttpStatus.EXPECTATION_FAILED,
    title: 'The service cannot do what Expect asks for',
    meaning: 'The only expectation that can be met is Expect: 100-continue.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    meaning: 'The first line and the headers of a request may have 16 KiB (16,384 bytes) together.',
  },
  unavailable: {
    status: HttpStatus.SERVICE_UNAVAILABLE,
    title: 'The service cannot answer right now',
    meaning: 'Send the same request again after the seconds that Retry-After says. It is safe to do so.',
  },
  'internal-error': {
    status: HttpStatus.INTERNAL_SERVER_ERROR,
    title: 'The service made a mistake',
    meaning: 'Not your fault. The log of the service has the cause under the id given as instance.',
  },
} as const satisfies Record<string, ProblemKindOf>;

export type ProblemKind = keyof typeof problemKinds;

/** What is wrong with one field of a request. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** The body of an answer that is not a success (RFC 9457). */
export interface Problem {
  /** Resolves to a page that says what the problem means. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The id of the request, which the logs carry too. */
  readonly instance: string;
  readonly errors?: readonly FieldError[];
}

/** An answer that is not a success, for code of the HTTP face to throw. */
export class ProblemException extends Error {
  /** @param detail what is wrong this time; the meaning of the kind when left out */
  constructor(
    readonly kind: ProblemKind,
    detail: string = problemKinds[kind].meaning,
    readonly errors?: readonly FieldError[],
  ) {
    super(detail);
  }
}
