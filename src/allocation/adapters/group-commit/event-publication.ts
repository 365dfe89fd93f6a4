import type { EventBus } from '@nestjs/cqrs';
import type { Recorded } from '../../application/recorded';

const NONE: ReadonlySet<string> = new Set();

/** SKUs with events that not all handlers have had in time. */
type Pending = ReadonlySet<string>;

/** Publishes what was committed, and knows of each SKU when its events are known to all handlers (promise 4). */
export class EventPublication {
  /** By SKU, what is being published last, or was and not all handlers have had it. */
  private readonly underWay = new Map<string, Promise<Pending>>();

  constructor(private readonly eventBus: EventBus<Recorded>) {}

  /** Publishes the events of a commit. Never throws: whoever publishes keeps what a handler throws to itself. */
  async publish(events: Recorded[]): Promise<Pending> {
    const pending = (await this.eventBus.publishAll(events)) as unknown;
    // Another publisher than the dispatcher, such as that of the command line, leaves nobody to wait for.
    return pending instanceof Set ? (pending as Set<string>) : NONE;
  }

  /**
   * Resolves when the SKU's events of this commit, if it has any, and of the one before are published.
   * @returns whether all handlers have had them
   */
  async isKnown(sku: string, published?: Promise<Pending>): Promise<boolean> {
    const before = this.underWay.get(sku);
    if (published) this.note(sku, published);
    const pending = await Promise.all([before, published]);
    return !pending.some((skus) => skus?.has(sku));
  }

  private note(sku: string, published: Promise<Pending>): void {
    this.underWay.set(sku, published);
    void published.then((pending) => {
      // A SKU stays here as long as a handler lacks events of it: a command that is repeated meanwhile, and changes
      // nothing, must not be answered as if all had seen what it did the first time.
      if (!pending.has(sku) && this.underWay.get(sku) === published) this.underWay.delete(sku);
    });
  }
}
