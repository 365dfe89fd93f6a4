import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { Unavailable } from '../../unavailable';
import { type ErrorAnswer, type ErrorForm, versionOne } from './error-forms';
import { httpProblems } from './http-problems';
import {
  type Problem,
  ProblemException,
  problemOf,
  problemOfError,
  type ProblemType,
  underBase,
} from './problems';

/** The types that a status alone tells, for errors of the framework. */
const typeOfStatus: Readonly<Record<number, ProblemType>> = Object.fromEntries(
  [
    httpProblems['bad-request'],
    httpProblems.unauthorized,
    httpProblems['not-found'],
    httpProblems['method-not-allowed'],
    httpProblems['request-timeout'],
    httpProblems['payload-too-large'],
    httpProblems['unsupported-media-type'],
    httpProblems['expectation-failed'],
    httpProblems['too-many-requests'],
    httpProblems['headers-too-large'],
    httpProblems['internal-error'],
    httpProblems.unavailable,
  ].map((type) => [type.status, type]),
);

/** Says what errors mean to clients: those of HTTP, and those that modules have handed over. Ask Nest for it. */
export class ErrorAnswers {
  /** All types of problems that there are. */
  readonly types: readonly ProblemType[];
  private readonly typeOfClass = new Map<unknown, ProblemType>();

  /**
   * @param ofModules the types of problems that modules bring
   * @param basePath under which a gateway shows the service, and so the pages that types of problems lead to
   * @throws Error when two of them have one kind, or are for one class of errors
   */
  constructor(
    ofModules: readonly ProblemType[] = [],
    private readonly basePath = '',
  ) {
    this.types = [...ofModules, ...Object.values(httpProblems)];
    const kinds = new Set<string>();
    for (const type of this.types) {
      const { kind, example } = type;
      if (kinds.has(kind)) throw new Error(`Two types of problems are called ${kind}; rename one of them`);
      kinds.add(kind);
      if (example && this.typeOfClass.has(example.constructor))
        throw new Error(`Two types of problems are for ${example.constructor.name}; take one of them away`);
      if (example) this.typeOfClass.set(example.constructor, type);
    }
  }

  /**
   * The problem that the error is. Of one that nobody foresaw nothing is told.
   * @param instance the id of the request
   */
  problem(error: unknown, instance: string): Problem {
    return underBase(this.basePath, this.problemAtRoot(error, instance));
  }

  private problemAtRoot(error: unknown, instance: string): Problem {
    if (error instanceof ProblemException)
      return problemOf(error.type, instance, error.message, error.errors);
    const type = this.typeOf(error);
    if (type) return problemOfError(type, instance, error as Error);
    if (error instanceof Unavailable) {
      const { meaning } = httpProblems.unavailable;
      const detail = error.reason ? `${error.reason}. ${meaning}` : meaning;
      return problemOf(httpProblems.unavailable, instance, detail);
    }
    return problemOfStatus(error, instance);
  }

  /** How a face of the service answers the error. */
  answer(error: unknown, instance: string, form: ErrorForm = versionOne): ErrorAnswer {
    return form.answer(this.problem(error, instance), this.typeOf(error));
  }

  /** The type that a module has handed over for such errors. */
  private typeOf(error: unknown): ProblemType | undefined {
    if (!(error instanceof Error)) return undefined;
    for (let at: unknown = error.constructor; at; at = Object.getPrototypeOf(at)) {
      const type = this.typeOfClass.get(at);
      if (type) return type;
    }
    return undefined;
  }
}

/** The problem that an error of the framework is, by the status that it asks for. */
function problemOfStatus(error: unknown, instance: string): Problem {
  const status = statusOf(error);
  if (status === undefined) return problemOf(httpProblems['internal-error'], instance);
  const detail = messageFor(error, status);
  const type = typeOfStatus[status];
  if (type) return problemOf(type, instance, detail);
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
