import type { EventFilter } from '../log/contracts';
import type { FeedEvent } from './feed-event';

/** Which events a follower wants: of these types and of these SKUs; all of them where none are named. */
export class FeedFilter {
  /** The same for followers that want the same. */
  readonly key: string;
  private readonly types?: ReadonlySet<string>;
  private readonly skus?: ReadonlySet<string>;

  constructor(readonly wanted: EventFilter = {}) {
    const { types, skus } = wanted;
    this.types = types && new Set(types);
    this.skus = skus && new Set(skus);
    this.key = JSON.stringify([types ?? null, skus ?? null]);
  }

  lets({ type, sku }: FeedEvent): boolean {
    return this.types?.has(type) !== false && this.skus?.has(sku) !== false;
  }
}
