/** Since when a call is deprecated, and until when it is there. Days are given as YYYY-MM-DD, and begin at midnight UTC. */
export interface Deprecation {
  readonly since: string;
  /** From this day on it may be gone. */
  readonly sunset?: string;
  /** A page that says what to do instead; of this service, or an URL. */
  readonly link?: string;
}

/** What the OpenAPI document has of it, besides `deprecated`. */
export const DEPRECATION = 'x-deprecation';

/** The headers by which answers say so. */
export function deprecationHeaders({ since, sunset, link }: Deprecation): Record<string, string> {
  return {
    Deprecation: `@${Date.parse(since) / 1000}`,
    ...(sunset !== undefined && { Sunset: new Date(sunset).toUTCString() }),
    ...(link !== undefined && { Link: `<${link}>; rel="deprecation"` }),
  };
}
