import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
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
  Unavailable,
} from '../allocation/contracts';
import { type FieldError, type Problem, ProblemException, type ProblemKind, problemKinds } from './problems';

/** Which error of the business is which kind of problem. The one place that says so. */
const kindOfError: readonly (readonly [new (...args: never[]) => Error, ProblemKind])[] = [
  [InvalidSku, 'invalid-sku'],
  [BatchConflict, 'batch-conflict'],
  [BatchChanged, 'batch-changed'],
  [LineConflict, 'line-conflict'],
  [BatchNotFound, 'batch-not-found'],
  [LineNotAllocated, 'line-not-allocated'],
  [LineNotConfirmed, 'not-allocated'],
  [ExpiredReservation, 'reservation-expired'],
  [LineDispatched, 'dispatched'],
  [BatchNotArrived, 'not-arrived'],
  [BatchArrivedAlready, 'arrived-already'],
  [QuantityOutOfBounds, 'quantity-out-of-bounds'],
];

/** The kinds that a status alone tells, for errors of the framework. */
const kindOfStatus: Readonly<Record<number, ProblemKind>> = {
  400: 'bad-request',
  404: 'not-found',
  405: 'method-not-allowed',
  408: 'request-timeout',
  413: 'payload-too-large',
  415: 'unsupported-media-type',
  417: 'expectation-failed',
  431: 'headers-too-large',
  500: 'internal-error',
  503: 'unavailable',
};

/**
 * Says what an error means to the client. Of one that nobody foresaw nothing is told.
 * @param instance the id of the request
 */
function problemOf(error: unknown, instance: string): Problem {
  if (error instanceof ProblemException) return problem(error.kind, instance, error.message, error.errors);
  for (const [type, kind] of kindOfError) {
    if (error instanceof type) return problem(kind, instance, error.message);
  }
  if (error instanceof Unavailable) {
    const { meaning } = problemKinds.unavailable;
    return problem('unavailable', instance, error.reason ? `${error.reason}. ${meaning}` : meaning);
  }
  const status = statusOf(error);
  if (status === undefined) return problem('internal-error', instance);
  const detail = messageFor(error, status);
  const kind = kindOfStatus[status];
  if (kind) return problem(kind, instance, detail);
  // RFC 9457, section 4.2.1: a problem that says no more than its status.
  const title = STATUS_CODES[status] ?? 'Error';
  return {
    type: 'about:blank',
    title,
    status,
    detail: detail ?? title,
    instance: encodeURIComponent(instance),
  };
}

function problem(
  kind: ProblemKind,
  instance: string,
  detail: string = problemKinds[kind].meaning,
  errors?: readonly FieldError[],
): Problem {
  const { status, title } = problemKinds[kind];
  // Both are URI references, and an id may have characters that these must not have.
  return { type: `/problems/${kind}`, title, status, detail, instance: encodeURIComponent(instance), errors };
}

/** The status that an error of Nest (any) or of Fastify (the client's fault) asks for. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = error instanceof Error && (error as { statusCode?: unknown }).statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

/** What a controller has to say. The framework's own messages, which have a cause, repeat what was sent. */
function messageFor(error: unknown, status: number): string | undefined {
  if (!(error instanceof HttpException) || error.cause || status >= 500) return undefined;
  return error.message || undefined;
}

/** What goes over the wire when a request does not succeed. */
export interface ErrorAnswer {
  readonly status: number;
  readonly mediaType: 'application/problem+json' | 'application/json';
  readonly body: Problem | { readonly message: string };
}

/** How version 1 answers an error. */
export function answerTo(error: unknown, instance: string): ErrorAnswer {
  const body = problemOf(error, instance);
  return { status: body.status, mediaType: 'application/problem+json', body };
}

/** How the book's API answers an error: 400 for an unknown SKU, and always with a `message`. */
export function bookAnswerTo(error: unknown, instance: string): ErrorAnswer {
  if (error instanceof InvalidSku) {
    return { status: 400, mediaType: 'application/json', body: { message: error.message } };
  }
  const problem = problemOf(error, instance);
  return {
    status: problem.status,
    mediaType: 'application/problem+json',
    body: { ...problem, message: problem.detail },
  };
}
