/** What modules need of this room for their controllers. */
export { isTrustedWithoutKey } from './access';
export { type ApiKey, ApiKeys, keyOf } from './api-keys';
export { ApiBookProblems, ApiProblems } from './api-problems';
export { Deprecated } from './deprecated';
export { ErrorAnswers } from './error-answers';
export { ApiRevalidated, isUnchanged, versionsToMatch } from './etag';
export type { Reply, Request } from './fastify';
export * from './fields';
export type { HttpAdapter } from './http-adapter';
export { badField, httpProblems } from './http-problems';
export { ApiLocated, locate, locationOf } from './location';
export type { ModuleApi } from './module-api';
export * from './page';
export { ProblemException, type ProblemType, problemTypes } from './problems';
export { Public, RequireScope } from './required-scope';
export { secretInCookie, sessionCookie } from './session-cookie';
export { HttpSettings } from './http-settings';
export { checkSyntax } from './syntax.pipe';
