import type { HttpAdapter } from '../http-adapter';

/** Fastify finds routes by method and path, and does not tell which methods a path has: this does. */
export class AllowedMethods {
  private readonly routes = new Map<string, { readonly path: RegExp; readonly methods: Set<string> }>();

  /** @param adapter without any routes as yet */
  constructor(adapter: HttpAdapter) {
    adapter.getInstance().addHook('onRoute', ({ url, method }) => {
      // OPTIONS is answered for every path, and what browsers ask by it is no route of its own.
      if (method === 'OPTIONS') return;
      const route = this.routes.get(url) ?? { path: patternOf(url), methods: new Set() };
      for (const each of [method].flat()) route.methods.add(each);
      this.routes.set(url, route);
    });
  }

  /**
   * The value of the header Allow (RFC 9110, section 10.2.1) for a path that can be decoded, with or without a query.
   * @returns undefined when no method leads anywhere
   */
  of(url: string): string | undefined {
    const path = decodeURI(url.replace(/[?#].*/s, ''));
    const methods = [...this.routes.values()].filter((route) => route.path.test(path));
    if (methods.length === 0) return undefined;
    const allowed = new Set(methods.flatMap((route) => [...route.methods]));
    return [...allowed.add('OPTIONS')].sort().join(', ');
  }
}

/** The paths of a route, such as `/v1/batches/:ref` or `/docs/*`. */
function patternOf(route: string): RegExp {
  const source = route
    .split(/(:\w+|\*)/)
    .map((part) => {
      if (part === '*') return '.*';
      return part.startsWith(':') ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('');
  return new RegExp(`^${source}$`, 's');
}
