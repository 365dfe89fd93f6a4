import type { CommitPublisher } from '../../application/commit-publisher';
import type { Recorded } from '../../application/recorded';
import { committedEvents } from './commit-diagnostics';

/** SKUs with events that not all handlers have had in time. */
type Pending = ReadonlySet<string>;

/** What is being published of a SKU. */
interface Publishing {
  readonly pending: Promise<Pending>;
  isSettled: boolean;
}

/**
 * For how long a SKU counts as pending that a handler failed on, in milliseconds, if nothing else happens to it. The event
 * is delivered again meanwhile, of which nobody tells.
 */
const PENDING_MS = 30_000;

/** Publishes what was committed, and knows of each SKU when its events are known to all handlers (promise 4). */
export class EventPublication {
  /** By SKU, what is being published, or was last and not all handlers have had it. */
  private readonly underWay = new Map<string, Publishing>();

  constructor(private readonly publisher: CommitPublisher) {}

  /** Publishes the events of a commit. Never rejects. */
  async publish(events: readonly Recorded[]): Promise<Pending> {
    if (committedEvents.hasSubscribers) committedEvents.publish(events);
    return this.publisher.publishAll(events);
  }

  /**
   * Resolves when the SKU's events of this commit and of those before are published.
   * @param published the events of this commit, if some are of the SKU
   * @returns whether all handlers have had them
   */
  async isKnown(sku: string, published?: Promise<Pending>): Promise<boolean> {
    const before = this.underWay.get(sku);
    if (published) this.note(sku, published, before);
    const pending = await Promise.all([before?.pending, published]);
    return !pending.some((skus) => skus?.has(sku));
  }

  private note(sku: string, published: Promise<Pending>, before?: Publishing): void {
    const pending = before && !before.isSettled ? inEither(before.pending, published) : published;
    const publishing: Publishing = { pending, isSettled: false };
    this.underWay.set(sku, publishing);
    const forget = () => {
      if (this.underWay.get(sku) === publishing) this.underWay.delete(sku);
    };
    void pending.then((skus) => {
      publishing.isSettled = true;
      // A SKU stays here while a handler lacks events of it: a command that is repeated meanwhile, and changes nothing,
      // must not be answered as if all had seen what it did the first time.
      if (skus.has(sku)) setTimeout(forget, PENDING_MS).unref();
      else forget();
    });
  }
}

async function inEither(...both: readonly [Promise<Pending>, Promise<Pending>]): Promise<Pending> {
  const [first, second] = await Promise.all(both);
  return new Set([...first, ...second]);
}
