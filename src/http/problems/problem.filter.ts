import { type ArgumentsHost, Catch, type ExceptionFilter, Logger, NotFoundException } from '@nestjs/common';
import { Unavailable } from '../../unavailable';
import type { ErrorAnswers } from './error-answers';
import { book, versionOne } from './error-forms';
import type { Reply, Request } from '../fastify';
import { httpProblems } from './http-problems';
import { ProblemException } from './problems';
import { routeSettings, type RouteSettings } from '../access/required-scope';

/** Marks a call of the book's API: its errors have the form that clients of the book expect. */
export const BookErrors = () => routeSettings({ bookErrors: true });

/** Answers every error of every request, whether a handler threw it or the framework did. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  constructor(private readonly answers: ErrorAnswers) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const reply = host.switchToHttp().getResponse<Reply>();
    // What Nest says of an unknown path repeats the path, which may be long.
    if (request.is404 && error instanceof NotFoundException)
      error = new ProblemException(httpProblems['not-found']);
    const { bookErrors } = request.routeOptions.config as RouteSettings;
    const form = bookErrors ? book : versionOne;
    const { status, mediaType, body } = this.answers.answer(error, request.id, form);

    if (status === 503) {
      if (!(error instanceof Unavailable && error.announced))
        this.logger.warn(error instanceof Error ? error.message : error);
    } else if (status >= 500) this.logger.error(error);
    if (reply.sent) return;
    if (status === 503) reply.header('retry-after', '1');
    reply.code(status).header('content-type', mediaType).send(JSON.stringify(body));
  }
}
