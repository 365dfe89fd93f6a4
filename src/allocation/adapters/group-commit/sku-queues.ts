import { SkuQueue, type WaitingUnit } from './sku-queue';

/** Units of one product that find it locked at once before another instance is taken to sell the same hot product. */
const CONTENDING_UNITS = 4;
/** For how long such a product is then expected to be locked, in milliseconds. */
const CONTENTION_MS = 1_000;

/** The queues of all SKUs with units that were not carried out yet, and which of them can have a transaction at once. */
export class SkuQueues {
  private readonly queues = new Map<string, SkuQueue>();
  /** Queues that can share a transaction, in the order in which they became ready. */
  private readonly shared = new Set<SkuQueue>();
  /** Queues that need a transaction for themselves, in that order. */
  private readonly alone = new Set<SkuQueue>();
  /** SKUs that are hot here and elsewhere: to try them without waiting would be in vain. */
  private readonly contended = new Set<string>();

  add(unit: WaitingUnit): void {
    const queue = this.of(unit.scope.sku);
    queue.add(unit);
    if (queue.state === 'idle' || queue.state === 'ready') this.makeReady(queue);
  }

  /** Takes the first units of SKUs that can share a transaction, `limit` at most in all. */
  takeShared(limit: number): WaitingUnit[] {
    const units: WaitingUnit[] = [];
    for (const queue of this.shared) {
      for (const unit of this.take(queue, limit - units.length)) units.push(unit);
      if (units.length === limit) break;
    }
    return units;
  }

  /** Takes the first units of a SKU that needs a transaction for itself. */
  takeAlone(limit: number): WaitingUnit[] {
    for (const queue of this.alone) return this.take(queue, limit);
    return [];
  }

  /** Takes units of a SKU that has a transaction under way which they can join: before the first large one. */
  takeArrivals(sku: string, limit: number): WaitingUnit[] {
    return this.of(sku).takeSmall(limit);
  }

  /**
   * Takes back units of a transaction that were not carried out. The SKU has no other one before `resume`.
   * @param lockedOut how many of them found their product locked
   * @param waitsForLock whether the next transaction is for this SKU alone, and waits
   */
  putBack(sku: string, units: readonly WaitingUnit[], lockedOut: number, waitsForLock: boolean): void {
    const queue = this.of(sku);
    queue.state = 'pausing';
    queue.waitsForLock = waitsForLock;
    queue.putBack(units);
    if (lockedOut >= CONTENDING_UNITS) this.noteContention(sku);
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
      // A transaction that took it would have nothing to conclude by which the queue goes on.
      if (queue.state === 'ready' && queue.length === 0) this.remove(queue);
    }
    return overdue;
  }

  private of(sku: string): SkuQueue {
    let queue = this.queues.get(sku);
    if (!queue) this.queues.set(sku, (queue = new SkuQueue(sku)));
    return queue;
  }

  private take(queue: SkuQueue, limit: number): WaitingUnit[] {
    this.shared.delete(queue);
    this.alone.delete(queue);
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
    const isAlone = queue.waitsForLock || queue.hasLargeUnit || this.contended.has(queue.sku);
    (isAlone ? this.shared : this.alone).delete(queue);
    (isAlone ? this.alone : this.shared).add(queue);
  }

  /** Forgets a queue without units, of which nothing is under way: the next unit of the SKU begins another one. */
  private remove(queue: SkuQueue): void {
    queue.state = 'idle';
    this.shared.delete(queue);
    this.alone.delete(queue);
    this.queues.delete(queue.sku);
  }

  private noteContention(sku: string): void {
    if (this.contended.has(sku)) return;
    this.contended.add(sku);
    setTimeout(() => this.contended.delete(sku), CONTENTION_MS).unref();
  }
}
