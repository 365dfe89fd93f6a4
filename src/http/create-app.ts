import { type DynamicModule, Module, NotFoundException, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TerminusModule } from '@nestjs/terminus';
import { Logger, LoggerModule, PinoLogger } from 'nestjs-pino';
import type { Config } from '../config';
import { HealthController } from './health.controller';
import { HttpAdapter, isSentNowhere } from './http-adapter';
import { loggingParams } from './logging';
import { serveDocs } from './openapi';
import { ProblemFilter } from './problem.filter';
import { ProblemException } from './problems';
import { ProblemsController } from './problems.controller';
import { trackRequests } from './request-tracking';
import { syntaxPipe } from './syntax.pipe';

/** What the HTTP face adds to the modules that it serves. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController, ProblemsController],
})
export class HttpModule {}

/**
 * Makes the HTTP application of `module`. It does not listen yet.
 * @throws what a module throws when it starts
 */
export async function createApp(
  config: Config,
  module: Type | DynamicModule,
): Promise<NestFastifyApplication> {
  const adapter = new HttpAdapter();
  const root = { module: HttpModule, imports: [LoggerModule.forRoot(loggingParams(config)), module] };
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    bodyParser: false,
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(Logger));

  const fastify = app.getHttpAdapter().getInstance();
  trackRequests(fastify, await app.resolve(PinoLogger));
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (isSentNowhere(request)) {
      return done(new ProblemException('bad-request', 'The URL must be percent-encoded UTF-8.'));
    }
    if (adapter.closing) {
      return done(
        new ProblemException(
          'unavailable',
          'The service shuts down. Ask again: another instance may answer.',
        ),
      );
    }
    // Whatever the body is like, a path that does not exist comes first.
    done(request.is404 ? new NotFoundException() : undefined);
  });

  app.useSecurityHeaders({
    contentSecurityPolicy: {
      // Swagger's page styles itself inline. Over plain HTTP it would not load if upgraded.
      directives: {
        styleSrc: ["'self'", "'unsafe-inline'"],
        fontSrc: "'self'",
        upgradeInsecureRequests: null,
      },
    },
  });
  app.useGlobalPipes(syntaxPipe());
  app.useGlobalFilters(new ProblemFilter());
  serveDocs(app);
  return app;
}
