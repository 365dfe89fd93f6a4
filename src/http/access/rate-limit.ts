import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import { keyOf } from './api-keys';
import type { Reply, Request } from '../fastify';
import type { HttpAdapter } from '../http-adapter';
import { httpProblems } from '../problems/http-problems';
import type { HttpSettings } from '../http-settings';
import { ProblemException } from '../problems/problems';

/** Limits are averages over so many seconds, so that a rush of clients is no reason to refuse any. */
const WINDOW_S = 10;
/** Keys and addresses that are counted at a time, at most; the one that came first makes room for another. */
const COUNT_LIMIT = 10_000;

/**
 * Makes what counts a request, on this instance: by its key, or by its address where it has none. The answer says how many
 * are left (`RateLimit-Remaining`), and whether it is one too many, when to go on (`Retry-After`).
 * @returns a function that throws a ProblemException when it is one too many
 */
export function rateLimiter(
  adapter: HttpAdapter,
  { RATE_LIMIT_PER_KEY, RATE_LIMIT_PER_ADDRESS }: HttpSettings,
): (request: Request, reply: Reply) => Promise<unknown> {
  const fastify = adapter.getInstance();
  void fastify.register(rateLimit, {
    global: false,
    enableDraftSpec: true,
    timeWindow: WINDOW_S * 1_000,
    cache: COUNT_LIMIT,
    // Addresses of IPv6 count as one when they share the network that a site gets.
    keyGenerator: (request) => keyOf(request)?.id ?? normalizeIP(request.ip),
    errorResponseBuilder: () => new ProblemException(httpProblems['too-many-requests']),
  });
  const counting = (perSecond: number) => {
    // Fastify has it when it has loaded all plugins.
    let count: ReturnType<typeof fastify.rateLimit> | undefined;
    return async (request: Request, reply: Reply): Promise<unknown> =>
      perSecond === 0
        ? undefined
        : (count ??= fastify.rateLimit({ max: WINDOW_S * perSecond })).call(fastify, request, reply);
  };
  const [byKey, byAddress] = [counting(RATE_LIMIT_PER_KEY), counting(RATE_LIMIT_PER_ADDRESS)];
  return (request, reply) => (keyOf(request) ? byKey : byAddress)(request, reply);
}
