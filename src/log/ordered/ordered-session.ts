import { Logger } from '@nestjs/common';
import { isAnnounced } from '../../unavailable';
import { textOf } from '../../error-text';
import type { EventFilter } from '../event-log';
import type { Lease } from '../readers';
import type { LoggedEvent, StoredEvent } from '../stored-event';
import type { Failure, HeldSku, HeldSkus } from './held-skus';
import {
  type DeliveredEvent,
  isWanted,
  type OrderedReader,
  ReaderDisabled,
  TryLater,
} from './ordered-reader';
import { type ReplayedLetter, ReplayedLetters } from './replayed-letters';
import type { GivenUp, SessionNotes } from './session-notes';
import { WAITING_PAGE } from './waiting-events';

/** Events of one reader that are under way at the same time, each of another SKU. */
const AT_ONCE = 8;
/** Events that are read ahead of the oldest one that is not done, about. */
const AHEAD = 250;
/**
 * SKUs that fail in a row until the reader is taken to be down: it gets nothing new any more, so that the rest stays in the
 * log and is not held one SKU after the other.
 */
const FAILURES_IN_A_ROW = 3;
/** SKUs of a reader that are held at most; with more it stays where it is. */
const MOST_HELD = 1_000;

/** Reads the events that wait of a SKU that is held. */
export type ReadWaiting = (sku: string, held: HeldSku, filter: EventFilter) => Promise<LoggedEvent[]>;

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
  private readonly replayed = new ReplayedLetters();
  /** The SKUs that failed since something was handed over. */
  private readonly failing: Set<string>;
  /** When events were put off, by their ids, that neither were handed over nor failed since. */
  private readonly putOff = new Map<string, number>();
  private pausedUntil = 0;
  private validUntil = 0;
  private expiry?: NodeJS.Timeout;
  private givenUp: GivenUp[] = [];
  private hasChanges = false;
  private readPosition: number;

  /** @param onChange called when there is something to note */
  constructor(
    private reader: OrderedReader,
    private lease: Lease,
    private readonly held: HeldSkus,
    private readonly readWaiting: ReadWaiting,
    private readonly onChange: () => void,
  ) {
    this.readPosition = lease.position;
    // SKUs that are held count as failing from the start, one fewer than it takes: so the first failure of another SKU
    // shows that the reader is still down.
    this.failing = new Set(held.skus().slice(0, FAILURES_IN_A_ROW - 1));
  }

  get isClosed(): boolean {
    return this.abort.signal.aborted;
  }

  get fence(): number {
    return this.lease.fence;
  }

  get filter(): EventFilter {
    return this.reader.filter;
  }

  /** How far the log was read. */
  get readTo(): number {
    return this.readPosition;
  }

  /** Whether more of the log may be read. */
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
      if (isWanted(this.reader.filter, event) && !this.held.covers(event)) this.queue(event);
    }
    this.readPosition = position;
  }

  /** How many dead letters that are replayed it may be given, those included that it has. */
  get mostLetters(): number {
    return this.replayed.most;
  }

  /** Takes a dead letter that is replayed, unless it has been taken. */
  replay(event: StoredEvent): void {
    this.replayed.add(event);
  }

  /** Begins with what can be handed over now. To be called now and then, for what was put off. */
  start(): void {
    while (this.busy.size < AT_ONCE && this.mayDeliver()) {
      const work = this.nextWork();
      if (!work) return;
      const [sku, run] = work;
      this.ready.delete(sku);
      const running = run()
        .catch((error: unknown) => this.breakOff(error))
        .finally(() => this.end(sku));
      this.busy.set(sku, running);
    }
  }

  /**
   * What is to be noted, if anything. Whoever takes it has to note it, or close the session.
   * @param evenSkipped also that events were passed which the reader does not want
   */
  takeNotes(evenSkipped: boolean): SessionNotes | undefined {
    const { position, lease, givenUp } = this;
    if (!this.hasChanges && !(evenSkipped && position > lease.position)) return undefined;
    this.lease = { ...lease, position };
    this.givenUp = [];
    this.hasChanges = false;
    return { lease, position, skus: this.held.takeChanges(), replayed: this.replayed.takeDone(), givenUp };
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

  /** Whether events of more SKUs are taken in. While every one fails, only those that are held are tried again. */
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

  /** A SKU with nothing under way, and what to do about it. */
  private nextWork(): readonly [sku: string, run: () => Promise<void>] | undefined {
    const isBusy = (sku: string) => this.busy.has(sku);
    const due = this.held.nextDue(isBusy);
    if (due !== undefined) return [due, () => this.deliverHeld(due)];
    const letter = this.replayed.nextDue(isBusy);
    if (letter) return [letter.event.sku, () => this.deliverAgain(letter)];
    const [ready] = this.ready;
    if (ready !== undefined && this.mayTakeNew()) return [ready, () => this.deliverFirst(ready)];
    return undefined;
  }

  private end(sku: string): void {
    this.busy.delete(sku);
    if (this.lanes.has(sku)) this.ready.add(sku);
    if (this.isClosed) return;
    this.held.look();
    if (this.hasChanges) this.onChange();
    this.start();
  }

  /** The first event in the lane of a SKU. */
  private async deliverFirst(sku: string): Promise<void> {
    const [event] = this.lanes.get(sku)!;
    const error = await this.deliver(event, 1);
    if (this.isClosed || error === 'put off') return;
    const failure = error && this.failureOf(event, 1, error);
    if (failure) this.hold(event, failure);
    else this.finish(event);
  }

  /** The events that wait of a SKU, until one of them fails. */
  private async deliverHeld(sku: string): Promise<void> {
    const before = this.held.get(sku)!;
    const events = await this.readWaiting(sku, before, this.reader.filter);
    for (const event of events) {
      if (!this.mayDeliver()) return;
      const { sequence, attempts, failingSince } = this.held.get(sku)!;
      const isAgain = sequence === event.sequence && attempts > 0;
      const number = isAgain ? attempts + 1 : 1;
      const error = await this.deliver(event, number);
      if (this.isClosed || error === 'put off') return;
      const failure = error && this.failureOf(event, number, error, isAgain ? failingSince : undefined);
      if (failure) return this.hold(event, failure);
      this.held.goOnBehind(event);
      this.hasChanges = true;
    }
    const isAll = events.length < WAITING_PAGE && this.held.get(sku)!.upTo === before.upTo;
    if (!isAll) return;
    this.held.release(sku);
    this.hasChanges = true;
  }

  /** A dead letter, once more. */
  private async deliverAgain(letter: ReplayedLetter): Promise<void> {
    const { event, attempts, failingSince } = letter;
    const error = await this.deliver(event, attempts + 1);
    if (this.isClosed || error === 'put off') return;
    const failure = error && this.failureOf(event, attempts + 1, error, failingSince);
    if (failure) return this.replayed.putOff(event, failure);
    this.replayed.finish(event);
    this.hasChanges = true;
  }

  /** @returns how it failed; undefined when it did not */
  private async deliver(event: DeliveredEvent, number: number): Promise<Error | 'put off' | undefined> {
    try {
      await this.reader.deliver(event, { number, signal: this.abort.signal });
    } catch (error) {
      if (error instanceof ReaderDisabled) {
        this.pausedUntil = Infinity;
        return 'put off';
      }
      // An event that is put off again may be the reason itself; it must not keep everything else back for ever.
      if (!(error instanceof TryLater) || number > 1 || this.putOff.has(event.id)) return error as Error;
      const now = performance.now();
      this.putOff.set(event.id, now);
      this.pausedUntil = Math.max(this.pausedUntil, now + error.afterMs);
      return 'put off';
    }
    this.putOff.delete(event.id);
    if (this.isClosed) return undefined;
    // A reader that was down and takes an event again may take the ones that failed, too, so they are tried at once.
    if (this.isDown) this.held.hasten();
    this.failing.clear();
    return undefined;
  }

  /** @returns what is known of the failure; undefined when the event is given up */
  private failureOf(
    event: StoredEvent,
    attempts: number,
    cause: Error,
    failingSince = this.putOff.get(event.id) ?? performance.now(),
  ): Failure | undefined {
    this.putOff.delete(event.id);
    const now = performance.now();
    const pause = this.reader.pauseAfter(attempts, now - failingSince);
    const about = { reader: this.lease.name, sku: event.sku, sequence: event.sequence, attempts };
    const error = textOf(cause);
    this.failing.add(event.sku);
    if (pause === 'give up') {
      this.logger.error(about, `Could not hand over an event, and gave it up: ${error}`);
      this.givenUp.push({ event, attempts, error });
      return undefined;
    }
    if (attempts === 1) this.logger.warn(about, `Could not hand over an event; its SKU waits: ${error}`);
    return {
      attempts,
      error,
      failingSince,
      dueAt: now + (cause instanceof TryLater ? cause.afterMs : pause),
    };
  }

  private hold(event: LoggedEvent, failure: Failure): void {
    const waiting = this.lanes.get(event.sku) ?? [];
    for (const { position } of waiting) this.unfinished.delete(position);
    this.lanes.delete(event.sku);
    this.held.hold(event, failure, (waiting.at(-1) ?? event).position);
    this.hasChanges = true;
  }

  private finish({ sku, position }: LoggedEvent): void {
    const lane = this.lanes.get(sku)!;
    lane.shift();
    if (lane.length === 0) this.lanes.delete(sku);
    this.unfinished.delete(position);
    this.hasChanges = true;
  }

  /** Ends the session because of the database, not of the reader. Whoever reads next does the work again. */
  private breakOff(error: unknown): void {
    if (!this.isClosed && !isAnnounced(error))
      this.logger.warn(
        { err: error, reader: this.lease.name },
        'Could not read the events of a SKU that waits',
      );
    this.close();
  }
}
