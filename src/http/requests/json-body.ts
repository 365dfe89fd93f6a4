import { isUtf8 } from 'node:buffer';
import type { Request } from '../fastify';
import { httpProblems } from '../problems/http-problems';
import { ProblemException } from '../problems/problems';

/** More than any request needs: what walks through a body by recursion must not run out of stack. */
const MAX_DEPTH = 32;

/** Fastify's parser for bodies declared as JSON: a JSON object, or nothing. */
export function parseJson(
  request: Request,
  raw: Buffer,
  done: (error: Error | null, body?: unknown) => void,
): void {
  // Many clients declare JSON on calls that take no body.
  if (raw.length === 0) return done(null);
  // Decoded anyway, a broken character would become U+FFFD, and another SKU.
  if (!isUtf8(raw)) return done(new ProblemException(httpProblems['bad-request'], 'The body must be UTF-8.'));

  const parse = request.server.getDefaultJsonParser('error', 'error');
  void parse(request, raw.toString(), (error: Error | null, body?: unknown) => {
    if (error) return done(new ProblemException(httpProblems['bad-request'], 'The body must be valid JSON.'));
    if (typeof body !== 'object' || Array.isArray(body)) {
      return done(new ProblemException(httpProblems['bad-request'], 'The body must be a JSON object.'));
    }
    if (!isWithin(MAX_DEPTH, body)) {
      return done(
        new ProblemException(
          httpProblems['bad-request'],
          `The body must not nest deeper than ${MAX_DEPTH} levels.`,
        ),
      );
    }
    done(null, body);
  });
}

function isWithin(depth: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isWithin(depth - 1, inner));
}
