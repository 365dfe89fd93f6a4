import type { IncomingMessage } from 'node:http';
import { isIP, type Socket } from 'node:net';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * Whether a browser sends a request that may change something on behalf of a page of another origin. For a POST
 * without a body, or with a form, it asks nobody before it does so (a simple request of the Fetch standard), so
 * the service itself has to refuse it.
 *
 * Browsers say by Sec-Fetch-Site whose page it is, but only to addresses that they trust (HTTPS and localhost);
 * otherwise by Origin, which is compared with Host. Whoever sends neither is no browser.
 * @param allowedOrigins of pages that may do so all the same
 */
export function isCrossOrigin(
  { method = '', headers, socket }: IncomingMessage,
  allowedOrigins: readonly string[] = [],
): boolean {
  if (SAFE_METHODS.has(method)) return false;
  if (headers.origin !== undefined && allowedOrigins.includes(headers.origin)) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin, host = '' } = headers;
  if (origin === undefined) return false;
  return !/^https?:\/\//.test(origin) || hostOf(origin) !== host.toLowerCase() || isRebound(host, socket);
}

/** How browsers are told that pages of these origins may call the service, and what they may see of its answers. */
export function crossOriginAnswers(origins: readonly string[]) {
  return {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    exposedHeaders: [
      'Deprecation',
      'ETag',
      'Idempotent-Replayed',
      'Link',
      'Location',
      'Retry-After',
      'RateLimit-Limit',
      'RateLimit-Remaining',
      'RateLimit-Reset',
      'Sunset',
      'WWW-Authenticate',
      'X-Events',
      'X-Request-Id',
    ],
    // In seconds, for which a browser need not ask again.
    maxAge: 600,
    // OPTIONS that is no such question is answered, too.
    strictPreflight: false,
  };
}

function hostOf(origin: string): string {
  return origin.slice(origin.indexOf('//') + 2).toLowerCase();
}

/**
 * Whether the browser got to loopback by the name of another host, straight to the port of the service: so does a
 * page whose own name suddenly leads to 127.0.0.1 (DNS rebinding), and is of the same origin then. A gateway
 * on this machine has a port of its own in the name.
 */
function isRebound(host: string, { localAddress = '', localPort }: Socket): boolean {
  if (!/^(::ffff:)?127\.|^::1$/.test(localAddress)) return false;
  const [, name, port = '80'] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(host) ?? [];
  return Number(port) === localPort && !isOwnName(name.toLowerCase());
}

/** Names that lead nowhere else, whatever a name server says. */
function isOwnName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
}
