import type { FeedEvent } from './feed-event';
import type { FeedFilter } from './feed-filter';

/** Events that are held at most, and characters of their JSON. */
const MAX_EVENTS = 10_000;
const MAX_LENGTH = 16 * 1024 * 1024;

/** The newest events of the log, without a gap, held ready for those who follow it. */
export class RecentEvents {
  private events: FeedEvent[] = [];
  private length = 0;
  /** The position of the newest event; while there is none, that after which the first one is to come. */
  private last = 0;

  get end(): number {
    return this.last;
  }

  /** Forgets all events; those that are added next come after this position. */
  beginAfter(position: number): void {
    this.events = [];
    this.length = 0;
    this.last = position;
  }

  /** @param events those that follow what is held, each at the next position */
  add(events: readonly FeedEvent[]): void {
    for (const event of events) {
      this.events.push(event);
      this.length += event.json.length;
      this.last = event.position;
    }
    let gone = 0;
    while (this.events.length - gone > MAX_EVENTS || this.length > MAX_LENGTH)
      this.length -= this.events[gone++].json.length;
    if (gone > 0) this.events = this.events.slice(gone);
  }

  /**
   * What comes after a position, as far as the filter lets it through.
   * @param limit so many at most
   * @returns with the position up to which that is all; undefined when older events than those held are needed
   */
  after(
    position: number,
    limit: number,
    filter: FeedFilter,
  ): { events: readonly FeedEvent[]; position: number } | undefined {
    let index = this.events.length - (this.last - position);
    if (index < 0) return undefined;
    const found: FeedEvent[] = [];
    while (index < this.events.length && found.length < limit) {
      const event = this.events[index++];
      if (filter.lets(event)) found.push(event);
    }
    return { events: found, position: this.last - (this.events.length - index) };
  }
}
