import { HttpStatus } from '@nestjs/common';
import { KeyInUse } from '../../idempotent-request';
import { ProblemException, problemTypes } from './problems';

/** What may be wrong with any request, whichever module it is for. */
export const httpProblems = problemTypes({
  'bad-request': {
    status: HttpStatus.BAD_REQUEST,
    title: 'The request breaks the syntax',
    meaning: 'The request cannot be read. Correct each field that is named, then send it again.',
  },
  'not-found': {
    status: HttpStatus.NOT_FOUND,
    title: 'No such resource',
    meaning: 'The service has no such path. /docs lists those that it has.',
  },
  'method-not-allowed': {
    status: HttpStatus.METHOD_NOT_ALLOWED,
    title: 'The path does not take this method',
    meaning: 'The path exists, but not with this method. The header Allow lists those that it takes.',
  },
  unauthorized: {
    status: HttpStatus.UNAUTHORIZED,
    title: 'A key is needed',
    meaning:
      'Send a key that is good: Authorization: Bearer sak_…. This one is missing, unknown, expired or revoked. Whoever ' +
      'runs the service makes keys: stock-allocation keys create.',
  },
  'insufficient-scope': {
    status: HttpStatus.FORBIDDEN,
    title: 'The key may not do this',
    meaning: 'The key lacks the scope that this call asks for. Ask for a key that has it.',
  },
  'cross-origin': {
    status: HttpStatus.FORBIDDEN,
    title: 'A page of another origin sent the request',
    meaning:
      'A browser sent the request for a page that is not of this service, so nothing was done. Whoever runs ' +
      'the service lets pages in by naming their origins: CORS_ORIGINS.',
  },
  'request-timeout': {
    status: HttpStatus.REQUEST_TIMEOUT,
    title: 'The request took too long to arrive',
    meaning: 'Headers must be here within 5 seconds, the whole request within 30.',
  },
  'payload-too-large': {
    status: HttpStatus.PAYLOAD_TOO_LARGE,
    title: 'The body is too large',
    meaning: 'A body may have 1 MiB (1,048,576 bytes) at most.',
  },
  'unsupported-media-type': {
    status: HttpStatus.UNSUPPORTED_MEDIA_TYPE,
    title: 'The body is not declared as plain JSON',
    meaning: 'Send the body with the header Content-Type: application/json and without Content-Encoding.',
  },
  'expectation-failed': {
    status: HttpStatus.EXPECTATION_FAILED,
    title: 'The service cannot do what Expect asks for',
    meaning: 'The only expectation that can be met is Expect: 100-continue.',
  },
  'idempotency-key-in-use': {
    example: new KeyInUse('8e03978e'),
    status: HttpStatus.CONFLICT,
    title: 'The first request with this Idempotency-Key is under way',
    meaning: 'Send the request again in a moment: then it is answered as the first one was.',
  },
  'idempotency-key-reused': {
    status: HttpStatus.UNPROCESSABLE_ENTITY,
    title: 'The Idempotency-Key belongs to another request',
    meaning:
      'A request with this key had another method, path or body. Nothing was done. Send each request with a key of its own.',
  },
  'shown-once': {
    status: HttpStatus.CONFLICT,
    title: 'The answer had a secret, which was shown once',
    meaning:
      'The request was carried out before, and is not carried out again. Its answer is not kept, since it had a secret. If ' +
      'that got lost, look at what was made (Location, or the list) and give it a new secret.',
  },
  'too-many-requests': {
    status: HttpStatus.TOO_MANY_REQUESTS,
    title: 'Too many requests',
    meaning:
      'More requests than one key, or one address without a key, may send. Go on after the seconds that Retry-After says.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    meaning: 'The first line and the headers of a request may have 16 KiB (16,384 bytes) together.',
  },
  unavailable: {
    status: HttpStatus.SERVICE_UNAVAILABLE,
    title: 'The service cannot answer right now',
    meaning: 'Send the same request again after the seconds that Retry-After says. It is safe to do so.',
  },
  'internal-error': {
    status: HttpStatus.INTERNAL_SERVER_ERROR,
    title: 'The service made a mistake',
    meaning: 'Not your fault. The log of the service has the cause under the id given as instance.',
  },
});

/** One field of a request is wrong in a way that only its controller can tell. @param message such as `must be there` */
export function badField(field: string, message: string): ProblemException {
  return new ProblemException(httpProblems['bad-request'], undefined, [{ field, message }]);
}
