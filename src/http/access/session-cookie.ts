import type { IncomingHttpHeaders } from 'node:http';
import type { Request } from '../fastify';

/** The cookie by which a browser brings the key that somebody typed in once. */
export const SESSION_COOKIE = 'stock_allocation_key';

/** The key that a browser brings in its cookie; undefined for none. */
export function secretInCookie({ cookie }: IncomingHttpHeaders): string | undefined {
  for (const pair of cookie?.split(';') ?? []) {
    const [name, value] = pair.trim().split('=');
    if (name === SESSION_COOKIE && value) return value;
  }
  return undefined;
}

/**
 * A `Set-Cookie` by which a browser brings the key until it is closed. No script can read it, no other site can have it
 * sent (RFC 6265bis, sections 5.4.7 and 5.6.6), and where the page came by HTTPS it goes by HTTPS alone.
 * @param secret '' to have the cookie forgotten
 * @param basePath under which a gateway shows the service
 */
export function sessionCookie(request: Request, secret: string, basePath = ''): string {
  const parts = [`${SESSION_COOKIE}=${secret}`, `Path=${basePath || '/'}`, 'HttpOnly', 'SameSite=Strict'];
  if (request.protocol === 'https') parts.push('Secure');
  if (secret === '') parts.push('Max-Age=0');
  return parts.join('; ');
}
