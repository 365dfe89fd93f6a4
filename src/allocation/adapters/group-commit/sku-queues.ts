import { SkuQueue, type WaitingUnit } from './sku-queue';

/** Units of one product that find it locked at once before another instance is taken to sell the same hot product. */
const CONTENDING_UNITS = 4;
/** For how long such a product is then expected to be locked, in milliseconds. */
const CONTENTION_MS = 1_000;

/**
 * Whether SKUs can share a transaction, or each needs one for itself: since it waits for the lock of its product, or since
 * it moves many lines.
 */
export type CommitKind = 'shared' | 'locked' | 'large';

/** The queues of all SKUs with units that were not carried out yet, and which of them can have a transaction at once. */
export class SkuQueues {
  private readonly queues = new Map<string, SkuQueue>();
  /** Queues that can have a transaction at once, in the order in which they became ready. */
  private readonly ready: Readonly<Record<CommitKind, Set<SkuQueue>>> = {
    shared: new Set(),
    locked: new Set(),
    large: new Set(),
  };
  /** SKUs that are hot here and elsewhere, or held by somebody: to try them without waiting would be in vain. */
  private readonly contended = new Set<string>();

  add(unit: WaitingUnit): void {
    const queue = this.of(unit.scope.sku);
    queue.add(unit);
    if (queue.state === 'idle' || queue.state === 'ready') this.makeReady(queue);
  }

  /** Takes the first units for a transaction of that kind, `limit` at most in all: of one SKU, or of all that can share it. */
  take(kind: CommitKind, limit: number): WaitingUnit[] {
    const units: WaitingUnit[] = [];
    for (const queue of this.ready[kind]) {
      for (const unit of this.takeFrom(queue, limit - units.length)) units.push(unit);
      if (kind !== 'shared' || units.length === limit) break;
    }
    return units;
  }

  /** Takes units of a SKU that has a transaction under way which they can join: before the first large one. */
  takeArrivals(sku: string, limit: number): WaitingUnit[] {
    return this.of(sku).takeSmall(limit);
  }

  /**
   * Takes back units of a transaction that were not carried out. The SKU has no other one before `resume`.
   * @param foundLocked how many of them found their product locked
   * @param waitsForLock whether the next transaction is for this SKU alone, and waits
   */
  putBack(sku: string, units: readonly WaitingUnit[], foundLocked: number, waitsForLock: boolean): void {
    const queue = this.of(sku);
    queue.state = 'pausing';
    queue.waitsForLock = waitsForLock;
    queue.putBack(units);
    if (foundLocked >= CONTENDING_UNITS) this.expectLocked(sku);
  }

  /** For a while the SKU has transactions for itself alone, which wait, so that it cannot spoil those of others. */
  expectLocked(sku: string): void {
    if (this.contended.has(sku)) return;
    this.contended.add(sku);
    setTimeout(() => this.contended.delete(sku), CONTENTION_MS).unref();
  }

  /** Lets the SKU have its next transaction. */
  resume(sku: string): void {
    this.makeReady(this.of(sku));
  }

  /** Takes out the units whose deadline has passed, of each SKU that has some. */
  takeOverdue(now: number): WaitingUnit[][] {
    const overdue: WaitingUnit[][] = [];
    for (const queue of this.queues.values()) {
      const units = queue.takeOverdue(now);
      if (units.length > 0) overdue.push(units);
      // An empty queue must not stay ready: a transaction without units has no outcome that would resume it.
      if (queue.state === 'ready' && queue.length === 0) this.remove(queue);
    }
    return overdue;
  }

  private of(sku: string): SkuQueue {
    let queue = this.queues.get(sku);
    if (!queue) this.queues.set(sku, (queue = new SkuQueue(sku)));
    return queue;
  }

  private takeFrom(queue: SkuQueue, limit: number): WaitingUnit[] {
    this.noLongerReady(queue);
    queue.state = 'running';
    queue.waitsForLock = false;
    return queue.take(limit);
  }

  /** Lets the queue have its next transaction, if it has units. Behind all others, so that a hot SKU cannot starve them. */
  private makeReady(queue: SkuQueue): void {
    if (queue.length === 0) {
      this.remove(queue);
      return;
    }
    queue.state = 'ready';
    const kind = this.kindOf(queue);
    // One that is ready as that already keeps its place.
    if (this.ready[kind].has(queue)) return;
    this.noLongerReady(queue);
    this.ready[kind].add(queue);
  }

  private kindOf(queue: SkuQueue): CommitKind {
    if (queue.waitsForLock || this.contended.has(queue.sku)) return 'locked';
    return queue.hasLargeUnit ? 'large' : 'shared';
  }

  private noLongerReady(queue: SkuQueue): void {
    for (const queues of Object.values(this.ready)) queues.delete(queue);
  }

  /** Forgets a queue without units, of which nothing is under way: the next unit of the SKU begins another one. */
  private remove(queue: SkuQueue): void {
    queue.state = 'idle';
    this.noLongerReady(queue);
    this.queues.delete(queue.sku);
  }
}
