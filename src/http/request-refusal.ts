import { NotFoundException } from '@nestjs/common';
import { type HttpAdapter, isSentNowhere } from './http-adapter';
import { ProblemException } from './problems';

/** Refuses, before anything of the body is read, the requests that no handler is for. */
export function refuseRequests(adapter: HttpAdapter): void {
  adapter.getInstance().addHook('onRequest', (request, _reply, done) => {
    if (isSentNowhere(request)) {
      done(new ProblemException('bad-request', 'The URL must be percent-encoded UTF-8.'));
    } else if (adapter.closing) {
      done(new ProblemException('unavailable', 'The service is stopping; another instance may answer.'));
    } else {
      done(request.is404 ? new NotFoundException() : undefined);
    }
  });
}
