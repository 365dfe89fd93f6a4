import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { TEXT_RULE } from '../../syntax';
import { book, type ErrorForm, versionOne } from './error-forms';
import { httpProblems } from './http-problems';
import { BookErrors } from './problem.filter';
import { problemOf, problemOfError, type ProblemType } from './problems';

const REQUEST = '01990a5c-7e00-7000-8000-0123456789ab';

const retryAfter = {
  'Retry-After': { description: 'In seconds.', schema: { type: 'integer', example: 1 } },
};
const headersOf: Readonly<Record<number, ResponseObject['headers']>> = {
  401: {
    'WWW-Authenticate': {
      description: 'How to say who you are.',
      schema: { type: 'string', example: 'Bearer realm="stock-allocation"' },
    },
  },
  415: {
    'Accept-Encoding': {
      description: 'Where the encoding of the body was the reason.',
      schema: { type: 'string', enum: ['identity'] },
    },
  },
  429: retryAfter,
  503: retryAfter,
};

/**
 * Documents what is wrong with a request when a call of version 1 refuses it. That the body is too large, that the
 * service is overloaded and the like is documented of every call.
 * @param field a text that the call takes, for the example of a bad one
 */
export function ApiProblems(field: string, ...types: readonly ProblemType[]): MethodDecorator {
  return documented(problemResponses([httpProblems['bad-request'], ...types], versionOne, field));
}

/** Documents a call of the book's API in the same way, and makes it answer errors in the book's form. */
export function ApiBookProblems(field: string, ...types: readonly ProblemType[]): MethodDecorator {
  const responses = problemResponses([httpProblems['bad-request'], ...types], book, field);
  return applyDecorators(BookErrors(), documented(responses));
}

/** An answer as OpenAPI describes it. */
export interface ResponseObject {
  description: string;
  content: Record<string, { schema: { $ref: string }; example: object }>;
  headers?: Record<string, { description: string; schema: object } | { $ref: string }>;
}

/** The answers of these types by status, as OpenAPI wants them. Each example is what the service answers. */
export function problemResponses(
  types: readonly ProblemType[],
  { answer, schema }: ErrorForm,
  field = '',
): Record<string, ResponseObject> {
  const responses: Record<string, ResponseObject> = {};
  for (const type of types) {
    const errors = type === httpProblems['bad-request'] ? [{ field, message: TEXT_RULE }] : undefined;
    const example = type.example
      ? problemOfError(type, REQUEST, type.example)
      : problemOf(type, REQUEST, undefined, errors);
    const { status, mediaType, body } = answer(example, type);
    const name = mediaType === 'application/json' ? 'BookMessage' : schema;
    const content = { [mediaType]: { schema: { $ref: `#/components/schemas/${name}` }, example: body } };
    const other = responses[status];
    responses[status] = other
      ? { description: `${other.description} ${type.title}.`, content: { ...other.content, ...content } }
      : { description: `${type.title}.`, content, headers: { ...headersOf[status] } };
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
