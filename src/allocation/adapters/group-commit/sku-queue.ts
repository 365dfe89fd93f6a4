import type { IdempotentRequest } from '../../../idempotent-request';
import type { Span } from '../../../tracing';
import { isLarge } from '../../application/scope';
import type { Unit } from '../../application/run-units';

/** A unit of work that somebody waits for. */
export interface WaitingUnit extends Unit {
  readonly request?: IdempotentRequest;
  readonly resolve: (result: never) => void;
  readonly reject: (reason: unknown) => void;
  /** When whoever waits for it gives up, by `performance.now()`. */
  readonly deadline: number;
  /** How often it lost to other writers. */
  conflicts: number;
  /** Whether it was resolved or rejected. */
  isAnswered: boolean;
  /** From its coming to its answer, if spans are recorded. */
  readonly span?: Span;
}

/**
 * The units of one SKU that wait for their transaction, in the order in which they came and are carried out.
 * Its states are drawn in decision record 2. Without a conflict a queue is `pausing` for no longer than its units are put
 * back.
 *
 * A queue has one transaction under way at most, so the units of a product of this instance do not fight each other.
 */
export class SkuQueue {
  state: 'idle' | 'ready' | 'running' | 'pausing' = 'idle';
  /** Somebody else held the product: the next transaction is for this SKU alone, and waits. */
  waitsForLock = false;
  private units: WaitingUnit[] = [];
  private largeUnits = 0;

  constructor(readonly sku: string) {}

  get length(): number {
    return this.units.length;
  }

  get hasLargeUnit(): boolean {
    return this.largeUnits > 0;
  }

  add(unit: WaitingUnit): void {
    this.units.push(unit);
    if (isLarge(unit.scope)) this.largeUnits += 1;
  }

  /** Takes the first units, `limit` at most. */
  take(limit: number): WaitingUnit[] {
    return this.taken(this.units.splice(0, limit));
  }

  /** Takes the first units before the first large one, `limit` at most. */
  takeSmall(limit: number): WaitingUnit[] {
    const firstLarge = this.hasLargeUnit ? this.units.findIndex(({ scope }) => isLarge(scope)) : limit;
    return this.take(Math.min(limit, firstLarge));
  }

  /** Takes back units that were not carried out, in front of those that came after them. */
  putBack(units: readonly WaitingUnit[]): void {
    this.units = [...units, ...this.units];
    for (const { scope } of units) if (isLarge(scope)) this.largeUnits += 1;
  }

  /** Takes out the units whose deadline has passed. */
  takeOverdue(now: number): WaitingUnit[] {
    const overdue = this.units.filter(({ deadline }) => deadline <= now);
    if (overdue.length > 0) this.units = this.units.filter(({ deadline }) => deadline > now);
    return this.taken(overdue);
  }

  private taken(units: WaitingUnit[]): WaitingUnit[] {
    for (const { scope } of units) if (isLarge(scope)) this.largeUnits -= 1;
    return units;
  }
}
