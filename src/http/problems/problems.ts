/**
 * A type of problem (RFC 9457). A module defines its own and hands them over in its file: what is answered, documented
 * and explained follows from that.
 */
export interface ProblemType {
  /** The last segment of its `type`. */
  readonly kind: string;
  /** Status code of HTTP. */
  readonly status: number;
  /** A title, the same for every problem of the type. */
  readonly title: string;
  /** What it means and what to do about it: the detail when the error itself brings none. */
  readonly meaning: string;
  /** An error that is answered so, as every one of its class is; its message is the detail. */
  readonly example?: Error;
  /** What the problem says besides, in members of its own (RFC 9457, section 3.2), of an error like the example. */
  readonly members?: (error: Error) => object;
  /** Clients of the book's API expect this status instead, and no more than a message. */
  readonly bookStatus?: number;
}

/** Types of problems by their kinds. */
export function problemTypes<Kind extends string>(
  types: Readonly<Record<Kind, Omit<ProblemType, 'kind'>>>,
): Readonly<Record<Kind, ProblemType>> {
  const entries = Object.entries<Omit<ProblemType, 'kind'>>(types);
  return Object.fromEntries(entries.map(([kind, type]) => [kind, { kind, ...type }])) as Record<
    Kind,
    ProblemType
  >;
}

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

/**
 * A problem of this type.
 * @param instance the id of the request
 * @param detail what is wrong this time
 */
export function problemOf(
  { kind, title, status, meaning }: ProblemType,
  instance: string,
  detail: string = meaning,
  errors?: readonly FieldError[],
): Problem {
  // Both are URI references, and an id may have characters that these must not have.
  return { type: `/problems/${kind}`, title, status, detail, instance: encodeURIComponent(instance), errors };
}

/**
 * The problem that an error of a class of a module is.
 * @param instance the id of the request
 */
export function problemOfError(type: ProblemType, instance: string, error: Error): Problem {
  return { ...problemOf(type, instance, error.message), ...type.members?.(error) };
}

/** A problem as it is told where a gateway shows the service under `basePath`. */
export function underBase(basePath: string, problem: Problem): Problem {
  const isOurs = problem.type.startsWith('/');
  return basePath === '' || !isOurs ? problem : { ...problem, type: basePath + problem.type };
}

/** An answer that is not a success, for code of the HTTP face to throw. */
export class ProblemException extends Error {
  /** @param detail what is wrong this time; the meaning of the type when left out */
  constructor(
    readonly type: ProblemType,
    detail: string = type.meaning,
    readonly errors?: readonly FieldError[],
  ) {
    super(detail);
  }
}
