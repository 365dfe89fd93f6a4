import type { IncomingMessage } from 'node:http';
import { NotFoundException } from '@nestjs/common';
import { AllowedMethods } from './allowed-methods';
import { isCrossOrigin } from '../access/cross-origin';
import { type HttpAdapter, isSentNowhere } from '../http-adapter';
import { httpProblems } from '../problems/http-problems';
import { ProblemException } from '../problems/problems';

/**
 * Refuses, before anything of the body is read, the requests that no handler is for.
 * @param adapter without any routes as yet
 * @param allowedOrigins of pages that may send requests
 */
export function refuseRequests(adapter: HttpAdapter, allowedOrigins: readonly string[] = []): void {
  const allowed = new AllowedMethods(adapter);
  adapter.getInstance().addHook('onRequest', (request, reply, done) => {
    const { raw } = request;
    if (isSentNowhere(request)) {
      return done(
        new ProblemException(httpProblems['bad-request'], 'The URL must be a path in percent-encoded UTF-8.'),
      );
    }
    if (!hasOneHost(raw)) {
      reply.header('connection', 'close');
      return done(
        new ProblemException(
          httpProblems['bad-request'],
          'The request must have one header Host, with one host.',
        ),
      );
    }
    if (!isFramedPlainly(raw)) {
      reply.header('connection', 'close');
      return done(
        new ProblemException(httpProblems['bad-request'], 'The only Transfer-Encoding is chunked.'),
      );
    }
    if (request.is404) {
      const methods = allowed.of(raw.url!);
      if (methods === undefined) return done(new NotFoundException());
      reply.header('allow', methods);
      if (raw.method === 'OPTIONS') return void reply.code(204).send();
      return done(new ProblemException(httpProblems['method-not-allowed']));
    }
    if (isCrossOrigin(raw, allowedOrigins)) return done(new ProblemException(httpProblems['cross-origin']));
    if (!canMeetExpectation(raw)) return done(new ProblemException(httpProblems['expectation-failed']));
    if (hasEncodedBody(raw)) {
      reply.header('accept-encoding', 'identity');
      return done(new ProblemException(httpProblems['unsupported-media-type']));
    }
    done();
  });
}

/** Whether what passes requests on may have read another request, so that nothing more may come on the connection. */
export function isAmbiguous(raw: IncomingMessage): boolean {
  return !hasOneHost(raw) || !isFramedPlainly(raw);
}

/** A host and perhaps a port, or nothing (RFC 9110, section 7.2). */
const HOST = /^(\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(:\d*)?$/i;

/** HTTP/1.1 asks for it, since what passes requests on finds its way by it (RFC 9112, section 3.2). */
function hasOneHost({ headers, rawHeaders, httpVersion }: IncomingMessage): boolean {
  if (headers.host === undefined) return httpVersion === '1.0';
  // Node keeps the first one only.
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index].length === 4 && rawHeaders[index].toLowerCase() === 'host') hosts += 1;
  }
  return hosts <= 1 && HOST.test(headers.host);
}

/** Node finds out about others when the request is under way already. */
function isFramedPlainly({ headers }: IncomingMessage): boolean {
  return /^(chunked)?$/i.test(headers['transfer-encoding'] ?? '');
}

/** Node itself says `100 Continue` to whom it finds expecting that. */
function canMeetExpectation({ headers: { expect } }: IncomingMessage): boolean {
  return expect === undefined || /^(100-continue)?$/i.test(expect);
}

/** The body of a GET means nothing and is not read (RFC 9110, section 9.3.1). */
function hasEncodedBody({ method, headers }: IncomingMessage): boolean {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || method === 'GET' || method === 'HEAD' || /^(identity)?$/i.test(encoding))
    return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
}
