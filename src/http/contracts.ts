/** What modules need of this room for their controllers. */
export { isTrustedWithoutKey } from './access/access';
export { type ApiKey, ApiKeys, keyOf, rightEnded } from './access/api-keys';
export { ApiBookProblems, ApiProblems } from './problems/api-problems';
export { Deprecated } from './openapi/deprecated.decorator';
export { ErrorAnswers } from './problems/error-answers';
export { ApiRevalidated, isUnchanged, versionsToMatch } from './requests/etag';
export type { Reply, Request } from './fastify';
export * from './requests/fields';
export type { HttpAdapter } from './http-adapter';
export { badField, httpProblems } from './problems/http-problems';
export { ApiLocated, locate, locationOf } from './requests/location';
export type { ModuleApi } from './module-api';
export * from './requests/page';
export { ProblemException, type ProblemType, problemTypes } from './problems/problems';
export { Public, RequireScope } from './access/required-scope';
export { secretInCookie, sessionCookie } from './access/session-cookie';
export { HttpSettings } from './http-settings';
export { checkSyntax } from './requests/syntax.pipe';
