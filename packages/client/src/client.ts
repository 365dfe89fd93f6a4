import createFetchClient, { type Client } from 'openapi-fetch';
import type { paths } from './generated/openapi.ts';
import { retrying } from './retrying.ts';

/** A client with a method for each method of HTTP: `GET`, `POST`, `PATCH`, `DELETE`. Paths, bodies and answers are typed. */
export type StockClient = Client<paths>;

export interface ClientOptions {
  /** Where the service is, such as `https://stock.example` or, behind a gateway, `https://shop.example/stock`. */
  readonly url: string;
  /** The key by which the service knows you, `sak_…`. Keep it out of pages that strangers open. */
  readonly key?: string;
  /** What sends requests; that of the platform as a rule. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/**
 * A client of the service at a URL. Each request is sent up to eight times, for some 20 s, until it has an answer that says
 * something about it: not when the connection breaks or nothing comes for a minute, the service is busy (429, 502, 503, 504),
 * or the request is under way already. Pauses grow from 0.2 s, and are at least what `Retry-After` says. Requests that change something
 * carry an `Idempotency-Key`, so however often they arrive they are carried out once. Bring a key of your own
 * (`params: { header }` or `headers`) to have the same hold after a crash of yours.
 */
export function createClient({
  url,
  key,
  fetch = (request) => globalThis.fetch(request),
}: ClientOptions): StockClient {
  return createFetchClient<paths>({
    baseUrl: url.replace(/\/+$/, ''),
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    fetch: retrying(fetch),
  });
}
