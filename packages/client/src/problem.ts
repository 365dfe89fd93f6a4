import type { components } from './generated/openapi.ts';

/** What the service says of a request that it refused (RFC 9457). Some kinds have members of their own. */
export type Problem = components['schemas']['Problem'];

/** A request was refused. The message is the detail; `kind` says which problem it is. */
export class ProblemError extends Error {
  override readonly name: string = 'ProblemError';

  constructor(readonly problem: Problem) {
    super(problem.detail);
  }

  get status(): number {
    return this.problem.status;
  }

  /** The last part of the type, such as `invalid-sku`; the service has a page on each at `/problems/{kind}`. */
  get kind(): string {
    return this.problem.type.split('/').at(-1)!;
  }
}

/** What comes after a position in the feed is no longer kept: copy anew what you keep, then go on from now. */
export class PositionExpired extends ProblemError {
  override readonly name = 'PositionExpired';
}

interface Result<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/**
 * The answer to a request: `await answerOf(stock.GET('/v1/skus'))`.
 * @throws ProblemError when it was refused; the kind is `about:blank` when not the service did so, but something on the way
 */
export async function answerOf<Data>(request: Promise<Result<Data>>): Promise<Exclude<Data, undefined>> {
  const { data, error, response } = await request;
  if (response.ok) return data as Exclude<Data, undefined>;
  const problem = isProblem(error) ? error : unnamed(response);
  throw problem.type.endsWith('/problems/position-expired')
    ? new PositionExpired(problem)
    : new ProblemError(problem);
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof (body as Problem | undefined)?.type === 'string' && typeof (body as Problem).detail === 'string'
  );
}

function unnamed({ status, statusText, url }: Response): Problem {
  const title = `${status} ${statusText}`.trim();
  return { type: 'about:blank', title, status, detail: `${title}, answered by ${url}`, instance: '' };
}
