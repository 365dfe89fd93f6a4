import type { OpenAPIObject } from '@nestjs/swagger';
import { problemResponses, type ResponseObject } from './api-problems';
import { book, type ErrorForm, versionOne } from './error-forms';
import { httpProblems } from './http-problems';
import type { ProblemType } from './problems';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Responses = Record<string, ResponseObject | { $ref: string }>;

/** What every request may come to before anybody knows which call it is for. */
const unread = [httpProblems['request-timeout'], httpProblems['headers-too-large']];
/** What every call may come to, and what every call that may change something. */
const common = [
  httpProblems['bad-request'],
  httpProblems['expectation-failed'],
  httpProblems.unavailable,
  httpProblems['internal-error'],
];
const changing = [
  httpProblems['cross-origin'],
  httpProblems['payload-too-large'],
  httpProblems['unsupported-media-type'],
];

const REQUEST_ID = 'X-Request-Id';
const ETAG = 'ETag';
const EVENTS = 'X-Events';
const refTo = (name: string) => ({ $ref: `#/components/headers/${name}` });

const headers = {
  [REQUEST_ID]: {
    description: 'The id of the request: the one that it brought, or a new one.',
    required: true,
    schema: {
      type: 'string',
      minLength: 1,
      maxLength: 128,
      example: '01990a5c-7e00-7000-8000-0123456789ab',
    },
  },
  [ETAG]: {
    description:
      'The version of the answer. Send it as If-None-Match, to get the next one only when it differs.',
    required: true,
    schema: { type: 'string', example: '"41"' },
  },
  [EVENTS]: {
    description:
      'The command was carried out, but not all handlers have had its events yet; a view may be behind for a while.',
    required: false,
    schema: { type: 'string', enum: ['pending'], example: 'pending' },
  },
};

/** Describes what calls have in common: the problems that each may come to, and the headers of answers. */
export class CommonResponses {
  /** What the responses of the calls refer to. */
  readonly components = { headers, responses: {} as Record<string, ResponseObject> };

  /** Adds it to the call. */
  addTo(operation: Operation, isChanging: boolean, isOfBook: boolean): void {
    const responses = operation.responses as Responses;
    for (const [status, response] of Object.entries(responses) as [string, ResponseObject][]) {
      const hasETag = '304' in responses && ['200', '304'].includes(status);
      response.headers = {
        ...response.headers,
        [REQUEST_ID]: refTo(REQUEST_ID),
        ...(hasETag && { [ETAG]: refTo(ETAG) }),
        ...(isChanging && Number(status) < 500 && { [EVENTS]: refTo(EVENTS) }),
      };
    }
    this.addProblems(responses, unread, versionOne);
    this.addProblems(responses, isChanging ? [...changing, ...common] : common, isOfBook ? book : versionOne);
  }

  private addProblems(responses: Responses, types: readonly ProblemType[], form: ErrorForm): void {
    for (const type of types) {
      const { status } = type;
      const response = responseOf(type, form);
      const own = responses[status] as ResponseObject | undefined;
      if (own) {
        const content = { ...response.content, ...own.content };
        responses[status] = { ...own, headers: { ...response.headers, ...own.headers }, content };
      } else {
        const name = nameOf(type, form);
        this.components.responses[name] = response;
        responses[status] = { $ref: `#/components/responses/${name}` };
      }
    }
  }
}

function responseOf(type: ProblemType, form: ErrorForm): ResponseObject {
  const response = problemResponses([type], form)[type.status];
  return { ...response, headers: { ...response.headers, [REQUEST_ID]: refTo(REQUEST_ID) } };
}

/** `BadRequest` for `bad-request`. */
function nameOf({ kind }: ProblemType, { prefix }: ErrorForm): string {
  return prefix + kind.replace(/(^|-)(\w)/g, (_match, _hyphen, letter: string) => letter.toUpperCase());
}
