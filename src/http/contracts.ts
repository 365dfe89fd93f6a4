/** What modules need of this room for their controllers. */
export { type ApiKey, keyOf } from './api-keys';
export { ApiBookProblems, ApiProblems } from './api-problems';
export { Deprecated } from './deprecated';
export { ErrorAnswers } from './error-answers';
export { ApiRevalidated, isUnchanged, versionsToMatch } from './etag';
export type { Reply, Request } from './fastify';
export * from './fields';
export { httpProblems } from './http-problems';
export { ApiLocated, locate, locationOf } from './location';
export type { ModuleApi } from './module-api';
export * from './page';
export { ProblemException, type ProblemType, problemTypes } from './problems';
export { Public, RequireScope } from './required-scope';
export { checkSyntax } from './syntax.pipe';
