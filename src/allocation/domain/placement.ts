import { type Batch, isEarlier } from './batch';
import { choose } from './decision';
import type { PlacementCause } from './events';
import {
  byDispensability,
  byPrecedence,
  type HeldLine,
  type Line,
  type LinePromise,
  linePromiseOf,
  type SeekingLine,
} from './line';
import { endOf, secondsLeft } from './reservation';
import type { Stock } from './stock';

/** Finds batches for lines: for one that is asked for, for those that a batch loses, and for those that wait. */
export class Placement {
  constructor(
    private readonly stock: Stock,
    private readonly now: Date,
  ) {}

  /**
   * Ties a line that has no batch to the preferred one that can take it (rules 1 and 2). When none can, it is out of
   * stock, and waits if it is asked to (rules 5 and 13).
   * @param previous what the customer was told before, if anything
   * @returns the line as it is now; undefined when it is out of stock
   */
  place(seeking: SeekingLine, cause: PlacementCause, previous: LinePromise | null = null): Line | undefined {
    const batch = choose(this.stock.batches, seeking.line.qty);
    if (batch) return this.allocateTo(seeking, batch, cause, previous);
    this.stock.refuse(seeking);
    if (!seeking.wait) return undefined;
    return this.stock.enqueue(seeking, secondsLeft(this.now, seeking.expiresAt), previous);
  }

  /** Moves a line from its batch to another one that can take it. @param previous what the customer was told before */
  move(line: HeldLine, to: Batch, previous = linePromiseOf(line)): void {
    this.stock.release(line, 'moved');
    this.allocateTo(line, to, 'moved', previous);
  }

  /**
   * After a change of the batch's day: moves each of its lines that another batch could serve before that day, the
   * highest priority first, then the oldest (rule 17).
   * @param previousEta what all of them were promised before
   */
  moveToEarlier(batch: Batch, previousEta: string): void {
    const earlier = this.stock.batches.filter((other) => isEarlier(other.eta, batch.eta));
    for (const line of this.stock.heldBy(batch).sort(byPrecedence)) {
      const better = choose(earlier, line.line.qty);
      if (better) this.move(line, better, { batchRef: batch.ref, eta: previousEta });
    }
  }

  /**
   * After a change of the batch: takes lines off until it fits, the lowest priority first, then the newest, and allocates
   * each anew, the highest priority first, then the oldest (rule 7). Those that stay are told of their new day.
   * @param previousEta what all of them were promised before
   */
  refit(batch: Batch, previousEta: string | null): void {
    const previous = { batchRef: batch.ref, eta: previousEta };
    const displaced = batch.available < 0 ? this.displace(batch) : [];
    if (previousEta !== batch.eta) {
      for (const line of this.stock.heldBy(batch).sort(byPrecedence))
        this.stock.changePromise(line, previous);
    }
    for (const line of displaced.sort(byPrecedence)) this.place(line, 'displaced', previous);
  }

  /**
   * Goes through the wait-list by priority, then age: each line that a batch can take now has it (rule 13). To be called
   * whenever pieces came free, so that no line is left waiting that fits into a batch.
   */
  serveWaiting(): void {
    let most = this.largestRoom();
    if (most === 0) return;
    for (const waiting of this.stock.waiting().sort(byPrecedence)) {
      if (waiting.line.qty > most) continue;
      const { line, priority, wait, askedSequence, reserveFor, lastPromise } = waiting;
      const batch = choose(this.stock.batches, line.qty)!;
      const seeking = { line, priority, wait, askedSequence, expiresAt: endOf(this.now, reserveFor) };
      this.allocateTo(seeking, batch, 'wait-list', lastPromise);
      most = this.largestRoom();
      if (most === 0) return;
    }
  }

  private displace(batch: Batch): HeldLine[] {
    const displaced: HeldLine[] = [];
    for (const line of this.stock.heldBy(batch).sort(byDispensability)) {
      if (batch.available >= 0) break;
      this.stock.release(line, 'displaced');
      displaced.push(line);
    }
    return displaced;
  }

  private allocateTo(
    seeking: SeekingLine,
    batch: Batch,
    cause: PlacementCause,
    previous: LinePromise | null,
  ): HeldLine {
    const held = this.stock.hold(seeking, batch, cause);
    if (previous && previous.eta !== batch.eta) this.stock.changePromise(held, previous);
    return held;
  }

  /** The pieces of the largest line that any batch could take. */
  private largestRoom(): number {
    return this.stock.batches.reduce((most, { available }) => Math.max(most, available), 0);
  }
}
