import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { TerminusModule } from '@nestjs/terminus';
import { Logger, LoggerModule } from 'nestjs-pino';
import type { Config } from '../config';
import { HealthController } from './health.controller';
import { HttpAdapter } from './http-adapter';
import { loggingParams } from './logging';
import { openApiDocument, serveDocs } from './openapi';
import { ProblemFilter } from './problem.filter';
import { ProblemsController } from './problems.controller';
import { refuseRequests } from './request-refusal';
import { trackRequests } from './request-tracking';
import { securityHeaders } from './security-headers';
import { SyntaxPipe } from './syntax.pipe';

/** What HTTP adds to the modules that it serves. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController, ProblemsController],
})
class HttpModule {}

@Module({})
class RootModule {}

function root(config: Config, module: Type | DynamicModule): DynamicModule {
  return { module: RootModule, imports: [LoggerModule.forRoot(loggingParams(config)), module, HttpModule] };
}

/**
 * Makes the HTTP application of `module`. It does not listen yet.
 * @throws what a module throws when it starts
 */
export async function createApp(
  config: Config,
  module: Type | DynamicModule,
): Promise<NestFastifyApplication> {
  const adapter = new HttpAdapter(config.SHUTDOWN_GRACE);
  const app = await NestFactory.create<NestFastifyApplication>(root(config, module), adapter, {
    bodyParser: false,
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(Logger));
  trackRequests(adapter);
  refuseRequests(adapter);
  app.useSecurityHeaders(securityHeaders);
  app.useGlobalPipes(new SyntaxPipe());
  app.useGlobalFilters(new ProblemFilter());
  serveDocs(app, adapter);
  return app;
}

/** Describes the HTTP interface of `module`. Nothing of it is started, so no database is needed. */
export async function describeApp(config: Config, module: Type | DynamicModule): Promise<OpenAPIObject> {
  const options = { preview: true, logger: false, abortOnError: false } as const;
  return openApiDocument(
    await NestFactory.create(root(config, module), new HttpAdapter(config.SHUTDOWN_GRACE), options),
  );
}
