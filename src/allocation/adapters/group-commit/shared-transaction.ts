import { Unavailable } from '../../../unavailable';
import { type ProductRepository, WriteConflict } from '../../application/product-repository';
import { isLarge } from '../../application/scope';
import { ProductBusy } from '../../application/unit-of-work';
import { BatchConflict } from '../../domain/errors';
import { bySku, type UnitOutcome, runUnits } from '../../application/run-units';
import type { WaitingUnit } from './sku-queue';

/** How often units are run whose new batches lose their references to others. */
const CONFLICT_ATTEMPTS = 3;
/**
 * A transaction that was answered a statement so recently, in milliseconds, is at work, however long it takes. Between
 * two statements of a large change much is done here; any other is about to end, or waits for somebody's lock.
 */
const PROGRESS_MS = { large: 3_000, small: 500 };

/** What became of units. */
export type Outcomes = ReadonlyMap<WaitingUnit, UnitOutcome>;

/** A transaction that units share, or the few that come of it when some of them spoil it. */
export class SharedTransaction {
  /** When the database answered a statement last, by `performance.now()`; 0: not yet. */
  private progressAt = 0;

  /**
   * @param whenLocked `skip`: of several SKUs, leaving out what others hold; `wait`: of one, waiting for it
   * @param units those that join it are added
   */
  constructor(
    private readonly products: ProductRepository,
    readonly whenLocked: 'skip' | 'wait',
    private readonly units: WaitingUnit[],
  ) {}

  /**
   * Carries the units out, together if that is possible. Each succeeds or fails alone all the same.
   * @param takeArrivals units of the SKU that came while these waited for its lock; asked unless a change is large,
   *   which would have to be loaded twice
   */
  carryOut(takeArrivals: (sku: string, alreadyThere: number) => readonly WaitingUnit[]): Promise<Outcomes> {
    return this.attempt(this.units, () => {
      if (this.whenLocked === 'skip' || this.hasLargeUnit) return [];
      const arrivals = takeArrivals(this.units[0].scope.sku, this.units.length);
      this.units.push(...arrivals);
      return arrivals;
    });
  }

  /** The units whose deadline has passed, unless the transaction is making progress at this moment. */
  overdue(now: number): WaitingUnit[] {
    if (now - this.progressAt < PROGRESS_MS[this.hasLargeUnit ? 'large' : 'small']) return [];
    return this.units.filter(({ deadline }) => deadline <= now);
  }

  private get hasLargeUnit(): boolean {
    return this.units.some(({ scope }) => isLarge(scope));
  }

  /**
   * One transaction for all units or, when some of them spoil it, one for those of each product; and when these
   * do too, one for each unit.
   */
  private async attempt(
    units: readonly WaitingUnit[],
    takeArrivals?: () => readonly WaitingUnit[],
  ): Promise<Outcomes> {
    const { whenLocked } = this;
    const onProgress = () => void (this.progressAt = performance.now());
    const all = (outcome: UnitOutcome): Outcomes => new Map(units.map((unit) => [unit, outcome]));
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.products.transaction({ whenLocked, onProgress }, (products) =>
          runUnits(products, units, takeArrivals),
        );
      } catch (reason) {
        // Somebody else has just taken a reference: the next time that is seen when the units are loaded.
        if (reason instanceof BatchConflict && attempt < CONFLICT_ATTEMPTS) continue;
        // Whose row was held cannot be known. Each product waits for its own, and no other with it.
        if (reason instanceof ProductBusy && whenLocked === 'skip') return all({ is: 'blocked' });
        const products = [...bySku(units).values()];
        if (reason instanceof WriteConflict && products.length === 1) return all({ is: 'conflict' });
        if (reason instanceof Unavailable || units.length === 1) return all({ is: 'failed', reason });
        return this.attemptApart(products.length > 1 ? products : units.map((unit) => [unit]));
      }
    }
  }

  private async attemptApart(parts: readonly (readonly WaitingUnit[])[]): Promise<Outcomes> {
    const outcomes = new Map<WaitingUnit, UnitOutcome>();
    const overtaken = new Set<string>();
    for (const part of parts) {
      const { sku } = part[0].scope;
      // The units of a SKU keep their order: what follows one that is to be run again is run again behind it.
      const found = overtaken.has(sku)
        ? new Map(part.map((unit) => [unit, { is: 'conflict' } as const]))
        : await this.attempt(part);
      for (const [unit, outcome] of found) {
        outcomes.set(unit, outcome);
        if (outcome.is === 'conflict') overtaken.add(sku);
      }
    }
    return outcomes;
  }
}
