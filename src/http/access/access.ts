import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { currentCorrelation } from '../../correlation';
import { allows, type KeyScope } from '../../scopes';
import { API_KEY, type ApiKeys, KEY_NEEDED, keyOf, type RequestWithKey } from './api-keys';
import type { Reply, Request } from '../fastify';
import type { HttpAdapter } from '../http-adapter';
import { isHealth } from '../health.controller';
import { httpProblems } from '../problems/http-problems';
import type { HttpSettings } from '../http-settings';
import { isDocumentation } from '../openapi/openapi';
import { ProblemException } from '../problems/problems';
import { rateLimiter } from './rate-limit';
import { PUBLIC, type RouteSettings } from './required-scope';
import { isAmbiguous } from '../requests/unroutable-requests';
import { secretInCookie } from './session-cookie';

/** Tells a client how to say who it is (RFC 6750, section 3). */
const CHALLENGE = 'Bearer realm="stock-allocation"';

/** Headers by which gateways and networks in front of a service say for whom they pass a request on. */
const FORWARDED = new Set([
  'forwarded',
  'forwarded-for',
  'via',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-envoy-external-address',
  'x-azure-clientip',
  'cf-connecting-ip',
  'true-client-ip',
  'fastly-client-ip',
  'fly-client-ip',
]);

const NO_KEYS =
  'The service has no keys yet, so it serves this machine alone, and this request comes from elsewhere. Whoever runs ' +
  'the service makes the first key: stock-allocation keys create --name admin --scopes admin';

/**
 * Finds the key that a request brings, and counts the request: each, also one that leads nowhere or is refused, but
 * questions after health. Whoever watches over the service asks from one address.
 * @param adapter without any routes as yet
 */
export function countRequests(adapter: HttpAdapter, keys: ApiKeys, settings: HttpSettings): void {
  const fastify = adapter.getInstance();
  fastify.decorateRequest(API_KEY, undefined);
  const count = rateLimiter(adapter, settings);
  fastify.addHook('onRequest', (request, reply, done) => {
    const { scope } = request.routeOptions.config as RouteSettings;
    if (!keys.exist || (scope === PUBLIC && isHealth(request.url))) return done();
    const refuse = (error: Error) => {
      if (isAmbiguous(request.raw)) reply.header('connection', 'close');
      done(error);
    };
    const secret = scope === PUBLIC ? undefined : secretIn(request.headers);
    try {
      const key = secret === undefined ? undefined : keys.find(secret);
      if (key) {
        (request as RequestWithKey)[API_KEY] = key;
        currentCorrelation().keyId = key.id;
      }
    } catch (error) {
      return refuse(error as Error);
    }
    count(request, reply).then(() => done(), refuse);
  });
}

/**
 * Lets nobody do anything without a key that has the scope which the call asks for (`RequireScope`). As long as there is
 * no key at all, whoever is on this machine may do everything: that is how one begins.
 * @param adapter without any routes as yet; `countRequests` has found the keys
 */
export function requireKeys(adapter: HttpAdapter, keys: ApiKeys): void {
  const fastify = adapter.getInstance();
  fastify.decorateRequest(KEY_NEEDED, undefined);
  fastify.addHook('onRoute', (route) => {
    const { method, url } = route;
    const settings = { ...route.config } as RouteSettings;
    if (settings.scope !== undefined) return;
    if (method === 'OPTIONS' || isDocumentation(url)) {
      route.config = { ...settings, scope: PUBLIC } as typeof route.config;
      return;
    }
    throw new Error(
      `${String(method)} ${url} does not say who may call it: put @RequireScope('read'), or another scope, on its ` +
        'method or controller, or @Public() if everyone may',
    );
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    const { scope = 'admin' } = request.routeOptions.config as RouteSettings;
    if (scope === PUBLIC) return done();
    if (keys.exist) return done(refusalOf(request, reply, scope));
    if (!isLocal(request.raw)) return done(noKeys(reply));
    (request as RequestWithKey)[KEY_NEEDED] = keys.firstMade;
    done();
  });
}

function noKeys(reply: Reply): ProblemException {
  reply.header('www-authenticate', CHALLENGE);
  return new ProblemException(httpProblems.unauthorized, NO_KEYS);
}

/** Why the request may not do what asks for a scope; undefined when it may. */
function refusalOf(request: Request, reply: Reply, scope: KeyScope): ProblemException | undefined {
  const key = keyOf(request);
  if (!key) {
    const isBad =
      request.headers.authorization !== undefined || secretInCookie(request.headers) !== undefined;
    reply.header('www-authenticate', isBad ? `${CHALLENGE}, error="invalid_token"` : CHALLENGE);
    return new ProblemException(httpProblems.unauthorized);
  }
  if (allows(key.scopes, scope)) return undefined;
  reply.header('www-authenticate', `${CHALLENGE}, error="insufficient_scope", scope="${scope}"`);
  const detail = `This call asks for the scope ${scope}. The key has: ${key.scopes.join(', ')}`;
  return new ProblemException(httpProblems['insufficient-scope'], detail);
}

/** The name of the scheme may be in any case (RFC 9110, section 11.1). Who sends none may be a browser with a session. */
function secretIn(headers: IncomingHttpHeaders): string | undefined {
  const { authorization } = headers;
  if (authorization === undefined) return secretInCookie(headers);
  return /^bearer +(\S+) *$/i.exec(authorization)?.[1];
}

/** Whether a request may do everything as long as there is no key: it comes from this machine, for nobody else. */
export function isTrustedWithoutKey(request: Request): boolean {
  return isLocal(request.raw);
}

/** Whether a request was sent on this machine, and not passed on for somebody else. */
function isLocal({ headers, socket }: IncomingMessage): boolean {
  return (
    isLoopback(socket.remoteAddress ?? '') &&
    !Object.keys(headers).some((name) => FORWARDED.has(name) || name.startsWith('x-forwarded'))
  );
}

/** Whether an address leads to this machine, and nobody else can reach what listens on it. */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || /^(::ffff:)?127\.|^::1$/.test(address);
}
