import {
  type DynamicModule,
  type ExceptionFilter,
  Module,
  type SecurityHeadersOptions,
  type Type,
} from '@nestjs/common';
import { ApplicationConfig, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { TerminusModule } from '@nestjs/terminus';
import { Logger, LoggerModule } from 'nestjs-pino';
import { countRequests, requireKeys } from './access/access';
import { ApiKeys } from './access/api-keys';
import { crossOriginAnswers } from './access/cross-origin';
import { announceDeprecations } from './openapi/deprecated.decorator';
import { ErrorAnswers } from './problems/error-answers';
import { HealthController } from './health.controller';
import { keepAnswers, StoredAnswers } from './requests/idempotency';
import { HttpAdapter } from './http-adapter';
import type { HttpSettings } from './http-settings';
import { locateUnder } from './requests/location';
import { loggingParams } from './logging';
import { type ModuleApi, problemsOf } from './module-api';
import { openApiDocument, serveDocs } from './openapi/openapi';
import { ProblemFilter } from './problems/problem.filter';
import { ProblemsController } from './problems/problems.controller';
import { refuseRequests } from './requests/unroutable-requests';
import { trackRequests } from './requests/request-tracking';
import { SyntaxPipe } from './requests/syntax.pipe';

/** What HTTP adds to the modules that it serves. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController, ProblemsController],
})
class HttpModule {}

@Module({})
class RootModule {}

/** The page at /docs needs no other host; it styles itself inline, and is read over plain HTTP too. */
const securityHeaders: SecurityHeadersOptions = {
  contentSecurityPolicy: {
    directives: { styleSrc: ["'self'", "'unsafe-inline'"], fontSrc: "'self'", upgradeInsecureRequests: null },
  },
};

/** The keys that requests may bring, whether or not there is anybody who has them. */
const KEYS = Symbol('KEYS');
const ANSWERS = Symbol('ANSWERS');
const noKeys: ApiKeys = { exist: false, firstMade: new AbortController().signal, find: () => undefined };

/** Global, so that any controller can ask how an error is answered. */
function root(
  settings: HttpSettings,
  module: Type | DynamicModule,
  apis: readonly ModuleApi[],
): DynamicModule {
  return {
    module: RootModule,
    global: true,
    imports: [LoggerModule.forRoot(loggingParams(settings)), module, HttpModule],
    providers: [
      { provide: ErrorAnswers, useValue: new ErrorAnswers(problemsOf(apis), settings.BASE_PATH) },
      {
        provide: KEYS,
        useFactory: (keys: ApiKeys = noKeys) => keys,
        inject: [{ token: ApiKeys, optional: true }],
      },
      {
        provide: ANSWERS,
        useFactory: (answers?: StoredAnswers) => answers ?? null,
        inject: [{ token: StoredAnswers, optional: true }],
      },
    ],
    exports: [ErrorAnswers],
  };
}

/**
 * Makes the HTTP application of `module`. It does not listen yet.
 * @param apis what the modules in it bring to the HTTP interface besides their controllers
 * @throws what a module throws when it starts
 */
export async function createApp(
  settings: HttpSettings,
  module: Type | DynamicModule,
  apis: readonly ModuleApi[] = [],
): Promise<NestFastifyApplication> {
  const adapter = new HttpAdapter(settings);
  const app = await NestFactory.create<NestFastifyApplication>(root(settings, module, apis), adapter, {
    bodyParser: false,
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(Logger));
  trackRequests(adapter);
  const keys = app.get<ApiKeys>(KEYS);
  countRequests(adapter, keys, settings);
  refuseRequests(adapter, settings.CORS_ORIGINS);
  announceDeprecations(adapter);
  requireKeys(adapter, keys);
  const answers = app.get<StoredAnswers | null>(ANSWERS);
  if (answers) keepAnswers(adapter, answers, app.get(ErrorAnswers));
  app.useSecurityHeaders(securityHeaders);
  if (settings.CORS_ORIGINS) app.enableCors(crossOriginAnswers(settings.CORS_ORIGINS));
  if (settings.BASE_PATH) locateUnder(adapter, settings.BASE_PATH);
  app.useGlobalPipes(new SyntaxPipe());
  refuseGlobalFilters(app.get(ApplicationConfig).getGlobalFilters());
  app.useGlobalFilters(new ProblemFilter(app.get(ErrorAnswers)));
  serveDocs(app, adapter, apis, settings.BASE_PATH);
  return app;
}

/**
 * Refuses filters that modules bring for all calls: the one that answers every error comes before them, so they would never
 * be asked.
 */
function refuseGlobalFilters(filters: readonly ExceptionFilter[]): void {
  if (filters.length === 0) return;
  const names = filters.map(({ constructor: { name } }) => name).join(', ');
  throw new Error(
    `APP_FILTER is not supported (${names}): an error is answered alike in single calls, bulk calls and documents. Bring its ` +
      'problem in `api` of the module (docs/write-a-module.md), or put @UseFilters on a controller',
  );
}

/** Describes the HTTP interface of `module`. Nothing of it is started, so no database is needed. */
export async function describeApp(
  settings: HttpSettings,
  module: Type | DynamicModule,
  apis: readonly ModuleApi[],
): Promise<OpenAPIObject> {
  const options = { preview: true, logger: false, abortOnError: false } as const;
  const app = await NestFactory.create(root(settings, module, apis), new HttpAdapter(settings), options);
  return openApiDocument(app, apis, settings.BASE_PATH);
}
