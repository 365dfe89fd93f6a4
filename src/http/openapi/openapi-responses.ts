import type { OpenAPIObject } from '@nestjs/swagger';
import { problemResponses, type ResponseObject } from '../problems/api-problems';
import { type Deprecation, DEPRECATION, deprecationHeaders } from './deprecation';
import { book, type ErrorForm, versionOne } from '../problems/error-forms';
import { HEALTH_TAG } from '../health.controller';
import { httpProblems } from '../problems/http-problems';
import { IDEMPOTENCY_KEY, REPLAYED } from '../requests/idempotency';
import type { ProblemType } from '../problems/problems';
import { PUBLIC, REQUIRED_SCOPE } from '../access/required-scope';

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
/** What every call that needs a key may come to. */
const keyed = [httpProblems.unauthorized, httpProblems['insufficient-scope']];
/** What every call that counts may come to. */
const counted = [httpProblems['too-many-requests']];
const changing = [
  httpProblems['cross-origin'],
  httpProblems['payload-too-large'],
  httpProblems['unsupported-media-type'],
];

/** What every call may come to that takes an Idempotency-Key. */
const repeatable = [httpProblems['idempotency-key-in-use'], httpProblems['idempotency-key-reused']];

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
  [REPLAYED]: {
    description:
      'The request was answered before, by its Idempotency-Key: this is that answer, and nothing was done.',
    required: false,
    schema: { type: 'string', enum: ['true'], example: 'true' },
  },
};

const idempotencyKey = {
  name: IDEMPOTENCY_KEY,
  in: 'header',
  required: false,
  schema: { type: 'string', minLength: 1, maxLength: 512, example: '"8e03978e-40d5-43dd-bc93-6894a57f9324"' },
  description:
    'Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII ' +
    'characters that no other request of the same sender has, such as a UUID, in quotation marks or not.',
} as const;

/**
 * Whether a call needs a key.
 * @throws Error when it does not say so
 */
export function needsKey(operation: Operation): boolean {
  const scope = (operation as { [REQUIRED_SCOPE]?: string })[REQUIRED_SCOPE];
  if (scope === undefined)
    throw new Error(
      `${operation.operationId} does not say who may call it: put @RequireScope('read'), or another scope, on it or ` +
        'on its controller, or @Public() if everyone may',
    );
  return scope !== PUBLIC;
}

/** Whether a call that is not sent by GET takes an Idempotency-Key: questions are asked anew. */
function changesSomething(operation: Operation): boolean {
  const { [REQUIRED_SCOPE]: scope } = operation as { [REQUIRED_SCOPE]?: string };
  return scope !== 'read' && scope !== PUBLIC;
}

/** Describes what calls have in common: the problems that each may come to, and the headers of answers. */
export class CommonResponses {
  /** What the responses of the calls refer to. */
  readonly components = { headers, responses: {} as Record<string, ResponseObject> };

  /** Adds it to the call. */
  addTo(operation: Operation, isChanging: boolean, isOfBook: boolean): void {
    const responses = operation.responses as Responses;
    const isRepeatable = isChanging && !isOfBook && changesSomething(operation);
    for (const [status, response] of Object.entries(responses) as [string, ResponseObject][]) {
      const hasETag = '304' in responses && ['200', '304'].includes(status);
      response.headers = {
        ...response.headers,
        [REQUEST_ID]: refTo(REQUEST_ID),
        ...(hasETag && { [ETAG]: refTo(ETAG) }),
        ...(isChanging && Number(status) < 500 && { [EVENTS]: refTo(EVENTS) }),
        ...(isRepeatable && Number(status) < 500 && { [REPLAYED]: refTo(REPLAYED) }),
      };
    }
    this.markDeprecated(operation);
    this.addProblems(responses, unread, versionOne);
    if (isRepeatable) {
      (operation.parameters ??= []).push(idempotencyKey);
      this.addProblems(responses, repeatable, versionOne);
    }
    const counts = !operation.tags!.includes(HEALTH_TAG);
    const types = [
      ...common,
      ...(isChanging ? changing : []),
      ...(needsKey(operation) ? keyed : []),
      ...(counts ? counted : []),
    ];
    this.addProblems(responses, types, isOfBook ? book : versionOne);
  }

  /** Says of a call that is deprecated so, and which headers its answers carry for that. */
  private markDeprecated(operation: Operation): void {
    const deprecation = (operation as { [DEPRECATION]?: Deprecation })[DEPRECATION];
    if (!deprecation) return;
    operation.deprecated = true;
    for (const response of Object.values(operation.responses) as ResponseObject[])
      for (const [name, example] of Object.entries(deprecationHeaders(deprecation)))
        response.headers![name] = {
          description: meaningOf[name],
          schema: { type: 'string', example },
        };
  }

  private addProblems(responses: Responses, types: readonly ProblemType[], form: ErrorForm): void {
    for (const status of new Set(types.map((type) => type.status))) {
      const those = types.filter((type) => type.status === status);
      const response = responseOf(those, form);
      const own = responses[status] as ResponseObject | undefined;
      if (own) {
        const content = { ...response.content, ...own.content };
        const description = titlesIn(own.description, response.description);
        responses[status] = {
          ...own,
          description,
          headers: { ...response.headers, ...own.headers },
          content,
        };
      } else {
        const name = form.prefix + those.map(nameOf).join('Or');
        this.components.responses[name] = response;
        responses[status] = { $ref: `#/components/responses/${name}` };
      }
    }
  }
}

/** What may be wrong, each title once. */
function titlesIn(own: string, common: string): string {
  return own.includes(common) ? own : `${own} ${common}`;
}

/** What the headers of a deprecated call say. */
const meaningOf: Readonly<Record<string, string>> = {
  Deprecation: 'Since when the call should not be used any more, in seconds since 1970 (RFC 9745).',
  Sunset: 'From when on it may be gone (RFC 8594).',
  Link: 'What to do instead.',
};

/** @param types all of one status */
function responseOf(types: readonly ProblemType[], form: ErrorForm): ResponseObject {
  const response = problemResponses(types, form)[types[0].status];
  return { ...response, headers: { ...response.headers, [REQUEST_ID]: refTo(REQUEST_ID) } };
}

/** `BadRequest` for `bad-request`. */
function nameOf({ kind }: ProblemType): string {
  return kind.replace(/(^|-)(\w)/g, (_match, _hyphen, letter: string) => letter.toUpperCase());
}
