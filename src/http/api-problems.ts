import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import {
  BatchConflict,
  BatchNotFound,
  InvalidSku,
  LineConflict,
  LineNotAllocated,
  OrderLine,
} from '../allocation/contracts';
import { answerTo, bookAnswerTo } from './error-answers';
import { textMessage } from './fields';
import { ProblemException, type ProblemKind, problemKinds } from './problems';
import { BookErrors } from './problem.filter';

/** What any call with a body may come to. */
export const bodyProblems = ['payload-too-large', 'unsupported-media-type'] as const;

/** What any call may come to. */
const commonProblems = ['bad-request', 'unavailable', 'internal-error'] as const;

const REQUEST = '01990a5c-7e00-7000-8000-0123456789ab';

const examples = {
  'invalid-sku': new InvalidSku('SMALL-TABLE'),
  'batch-conflict': new BatchConflict('batch-001', 'quantity 100'),
  'line-conflict': new LineConflict(new OrderLine('order-001', 'SMALL-TABLE', 12), 10),
  'batch-not-found': new BatchNotFound('batch-001'),
  'line-not-allocated': new LineNotAllocated('order-001', 'SMALL-TABLE'),
};

const retryAfter = { 'Retry-After': { description: 'In seconds.', schema: { type: 'integer', example: 1 } } };

/**
 * Documents the problems that a call of version 1 may answer, beside those that every call may.
 * @param field a text that the call takes, for the example of a bad one
 */
export function ApiProblems(field: string, ...kinds: readonly ProblemKind[]): MethodDecorator {
  return documented(field, kinds, answerTo, 'Problem');
}

/** Documents a call of the book's API in the same way, and makes it answer errors in the book's form. */
export function ApiBookProblems(field: string, ...kinds: readonly ProblemKind[]): MethodDecorator {
  return applyDecorators(BookErrors(), documented(field, kinds, bookAnswerTo, 'BookProblem'));
}

/** The examples are what `answer` makes of such an error, so the document says what the service does. */
function documented(
  field: string,
  kinds: readonly ProblemKind[],
  answer: typeof answerTo,
  schema: 'Problem' | 'BookProblem',
): MethodDecorator {
  const errors: Partial<Record<ProblemKind, Error>> = {
    ...examples,
    'bad-request': new ProblemException('bad-request', undefined, [{ field, message: textMessage }]),
  };
  const responses = new Map<number, { titles: string[]; content: Record<string, object> }>();
  for (const kind of [...kinds, ...commonProblems]) {
    const { status, mediaType, body } = answer(errors[kind] ?? new ProblemException(kind), REQUEST);
    const response = responses.get(status) ?? { titles: [], content: {} };
    responses.set(status, response);
    response.titles.push(problemKinds[kind].title);
    response.content[mediaType] = {
      schema: { $ref: `#/components/schemas/${mediaType === 'application/json' ? 'BookMessage' : schema}` },
      example: body,
    };
  }
  return applyDecorators(
    ...[...responses].map(([status, { titles, content }]) =>
      ApiResponse({
        status,
        description: `${titles.join(', or ')}.`,
        content,
        headers: status === 503 ? retryAfter : undefined,
      }),
    ),
  );
}
