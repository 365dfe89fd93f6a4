import { Logger } from '@nestjs/common';
import { isAnnounced } from '../../database/errors';
import type { Lease } from '../readers';
import type { LoggedEvent } from '../stored-event';
import { HELD_PAGE, type HeldSku } from './held-sku';
import { isWanted, type OrderedReader, TryLater } from './ordered-reader';
import type { GivenUp, SessionNotes } from './session-notes';

/** Events of one reader that are under way at the same time, each of another SKU. */
const AT_ONCE = 8;
/** Events that are read ahead of the oldest one that is not done, about. */
const AHEAD = 250;
/** So many SKUs in a row failed: the reader gets nothing any more, and the rest is left in the log. */
const FAILURES_IN_A_ROW = 3;
/** So many SKUs of a reader are held at most; with more it stays where it is. */
const MOST_HELD = 1_000;
const LONGEST_ERROR = 500;

/** Reads the events of a SKU that is held. */
export type WaitingEvents = (
  sku: string,
  held: HeldSku,
  filter: OrderedReader['filter'],
) => Promise<readonly LoggedEvent[]>;

/**
 * Hands the events of the log to one reader for as long as this instance has the lease: those of a SKU one after the
 * other, those of different SKUs side by side. All that it knows is in memory. What is to outlast it is noted in the
 * database now and then (`takeNotes`); what it did after that is done again by its successor.
 */
export class OrderedSession {
  private readonly logger = new Logger('OrderedDelivery');
  private readonly abort = new AbortController();
  /** The events that were read and are not done, of each SKU in order; none of those that are held. */
  private readonly lanes = new Map<string, LoggedEvent[]>();
  /** The SKUs that have events in their lanes of which none is under way, the one that waits longest first. */
  private readonly ready = new Set<string>();
  /** The positions of the events in the lanes, the oldest first. */
  private readonly unfinished = new Set<number>();
  private readonly busy = new Map<string, Promise<void>>();
  /** The SKUs that failed since something was handed over. */
  private readonly failing: Set<string>;
  private pausedUntil = 0;
  private nextDueAt = 0;
  private validUntil = 0;
  private expiry?: NodeJS.Timeout;
  /** What is to be noted: SKUs whose state changed, and what was given up. */
  private readonly changed = new Set<string>();
  private givenUp: GivenUp[] = [];
  private hasNews = false;
  private readPosition: number;

  /**
   * @param held the SKUs that are held back
   * @param onNews called when there is something to note
   */
  constructor(
    private reader: OrderedReader,
    private lease: Lease,
    private readonly held: Map<string, HeldSku>,
    private readonly waitingEvents: WaitingEvents,
    private readonly onNews: () => void,
  ) {
    this.readPosition = lease.position;
    // A reader that got nothing before an instance died gets no more attempts from the next one.
    this.failing = new Set([...held.keys()].slice(0, FAILURES_IN_A_ROW - 1));
  }

  get isClosed(): boolean {
    return this.abort.signal.aborted;
  }

  get fence(): number {
    return this.lease.fence;
  }

  get filter(): OrderedReader['filter'] {
    return this.reader.filter;
  }

  /** How far the log was read, and whether more may be. */
  get readTo(): number {
    return this.readPosition;
  }
  get hasRoom(): boolean {
    return this.unfinished.size < AHEAD && this.mayDeliver() && this.mayTakeNew();
  }

  /**
   * Goes on for as long as the lease lasts.
   * @param reader as it is now
   * @param validUntil as by performance.now()
   */
  renew(reader: OrderedReader, validUntil: number): void {
    this.reader = reader;
    this.validUntil = validUntil;
    clearTimeout(this.expiry);
    this.expiry = setTimeout(() => this.close(), validUntil - performance.now()).unref();
  }

  /** Breaks off what is under way, and hands over nothing more. */
  close(): void {
    clearTimeout(this.expiry);
    this.abort.abort();
  }

  /** Hands over nothing more; resolves when what is under way has ended. */
  async drain(): Promise<void> {
    this.pausedUntil = Infinity;
    await Promise.all(this.busy.values());
  }

  /**
   * Takes events that were read from the log.
   * @param events all that the reader wants between `readTo` and `position`, and maybe others
   */
  take(events: readonly LoggedEvent[], position: number): void {
    for (const event of events) {
      if (!isWanted(this.reader.filter, event)) continue;
      const held = this.held.get(event.sku);
      if (held && event.sequence >= held.sequence)
        this.held.set(event.sku, { ...held, upTo: event.position });
      else this.queue(event);
    }
    this.readPosition = position;
  }

  /** Begins with what can be handed over now. To be called now and then, for what was put off. */
  start(): void {
    while (this.busy.size < AT_ONCE && this.mayDeliver()) {
      const work = this.nextHeld() ?? this.nextReady();
      if (!work) return;
      const { sku, run } = work;
      const running = run()
        .catch((error: unknown) => this.breakOff(error))
        .finally(() => {
          this.busy.delete(sku);
          if (this.lanes.has(sku)) this.ready.add(sku);
          if (this.isClosed) return;
          if (this.hasNews) this.onNews();
          this.start();
        });
      this.busy.set(sku, running);
    }
  }

  /**
   * What is to be noted, if anything. Whoever takes it has to note it, or close the session.
   * @param evenSkipped also that events were passed which the reader does not want
   */
  takeNotes(evenSkipped: boolean): SessionNotes | undefined {
    const { position } = this;
    if (!this.hasNews && !(evenSkipped && position > this.lease.position)) return undefined;
    const skus = new Map([...this.changed].map((sku) => [sku, this.held.get(sku)]));
    const notes = { lease: this.lease, position, skus, givenUp: this.givenUp };
    this.lease = { ...this.lease, position };
    this.changed.clear();
    this.givenUp = [];
    this.hasNews = false;
    return notes;
  }

  /** Everything up to here is done: handed over, held or given up. */
  private get position(): number {
    const [oldest] = this.unfinished;
    return oldest === undefined ? this.readPosition : oldest - 1;
  }

  private mayDeliver(): boolean {
    const now = performance.now();
    // The time counts, not the timer: an instance that was frozen may get here before that.
    return !this.isClosed && now < this.validUntil && now >= this.pausedUntil;
  }

  /** Not while everything fails: what is held is tried then, and nothing else. */
  private mayTakeNew(): boolean {
    return !this.isDown && this.held.size < MOST_HELD;
  }

  private get isDown(): boolean {
    return this.failing.size >= FAILURES_IN_A_ROW && this.held.size > 0;
  }

  private queue(event: LoggedEvent): void {
    const lane = this.lanes.get(event.sku);
    if (lane) lane.push(event);
    else this.lanes.set(event.sku, [event]);
    this.unfinished.add(event.position);
    if (!this.busy.has(event.sku)) this.ready.add(event.sku);
  }

  private nextHeld(): Work | undefined {
    const now = performance.now();
    if (now < this.nextDueAt) return undefined;
    this.nextDueAt = Infinity;
    for (const [sku, held] of this.held) {
      if (this.busy.has(sku)) continue;
      if (held.dueAt <= now) {
        this.nextDueAt = now;
        this.ready.delete(sku);
        return { sku, run: () => this.deliverHeld(sku, held) };
      }
      this.nextDueAt = Math.min(this.nextDueAt, held.dueAt);
    }
    return undefined;
  }

  private nextReady(): Work | undefined {
    const [sku] = this.ready;
    if (sku === undefined || !this.mayTakeNew()) return undefined;
    this.ready.delete(sku);
    return { sku, run: () => this.deliverFirst(sku) };
  }

  /** The first event in the lane of a SKU. */
  private async deliverFirst(sku: string): Promise<void> {
    const [event] = this.lanes.get(sku)!;
    const failure = await this.deliver(event, 1);
    if (this.isClosed || failure instanceof TryLater) return;
    if (!failure || !this.holds(event, 1, failure, performance.now())) this.finish(event);
  }

  /** The events that wait of a SKU, until one of them fails. */
  private async deliverHeld(sku: string, before: HeldSku): Promise<void> {
    const events = await this.waitingEvents(sku, before, this.reader.filter);
    // What comes due, also of other SKUs, is looked for anew.
    this.nextDueAt = 0;
    for (const event of events) {
      if (!this.mayDeliver()) return;
      const held = this.held.get(sku)!;
      const isAgain = held.sequence === event.sequence && held.attempts > 0;
      const attempts = isAgain ? held.attempts + 1 : 1;
      const failure = await this.deliver(event, attempts);
      if (this.isClosed || failure instanceof TryLater) return;
      const since = isAgain ? held.failingSince : performance.now();
      if (failure && this.holds(event, attempts, failure, since)) return;
      this.goOnBehind(event);
    }
    const isAll = events.length < HELD_PAGE && this.held.get(sku)!.upTo === before.upTo;
    if (isAll) this.release(sku);
  }

  /** @returns how it failed */
  private async deliver(event: LoggedEvent, number: number): Promise<unknown> {
    try {
      await this.reader.deliver(event, { number, signal: this.abort.signal });
      if (!this.isClosed) this.succeed();
      return undefined;
    } catch (error) {
      if (error instanceof TryLater)
        this.pausedUntil = Math.max(this.pausedUntil, performance.now() + error.afterMs);
      return error ?? new Error('It failed without an error');
    }
  }

  /** Whoever takes something again may take what failed, too. */
  private succeed(): void {
    if (this.isDown) {
      const dueAt = performance.now();
      for (const [sku, held] of this.held) this.held.set(sku, { ...held, dueAt });
      this.nextDueAt = dueAt;
    }
    this.failing.clear();
  }

  /** Holds the SKU of an event that failed. @returns false when the event is given up instead */
  private holds(event: LoggedEvent, attempts: number, error: unknown, failingSince: number): boolean {
    const now = performance.now();
    const message = messageOf(error);
    const pause = this.reader.pauseAfter(attempts, now - failingSince);
    const about = { reader: this.lease.name, sku: event.sku, sequence: event.sequence, attempts };
    this.failing.add(event.sku);
    if (pause === 'give up') {
      this.logger.error(about, `Could not hand over an event, and gave it up: ${message}`);
      this.givenUp.push({ event, attempts, error: message });
      return false;
    }
    if (attempts === 1) this.logger.warn(about, `Could not hand over an event; its SKU waits: ${message}`);
    this.hold(event, { attempts, error: message, failingSince, dueAt: now + pause });
    return true;
  }

  private hold(event: LoggedEvent, state: Omit<HeldSku, 'sequence' | 'upTo'>): void {
    const { sku, sequence } = event;
    let { position: upTo } = event;
    // Those of a replay that are older than an event that was held before stay where they are.
    const lane = this.lanes.get(sku) ?? [];
    const older = lane.filter((other) => other.sequence < sequence);
    for (const { position } of lane.slice(older.length)) {
      this.unfinished.delete(position);
      upTo = position;
    }
    if (older.length > 0) this.lanes.set(sku, older);
    else this.lanes.delete(sku);
    upTo = Math.max(upTo, this.held.get(sku)?.upTo ?? 0);
    this.held.set(sku, { ...state, sequence, upTo });
    this.nextDueAt = Math.min(this.nextDueAt, state.dueAt);
    this.note(sku);
  }

  private goOnBehind({ sku, sequence }: LoggedEvent): void {
    const held = this.held.get(sku)!;
    this.held.set(sku, { ...held, sequence: sequence + 1, attempts: 0, error: '', dueAt: performance.now() });
    this.note(sku);
  }

  private release(sku: string): void {
    this.held.delete(sku);
    this.note(sku);
  }

  private finish({ sku, position }: LoggedEvent): void {
    const lane = this.lanes.get(sku)!;
    lane.shift();
    if (lane.length === 0) this.lanes.delete(sku);
    this.unfinished.delete(position);
    this.hasNews = true;
  }

  private note(sku: string): void {
    this.changed.add(sku);
    this.hasNews = true;
  }

  /** For a reason that lies with the database, not with the reader. Whoever reads next does it again. */
  private breakOff(error: unknown): void {
    if (!this.isClosed && !isAnnounced(error))
      this.logger.warn(
        { err: error, reader: this.lease.name },
        'Could not read the events of a SKU that waits',
      );
    this.close();
  }
}

interface Work {
  readonly sku: string;
  readonly run: () => Promise<void>;
}

/** What fits into a row of the database and a line of the log. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message
    .replace(/\0|\p{Surrogate}/gu, '')
    .slice(0, LONGEST_ERROR)
    .replace(/\p{Surrogate}$/u, '');
}
