import { Logger, type Params, PinoLogger } from 'nestjs-pino';
import { destination } from 'pino';
import { currentCorrelationId } from '../correlation';
import { spanUnderWay } from '../tracing';
import type { HttpSettings } from './http-settings';

const secret = ['authorization', 'cookie', 'set-cookie'];

/** How nestjs-pino writes the log: one JSON object a line. */
export function loggingParams(settings: HttpSettings): Params {
  return {
    pinoHttp: [
      {
        level: settings.LOG_LEVEL,
        // Ids of the request, or of the message, for which the line is written; and of its trace, if spans are recorded.
        mixin: () => ({ requestId: currentCorrelationId(), traceId: spanUnderWay()?.spanContext().traceId }),
        redact: [
          ...secret.map((header) => `headers["${header}"]`),
          ...secret.map((header) => `*.headers["${header}"]`),
        ],
      },
      // Requests do not wait for the log. What is still to be written is written when the process exits.
      destination({ sync: false }),
    ],
    // Requests are tracked by hooks of Fastify, which see those too that never reach a middleware.
    forRoutes: [],
  };
}

/** What writes the log before there is an application, which then goes on with the same one. */
export function createLogger(settings: HttpSettings): Logger {
  return new Logger(new PinoLogger(loggingParams(settings)), {});
}
