import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import {
  BatchChanged,
  BatchConflict,
  BatchNotFound,
  InvalidSku,
  LineConflict,
  LineNotAllocated,
  OrderLine,
} from '../allocation/contracts';
import { answerTo, bookAnswerTo } from './error-answers';
import { ProblemException, type ProblemKind, problemKinds } from './problems';
import { BookErrors } from './problem.filter';
import { TEXT_RULE } from '../syntax';

const REQUEST = '01990a5c-7e00-7000-8000-0123456789ab';

const examples = {
  'invalid-sku': new InvalidSku('SMALL-TABLE'),
  'batch-conflict': new BatchConflict('batch-001', 'quantity 100'),
  'batch-changed': new BatchChanged('batch-001'),
  'line-conflict': new LineConflict(new OrderLine('order-001', 'SMALL-TABLE', 12), 10),
  'batch-not-found': new BatchNotFound('batch-001'),
  'line-not-allocated': new LineNotAllocated('order-001', 'SMALL-TABLE'),
};

const headersOf: Readonly<Record<number, ResponseObject['headers']>> = {
  415: {
    'Accept-Encoding': {
      description: 'Where the encoding of the body was the reason.',
      schema: { type: 'string', enum: ['identity'] },
    },
  },
  503: { 'Retry-After': { description: 'In seconds.', schema: { type: 'integer', example: 1 } } },
};

/** How a face of the service answers errors, and what such an answer looks like. */
export interface ErrorForm {
  readonly answer: typeof answerTo;
  readonly schema: string;
  /** How the names of its answers begin in the document. */
  readonly prefix: string;
}
export const versionOne: ErrorForm = { answer: answerTo, schema: 'Problem', prefix: '' };
export const book: ErrorForm = { answer: bookAnswerTo, schema: 'BookProblem', prefix: 'Book' };

/**
 * Documents what is wrong with a request when a call of version 1 refuses it. That the body is too large, that the
 * service is overloaded and the like is documented of every call.
 * @param field a text that the call takes, for the example of a bad one
 */
export function ApiProblems(field: string, ...kinds: readonly ProblemKind[]): MethodDecorator {
  return documented(problemResponses(['bad-request', ...kinds], versionOne, field));
}

/** Documents a call of the book's API in the same way, and makes it answer errors in the book's form. */
export function ApiBookProblems(field: string, ...kinds: readonly ProblemKind[]): MethodDecorator {
  return applyDecorators(BookErrors(), documented(problemResponses(['bad-request', ...kinds], book, field)));
}

/** An answer as OpenAPI describes it. */
export interface ResponseObject {
  description: string;
  content: Record<string, { schema: { $ref: string }; example: object }>;
  headers?: Record<string, { description: string; schema: object } | { $ref: string }>;
}

/** The answers of these kinds by status, as OpenAPI wants them. Each example is what the service answers. */
export function problemResponses(
  kinds: readonly ProblemKind[],
  { answer, schema }: ErrorForm,
  field = '',
): Record<string, ResponseObject> {
  const errors: Partial<Record<ProblemKind, Error>> = {
    ...examples,
    'bad-request': new ProblemException('bad-request', undefined, [{ field, message: TEXT_RULE }]),
  };
  const responses: Record<string, ResponseObject> = {};
  for (const kind of kinds) {
    const { status, mediaType, body } = answer(errors[kind] ?? new ProblemException(kind), REQUEST);
    const { title } = problemKinds[kind];
    const name = mediaType === 'application/json' ? 'BookMessage' : schema;
    const content = { [mediaType]: { schema: { $ref: `#/components/schemas/${name}` }, example: body } };
    const other = responses[status];
    responses[status] = other
      ? { description: `${other.description} ${title}.`, content: { ...other.content, ...content } }
      : { description: `${title}.`, content, headers: { ...headersOf[status] } };
  }
  return responses;
}

function documented(responses: Record<string, ResponseObject>): MethodDecorator {
  return applyDecorators(
    ...Object.entries(responses).map(([status, response]) =>
      ApiResponse({ status: Number(status), ...response }),
    ),
  );
}
