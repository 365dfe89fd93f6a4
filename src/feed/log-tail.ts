import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { CursorExpired, type LogHead, LogSequencer } from '../log/contracts';
import { Polling } from '../polling';
import { type FeedEvent, FeedPage } from './feed-event';
import type { FeedFilter } from './feed-filter';
import { LogPages } from './log-pages';
import { RecentEvents } from './recent-events';
import { Trouble } from '../trouble';

/** How often the log is asked for what other instances have numbered while anybody follows, in milliseconds. */
const POLL_MS = 100;
/** How often the log is asked while nobody follows; the first follower wakes the tail. */
const IDLE_MS = 3_600_000;
/** New events are read this often at most, in milliseconds: each time all followers are written to. */
const PACE_MS = 20;
/** Events that are read at once, at most. */
const CHUNK = 1_000;
/** A follower that is further behind than this reads pages; so does the tail itself after a pause. */
const MAX_BEHIND = 10_000;

/** Pages that are kept for whoever comes to the same place. */
const MAX_SHARED = 32;

/** Followers of an instance at most. Each has a connection, of which there are 5,000, and none a queue. */
const MAX_FOLLOWERS = 1_000;

/** The instance has as many followers as it takes. */
export class TooManyFollowers extends Error {}

/**
 * The end of the log, read once for all who follow it on this instance.
 *
 * A follower is a position and no queue: it takes what comes after its position when it can take more. The newest events
 * are held ready, as text; who is further back gets pages of the database. Followers at the same position share what they
 * get, so a thousand of them cost one reading.
 */
@Injectable()
export class LogTail implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(LogTail.name);
  private readonly polling = new Polling(() => this.poll());
  private numbered?: Subscription;
  private followers = 0;
  private readonly waiting = new Set<() => void>();

  private readonly recent = new RecentEvents();
  private head?: LogHead;
  private round?: Promise<LogHead>;
  private nextRound?: Promise<LogHead>;
  private lastRoundAt = 0;
  private readonly trouble = new Trouble(
    this.logger,
    'Could not read the log; whoever follows it waits for that',
  );

  private readonly shared = new Map<string, Promise<FeedPage>>();

  constructor(
    private readonly pages: LogPages,
    private readonly sequencer: LogSequencer,
  ) {}

  onApplicationBootstrap(): void {
    this.polling.start();
    this.numbered = this.sequencer.advanced.subscribe(() => {
      const pause = this.lastRoundAt + PACE_MS - performance.now();
      if (this.followers > 0) this.polling.wake(Math.max(0, pause));
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.numbered?.unsubscribe();
    await this.polling.stop();
  }

  /** How many follow right now. */
  get followerCount(): number {
    return this.followers;
  }

  /**
   * Counts a follower until its signal says that it has gone.
   * @throws TooManyFollowers
   */
  join(gone: AbortSignal): void {
    if (gone.aborted) return;
    if (this.followers >= MAX_FOLLOWERS) throw new TooManyFollowers();
    this.followers += 1;
    gone.addEventListener('abort', () => (this.followers -= 1), { once: true });
    this.polling.wake(POLL_MS);
  }

  /**
   * Reads what has been numbered until now. Those who ask at the same time share a reading.
   * @throws Unavailable
   */
  catchUp(): Promise<LogHead> {
    // The round under way may have looked already, so the next one is waited for.
    return (this.nextRound ??= Promise.resolve(this.round)
      .catch(() => {})
      .then(() => {
        this.nextRound = undefined;
        return (this.round = this.read());
      }));
  }

  /** Waits until there is something after a position, or so many milliseconds have passed, or the signal says so. */
  beyond(position: number, ms: number, signal: AbortSignal): Promise<void> {
    if (this.recent.end > position || signal.aborted || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms).unref();
      signal.addEventListener('abort', done);
      this.waiting.add(done);
    });
  }

  /**
   * What comes after a position that `catchUp` or a page has told. A page whose position is `after` again means that
   * there is nothing more yet; one may also have no events and another position, since only so much of the log is looked
   * at for one page.
   * @throws CursorExpired when it is not there any more; Unavailable
   */
  page(after: number, limit: number, filter: FeedFilter): Promise<FeedPage> {
    const key = `${after} ${limit} ${filter.key}`;
    const known = this.shared.get(key);
    if (known) return known;
    const page = this.make(after, limit, filter);
    page.catch(() => this.shared.delete(key));
    this.shared.set(key, page);
    if (this.shared.size > MAX_SHARED) this.shared.delete(this.shared.keys().next().value!);
    return page;
  }

  private async make(after: number, limit: number, filter: FeedFilter): Promise<FeedPage> {
    const { end } = this.recent;
    if (after > end || !this.head) throw new CursorExpired();
    const recent = this.recent.after(after, limit, filter);
    if (!recent) return this.pages.older(after, end, limit, filter);
    return new FeedPage(recent.events, recent.position, this.head.epochs);
  }

  /** @returns the pause until the next look, in milliseconds */
  private async poll(): Promise<number> {
    if (this.followers === 0) return IDLE_MS;
    try {
      await this.catchUp();
      this.trouble.end();
    } catch (error) {
      this.trouble.begin(error);
    }
    return POLL_MS;
  }

  private async read(): Promise<LogHead> {
    this.lastRoundAt = performance.now();
    const head = await this.pages.head();
    const { end } = this.recent;
    const isAnother = head.epochs[0].id !== this.head?.epochs[0].id;
    this.head = head;
    if (isAnother || head.last < end || head.last - end > MAX_BEHIND) this.beginAfter(head.last);
    while (this.recent.end < head.last) {
      const limit = Math.min(CHUNK, head.last - this.recent.end);
      const events = await this.pages.newest(this.recent.end, limit);
      // What has been dropped meanwhile is no longer followed by anybody.
      if (events.length < limit) this.beginAfter(head.last);
      else this.add(events);
    }
    return head;
  }

  private beginAfter(position: number): void {
    this.recent.beginAfter(position);
    this.advance();
  }

  private add(events: readonly FeedEvent[]): void {
    this.recent.add(events);
    this.advance();
  }

  /**
   * Forgets the pages that are shared, at the same moment as the end moves: whoever waits behind the end must not be given
   * a page that ends before.
   */
  private advance(): void {
    this.shared.clear();
    for (const done of [...this.waiting]) done();
  }
}
