import { Unavailable } from '../../../unavailable';
import { type ProductRepository, WriteConflict } from '../../application/product-repository';
import { isLarge } from '../../application/scope';
import { ProductBusy } from '../../application/unit-of-work';
import { BatchConflict } from '../../domain/errors';
import { bySku, type UnitOutcome, runUnits } from '../../application/run-units';
import type { WaitingUnit } from './sku-queue';
import type { CommitKind } from './sku-queues';

/** How often units are tried when other writers take the references of their new batches. */
const CONFLICT_ATTEMPTS = 3;
/**
 * For how long the database may owe an answer, in milliseconds, before its silence counts: whoever's deadline has passed
 * is then answered. Added to the deadline it leaves some time until his ten seconds are over.
 */
const SILENCE_MS = 500;

const NOT_BEGUN = 'The command was not carried out in time';

/** What became of units. */
export type Outcomes = ReadonlyMap<WaitingUnit, UnitOutcome>;

/** A transaction that units share, or the few that come of it when some of them spoil it. */
export class SharedTransaction {
  private readonly units: WaitingUnit[];
  /** Units that the transaction was taken apart from, and for which nothing is under way: they are tried later. */
  private readonly waiting = new Set<WaitingUnit>();
  /**
   * Since when the database owes an answer and has given none, by `performance.now()`: never while the service itself is
   * at work, which takes long between two statements of a large change. 0: since ever, as nothing was sent yet.
   */
  private silentSince = 0;

  /** @param onOutcomes told what became of units as soon as it is certain, though others are still being carried out */
  constructor(
    private readonly products: ProductRepository,
    readonly kind: CommitKind,
    units: readonly WaitingUnit[],
    private readonly onOutcomes: (outcomes: Outcomes) => void,
  ) {
    this.units = [...units];
  }

  /** Those of several SKUs leave out what others hold; that of a single one waits for it. */
  get whenLocked(): 'skip' | 'wait' {
    return this.kind === 'shared' ? 'skip' : 'wait';
  }

  /**
   * Carries the units out, together if that is possible. Each succeeds or fails alone all the same.
   * @param takeArrivals units of the SKU that came while these waited for its lock; asked unless a change is large,
   *   which would have to be loaded twice
   * @returns what became of all of them
   */
  carryOut(takeArrivals: (sku: string, alreadyThere: number) => readonly WaitingUnit[]): Promise<Outcomes> {
    return this.attempt(this.units, () => {
      if (this.whenLocked === 'skip' || this.hasLargeUnit) return [];
      const arrivals = takeArrivals(this.units[0].scope.sku, this.units.length);
      this.units.push(...arrivals);
      return arrivals;
    });
  }

  /** The units whose deadline has passed, unless the transaction that they are in is making progress at this moment. */
  overdue(now: number): WaitingUnit[] {
    const isSilent = now - this.silentSince >= SILENCE_MS;
    return this.units.filter((unit) => unit.deadline <= now && (isSilent || this.waiting.has(unit)));
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
    const onProgress = (isWaiting: boolean) =>
      void (this.silentSince = isWaiting ? performance.now() : Infinity);
    const conclude = (outcomes: Outcomes): Outcomes => {
      this.onOutcomes(outcomes);
      return outcomes;
    };
    const all = (outcome: UnitOutcome) => conclude(ofAll(units, outcome));
    for (let attempt = 1; ; attempt += 1) {
      let outcomes: Outcomes;
      try {
        outcomes = await this.products.transaction({ whenLocked, onProgress }, (products) =>
          runUnits(products, units, takeArrivals),
        );
      } catch (reason) {
        // Another writer has just taken a reference: the next attempt sees that when it loads the units.
        if (reason instanceof BatchConflict && attempt < CONFLICT_ATTEMPTS) continue;
        const products = [...bySku(units).values()];
        const isBlocked = reason instanceof ProductBusy && whenLocked === 'skip';
        if (products.length === 1) {
          if (isBlocked) return all({ is: 'blocked' });
          if (reason instanceof WriteConflict) return all({ is: 'conflict' });
        }
        // Which of several products needs the row that somebody holds shows when they are tried apart.
        const isOfAll = reason instanceof Unavailable && !isBlocked;
        if (isOfAll || units.length === 1) return all({ is: 'failed', reason });
        return this.attemptApart(products.length > 1 ? products : units.map((unit) => [unit]));
      }
      return conclude(outcomes);
    }
  }

  private async attemptApart(parts: readonly (readonly WaitingUnit[])[]): Promise<Outcomes> {
    const outcomes = new Map<WaitingUnit, UnitOutcome>();
    // The units of a SKU keep their order: what follows one that is to be run again is run again behind it.
    const again = new Map<string, UnitOutcome>();
    for (const unit of parts.flat()) this.waiting.add(unit);
    for (const part of parts) {
      const { sku } = part[0].scope;
      for (const unit of part) {
        this.waiting.delete(unit);
        if (unit.isAnswered) outcomes.set(unit, { is: 'failed', reason: new Unavailable(NOT_BEGUN) });
      }
      // A unit whose caller was answered meanwhile is not carried out any more: he may have gone another way.
      const open = part.filter((unit) => !unit.isAnswered);
      if (open.length === 0) continue;
      const before = again.get(sku);
      const found = before ? ofAll(open, before) : await this.attempt(open);
      for (const [unit, outcome] of found) {
        outcomes.set(unit, outcome);
        if (outcome.is === 'done' || outcome.is === 'failed') continue;
        again.set(sku, outcome);
        // Nothing is done for it while the others have their turns, so its deadline counts.
        this.waiting.add(unit);
      }
    }
    return outcomes;
  }
}

function ofAll(units: readonly WaitingUnit[], outcome: UnitOutcome): Outcomes {
  return new Map(units.map((unit) => [unit, outcome]));
}
