import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { Unavailable } from '../unavailable';
import { CursorExpired, cursorOf, type Epoch, positionOf } from '../log/contracts';
import type { FeedPage } from './feed-event';
import type { FeedFilter } from './feed-filter';
import { LogTail } from './log-tail';

/** For how long it is looked for events that a filter lets through, in milliseconds, before an empty page is answered. */
const LOOKING_MS = 2_000;

/** Events of a stream that are written at once at most: all that one slow client has waiting, some 100 kB. */
const EVENTS_PER_WRITE = 200;
/** A stream on which nothing else has been sent for so long, in milliseconds, says that it is alive. */
const HEARTBEAT_MS = 15_000;
/** How long a client waits before it connects again, in milliseconds, and a stream before it asks the database again. */
const RETRY_MS = 1_000;

/** Where a follower is, in which log. */
export interface Place {
  readonly position: number;
  readonly epochs: readonly Epoch[];
}

/** What happened, for whoever wants to follow it: the log as clients see it. */
@Injectable()
export class Feed {
  constructor(private readonly tail: LogTail) {}

  /**
   * The place to begin at.
   * @param after a cursor, `now`, or nothing for the beginning of what is retained
   * @throws UnknownCursor, CursorExpired, Unavailable
   */
  async placeOf(after?: string): Promise<Place> {
    const head = await this.tail.catchUp();
    const { first, last, epochs } = head;
    if (after === undefined) return { position: first - 1, epochs };
    return { position: after === 'now' ? last : positionOf(after, epochs, head), epochs };
  }

  /**
   * The events after a place, `limit` at most.
   * @param waitMs if there are none, how long to wait for some
   * @param gone tells that nobody waits any more
   * @returns a page without events when none have come. It ends further on than the place if events were there that the
   *   filter does not let through
   * @throws CursorExpired, TooManyFollowers, Unavailable
   */
  async poll(
    place: Place,
    limit: number,
    filter: FeedFilter,
    waitMs: number,
    gone: AbortSignal,
  ): Promise<FeedPage> {
    if (waitMs > 0) this.tail.join(gone);
    const begun = performance.now();
    let { position, epochs } = place;
    for (;;) {
      const page = await this.tail.page(position, limit, filter);
      if (page.epoch !== epochs[0].id) {
        // Another server has taken over, and may have all that was read so far.
        ({ position, epochs } = await this.placeOf(cursorOf(position, epochs)));
        continue;
      }
      const elapsed = performance.now() - begun;
      const isAtEnd = page.position === position;
      const isOver = elapsed >= waitMs || gone.aborted;
      if (page.events.length > 0 || (isOver && (isAtEnd || elapsed >= LOOKING_MS))) return page;
      ({ position } = page);
      if (isAtEnd) await this.tail.beyond(position, waitMs - elapsed, gone);
    }
  }

  /**
   * The events after a place as Server-Sent Events, for ever: until the follower is gone, or what comes next is not
   * there any more, which it is told when it comes again. It is read on as fast as it is taken.
   *
   * Each event has its cursor as `id`. Comments keep the connection alive; with them comes the cursor when it has
   * moved on over events that the filter does not let through.
   * @throws TooManyFollowers
   */
  follow(place: Place, filter: FeedFilter, gone: AbortSignal): AsyncGenerator<string | Buffer> {
    this.tail.join(gone);
    return this.frames(place, filter, gone);
  }

  private async *frames(
    place: Place,
    filter: FeedFilter,
    gone: AbortSignal,
  ): AsyncGenerator<string | Buffer> {
    let { position } = place;
    let reported = position;
    let reportedAt = performance.now();
    // A client that is cut off before the first event knows by the id where to go on from.
    yield `retry: ${RETRY_MS}\nid: ${cursorOf(position, place.epochs)}\n\n`;
    while (!gone.aborted) {
      const page = await this.pageOrPause(place, position, filter, gone);
      if (page === 'gone') return;
      if (page && page.events.length > 0) {
        yield page.frames;
        reported = page.position;
        reportedAt = performance.now();
      }
      position = page?.position ?? position;
      const silentFor = performance.now() - reportedAt;
      if (silentFor >= HEARTBEAT_MS) {
        yield position === reported ? ':\n\n' : `:\nid: ${cursorOf(position, place.epochs)}\n\n`;
        reported = position;
        reportedAt = performance.now();
      } else await this.tail.beyond(position, HEARTBEAT_MS - silentFor, gone);
    }
  }

  /** @returns undefined after a pause when the database cannot serve right now; 'gone' when the place is not there any more */
  private async pageOrPause(
    place: Place,
    position: number,
    filter: FeedFilter,
    gone: AbortSignal,
  ): Promise<FeedPage | 'gone' | undefined> {
    try {
      return await this.page(place, position, EVENTS_PER_WRITE, filter);
    } catch (error) {
      if (error instanceof CursorExpired) return 'gone';
      if (!(error instanceof Unavailable)) throw error;
      await pause(RETRY_MS, undefined, { signal: gone }).catch(() => {});
      return undefined;
    }
  }

  /** @throws CursorExpired also when the database has been replaced by another one meanwhile */
  private async page(
    { epochs }: Place,
    position: number,
    limit: number,
    filter: FeedFilter,
  ): Promise<FeedPage> {
    const page = await this.tail.page(position, limit, filter);
    if (page.epoch !== epochs[0].id) throw new CursorExpired();
    return page;
  }
}
