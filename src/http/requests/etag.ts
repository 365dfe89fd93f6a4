import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import type { Reply, Request } from '../fastify';
import { httpProblems } from '../problems/http-problems';
import { ProblemException } from '../problems/problems';

const ENTITY_TAG = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"';
const LIST = new RegExp(`^[ \\t,]*${ENTITY_TAG}(?:[ \\t]*,[ \\t,]*${ENTITY_TAG})*[ \\t,]*$`);

/** More than one is rare, and each is tried. */
const MAX_TAGS = 10;

/**
 * Labels an answer with its version, for the client to ask later whether there is a newer one. It may keep
 * the answer but has to ask each time: the next write may be its own.
 * @param version of what is answered; a text of visible ASCII characters without quotation marks
 * @returns whether the client has this very version, and gets a 304 without a body (RFC 9110, section 13.1.2)
 */
export function isUnchanged(request: Request, reply: Reply, version: string | number): boolean {
  const tag = `"${version}"`;
  reply.header('etag', tag).header('cache-control', 'private, no-cache');
  const known = request.headers['if-none-match'];
  if (known === undefined) return false;
  const unchanged = known.trim() === '*' || tagsIn(known).some((other) => other.replace('W/', '') === tag);
  if (unchanged) reply.code(304);
  return unchanged;
}

/**
 * The versions that a request may change (RFC 9110, section 13.1.1).
 * @returns undefined for any; weak tags, which never match, are left out
 * @throws ProblemException when the header breaks the syntax or names more than ten
 */
export function versionsToMatch(request: Request): string[] | undefined {
  const header = request.headers['if-match'];
  if (header === undefined || header.trim() === '*') return undefined;
  const tags = LIST.test(header) ? tagsIn(header) : [];
  if (tags.length === 0 || tags.length > MAX_TAGS) {
    throw new ProblemException(
      httpProblems['bad-request'],
      `If-Match must be * or a list of 1 to ${MAX_TAGS} entity tags`,
    );
  }
  return tags.filter((tag) => !tag.startsWith('W/')).map((tag) => tag.slice(1, -1));
}

function tagsIn(header: string): string[] {
  return [...(header.match(new RegExp(ENTITY_TAG, 'g')) ?? [])];
}

/** Documents an answer that carries an ETag. */
export function ApiRevalidated(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      schema: { type: 'string', example: '"41"' },
      description: 'The ETag of an earlier answer.',
    }),
    ApiResponse({ status: 304, description: 'Nothing has changed since that answer.' }),
  );
}
