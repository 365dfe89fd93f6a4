import type { StockClient } from './client.ts';
import type { paths } from './generated/openapi.ts';
import { answerOf } from './problem.ts';

interface Page {
  readonly items: readonly unknown[];
  readonly next: string | null;
}
type PageOf<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body extends Page } } } };
}
  ? Body
  : never;
type ParametersOf<Path extends keyof paths> = paths[Path] extends { get: { parameters: infer Given } }
  ? Given
  : never;

/** Paths that answer with pages. */
export type PagedPath = { [Path in keyof paths]: PageOf<Path> extends never ? never : Path }[keyof paths];

/** What one item of such pages is. */
export type ItemOf<Path extends PagedPath> = PageOf<Path>['items'][number];

/** How to ask for items: as for one page. */
export type ItemsInit<Path extends PagedPath> =
  ParametersOf<Path> extends { path: object }
    ? [{ params: ParametersOf<Path>; signal?: AbortSignal }]
    : [{ params?: ParametersOf<Path>; signal?: AbortSignal }?];

type Get = (path: string, init: object) => Promise<{ data?: Page; error?: unknown; response: Response }>;

/**
 * All items of a list, page by page: `for await (const batch of items(stock, '/v1/batches'))`. The next page is asked
 * for when it is needed. What changes meanwhile may be there or not; what was there all the time comes once.
 * @param init what is asked for; `limit` is the size of a page, `after` where to begin
 * @throws ProblemError when it is refused
 */
export async function* items<Path extends PagedPath>(
  client: StockClient,
  path: Path,
  ...[init = {}]: ItemsInit<Path>
): AsyncGenerator<ItemOf<Path>, void, undefined> {
  const { params, signal } = init as { params?: { query?: object }; signal?: AbortSignal };
  let query: object = { limit: 1000, ...params?.query };
  for (;;) {
    const page = await answerOf((client.GET as Get)(path, { params: { ...params, query }, signal }));
    yield* page.items as ItemOf<Path>[];
    if (page.next === null) return;
    query = { ...query, after: page.next };
  }
}
