import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { EventBus } from '@nestjs/cqrs';
import { currentCorrelation } from '../../correlation';
import { ProductRepository, WriteConflict } from '../application/product-repository';
import type { Recorded } from '../application/recorded';
import { ProductBusy, type Scope, Unavailable, UnitOfWork } from '../application/unit-of-work';
import { BatchConflict } from '../domain/errors';
import type { Product } from '../domain/product';
import { bySku, type Outcome, runUnits } from './run-units';
import { isLarge, SkuQueue, type WaitingUnit } from './sku-queue';

/** How much is done at once. */
export class GroupCommitOptions {
  /**
   * Units that share one commit at most; 1 gives each unit a transaction of its own. Fewer than there are
   * clients, so that some of them can be answered and heard while the database works for the others.
   */
  readonly unitsPerCommit: number = 64;
  /** Transactions under way at the same time: for the same reason two. More would mean fewer units in each. */
  readonly commits: number = 2;
  /** The same for SKUs that wait for a lock or move many lines, so that they hold up nobody. */
  readonly aloneCommits: number = 4;
  /** Units that may be on their way; the next one is refused. */
  readonly capacity: number = 10_000;
  /** How often a unit is run that keeps losing to other writers. */
  readonly attempts: number = 20;
  /**
   * Milliseconds after which a unit is answered in any case, counted from when its request came in: less than the
   * ten seconds for which clients and balancers wait as a rule.
   */
  readonly deadlineMs: number = 9_000;
}

/** So many units of one product that find it locked at once: another instance sells the same hot product. */
const CONTENDING_UNITS = 4;
/** For how long such a product is then expected to be locked, in milliseconds. */
const CONTENTION_MS = 1_000;
/** How often it is looked for units whose deadline has passed, in milliseconds. */
const SWEEP_MS = 250;
/** How often units are run whose new batches lose their references to others. */
const CONFLICT_ATTEMPTS = 3;
/**
 * A transaction that was answered a statement so recently, in milliseconds, is at work, however long it takes. Between
 * two statements of a large change much is done here; any other is about to end, or waits for somebody's lock.
 */
const PROGRESS_MS = { large: 3_000, small: 500 };

const NONE: ReadonlySet<string> = new Set();

type Outcomes = Map<WaitingUnit, Outcome>;

/** A transaction, and the units that it is for. */
interface Commit {
  /** Of several SKUs, leaving out what others hold; or of one, waiting for it. */
  readonly whenLocked: 'skip' | 'wait';
  readonly units: WaitingUnit[];
  /** When the database answered a statement of it last, by `performance.now()`; 0: not yet. */
  progressAt: number;
}

/**
 * Units of work that share a commit. While one transaction is on its way to the disk, the units that
 * arrive wait; then all of them are loaded with a few statements, run one after the other in memory, and
 * saved together. Each succeeds or fails alone all the same (decision record 2).
 *
 * Units of one product are never in two transactions of this instance at once, so they do not fight each
 * other; against other instances stand the repository's locks and version numbers.
 */
@Injectable()
export class GroupCommit extends UnitOfWork implements OnModuleDestroy {
  /** Of every SKU with units that were not carried out yet. */
  private readonly queues = new Map<string, SkuQueue>();
  /** Those of them that can have a transaction at once, in the order in which they became ready. */
  private readonly shared = new Set<SkuQueue>();
  /** The same, of SKUs that need one for themselves. */
  private readonly alone = new Set<SkuQueue>();
  /** SKUs that are hot here and elsewhere: to try them without waiting would be in vain. */
  private readonly contended = new Set<string>();
  private readonly commits = new Set<Commit>();
  /**
   * By SKU, the events that are being published, or were and not all handlers have had them: resolves to the SKUs of
   * which that is so.
   */
  private readonly publishing = new Map<string, Promise<ReadonlySet<string>>>();
  private unanswered = 0;
  private sweep?: NodeJS.Timeout;

  constructor(
    private readonly products: ProductRepository,
    private readonly eventBus: EventBus<Recorded>,
    private readonly options: GroupCommitOptions,
  ) {
    super();
  }

  onModuleDestroy(): void {
    clearInterval(this.sweep);
  }

  override async run<T>(scope: Scope, work: (product: Product) => T): Promise<T> {
    if (this.unanswered >= this.options.capacity) {
      throw new Unavailable('Too many commands are waiting; try again in a moment');
    }
    this.unanswered += 1;
    this.sweep ??= setInterval(() => this.answerOverdue(), SWEEP_MS).unref();
    const correlation = currentCorrelation();
    const deadline = (correlation.receivedAt ?? performance.now()) + this.options.deadlineMs;
    return new Promise<T>((resolve, reject) => {
      const queue = this.queueOf(scope.sku);
      queue.add({ scope, work, correlation, resolve, reject, deadline, conflicts: 0, isAnswered: false });
      if (queue.state === 'idle' || queue.state === 'ready') this.makeReady(queue);
      this.startCommits();
    });
  }

  private queueOf(sku: string): SkuQueue {
    let queue = this.queues.get(sku);
    if (!queue) this.queues.set(sku, (queue = new SkuQueue(sku)));
    return queue;
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

  private startCommits(): void {
    const { commits, aloneCommits, unitsPerCommit } = this.options;
    for (const queue of this.alone) {
      if (this.underWay('wait') >= aloneCommits) break;
      void this.commit('wait', this.take(queue, unitsPerCommit));
    }
    while (this.shared.size > 0 && this.underWay('skip') < commits) {
      const units: WaitingUnit[] = [];
      for (const queue of this.shared) {
        for (const unit of this.take(queue, unitsPerCommit - units.length)) units.push(unit);
        if (units.length === unitsPerCommit) break;
      }
      void this.commit('skip', units);
    }
  }

  private underWay(whenLocked: Commit['whenLocked']): number {
    let count = 0;
    for (const commit of this.commits) if (commit.whenLocked === whenLocked) count += 1;
    return count;
  }

  private take(queue: SkuQueue, limit: number): WaitingUnit[] {
    this.shared.delete(queue);
    this.alone.delete(queue);
    queue.state = 'running';
    queue.waitsForLock = false;
    return queue.take(limit);
  }

  private async commit(whenLocked: Commit['whenLocked'], units: WaitingUnit[]): Promise<void> {
    const commit = { whenLocked, units, progressAt: 0 };
    this.commits.add(commit);
    const outcomes = await this.carryOut(commit, units, () => this.takeArrivals(commit));
    this.commits.delete(commit);
    this.conclude(outcomes);
    this.startCommits();
  }

  /**
   * Takes the units that came while these waited for the lock of their product; they join them. Not with a large
   * change, which would have to be loaded twice.
   */
  private takeArrivals({ whenLocked, units }: Commit): WaitingUnit[] {
    if (whenLocked === 'skip' || units.some(({ scope }) => isLarge(scope))) return [];
    const arrivals = this.queueOf(units[0].scope.sku).takeSmall(this.options.unitsPerCommit - units.length);
    units.push(...arrivals);
    return arrivals;
  }

  /**
   * One transaction for all units or, when some of them spoil it, one for those of each product; and when these
   * do too, one for each unit.
   */
  private async carryOut(
    commit: Commit,
    units: readonly WaitingUnit[],
    takeArrivals?: () => readonly WaitingUnit[],
  ): Promise<Outcomes> {
    const onProgress = () => void (commit.progressAt = performance.now());
    const { whenLocked } = commit;
    const all = (outcome: Outcome): Outcomes => new Map(units.map((unit) => [unit, outcome]));
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.products.transaction({ whenLocked, onProgress }, (products) =>
          runUnits(products, units, takeArrivals),
        );
      } catch (reason) {
        // Somebody else has just taken a reference: the next time that is seen when the units are loaded.
        if (reason instanceof BatchConflict && attempt < CONFLICT_ATTEMPTS) continue;
        // It cannot be known whose row was held. Each product waits for its own, and no other with it.
        if (reason instanceof ProductBusy && whenLocked === 'skip') return all({ is: 'blocked' });
        const products = [...bySku(units).values()];
        if (reason instanceof WriteConflict && products.length === 1) return all({ is: 'conflict' });
        if (reason instanceof Unavailable || units.length === 1) return all({ is: 'failed', reason });
        return this.carryOutApart(commit, products.length > 1 ? products : units.map((unit) => [unit]));
      }
    }
  }

  private async carryOutApart(commit: Commit, parts: readonly (readonly WaitingUnit[])[]): Promise<Outcomes> {
    const outcomes: Outcomes = new Map();
    const overtaken = new Set<string>();
    for (const part of parts) {
      const { sku } = part[0].scope;
      // The units of a SKU keep their order: what follows one that is to be run again is run again behind it.
      const found = overtaken.has(sku)
        ? new Map(part.map((unit) => [unit, { is: 'conflict' } as const]))
        : await this.carryOut(commit, part);
      for (const [unit, outcome] of found) {
        outcomes.set(unit, outcome);
        if (outcome.is === 'conflict') overtaken.add(sku);
      }
    }
    return outcomes;
  }

  /** Publishes what happened, answers the units or has them run again, and lets their queues go on. */
  private conclude(outcomes: Outcomes): void {
    const events: Recorded[] = [];
    for (const outcome of outcomes.values()) {
      if (outcome.is === 'done') for (const event of outcome.events) events.push(event);
    }
    // The event publisher keeps what a handler throws to itself: the commands have succeeded.
    const published = events.length > 0 ? this.publish(events) : undefined;
    for (const [sku, units] of bySku(outcomes.keys())) {
      const before = this.publishing.get(sku);
      if (published) this.notePublishing(sku, published);
      const known = Promise.all([before, published]).then(
        (pending) => !pending.some((skus) => skus?.has(sku)),
      );
      const again: WaitingUnit[] = [];
      for (const unit of units) {
        const outcome = outcomes.get(unit)!;
        if (outcome.is === 'done' || outcome.is === 'failed') {
          void known.then((isKnown) => this.answer(unit, outcome, isKnown));
        } else again.push(unit);
      }
      this.runAgain(this.queueOf(sku), again, outcomes);
    }
  }

  /** @returns the SKUs with events that not all handlers have had in time, as far as the publisher tells */
  private async publish(events: Recorded[]): Promise<ReadonlySet<string>> {
    const pending = (await this.eventBus.publishAll(events)) as unknown;
    return pending instanceof Set ? (pending as Set<string>) : NONE;
  }

  private notePublishing(sku: string, published: Promise<ReadonlySet<string>>): void {
    this.publishing.set(sku, published);
    void published.then((pending) => {
      // Who repeats a command that could not be seen in time is told the same, until more of the SKU has been seen.
      if (!pending.has(sku) && this.publishing.get(sku) === published) this.publishing.delete(sku);
    });
  }

  /** Puts back the units that were not carried out, and lets the queue go on; after a conflict in a while. */
  private runAgain(queue: SkuQueue, units: readonly WaitingUnit[], outcomes: Outcomes): void {
    const kinds = new Set(units.map((unit) => outcomes.get(unit)!.is));
    queue.waitsForLock = kinds.has('locked') || kinds.has('blocked');
    if (kinds.has('locked') && units.length >= CONTENDING_UNITS) this.noteContention(queue.sku);
    if (!kinds.has('conflict')) {
      queue.putBack(units);
      this.makeReady(queue);
      return;
    }
    const [first] = units;
    first.conflicts += 1;
    queue.putBack(units);
    if (first.conflicts >= this.options.attempts) {
      queue.take(1);
      const reason = `${queue.sku} is being changed by too many others; try again in a moment`;
      this.answer(first, { is: 'failed', reason: new ProductBusy(reason) });
    }
    queue.state = 'pausing';
    // Growing pauses with jitter, so that instances which collided do not collide again.
    const pause = Math.random() * Math.min(2 ** first.conflicts, 100);
    setTimeout(() => {
      this.makeReady(queue);
      this.startCommits();
    }, pause);
  }

  private noteContention(sku: string): void {
    if (this.contended.has(sku)) return;
    this.contended.add(sku);
    setTimeout(() => this.contended.delete(sku), CONTENTION_MS).unref();
  }

  /** @param isKnown whether all handlers have had the events that the unit raised or has seen */
  private answer(unit: WaitingUnit, outcome: Outcome & { is: 'done' | 'failed' }, isKnown = true): void {
    if (unit.isAnswered) return;
    unit.isAnswered = true;
    this.unanswered -= 1;
    if (!isKnown) unit.correlation.eventsPending = true;
    if (outcome.is === 'done') unit.resolve(outcome.result as never);
    else unit.reject(outcome.reason);
    if (this.unanswered === 0) {
      clearInterval(this.sweep);
      this.sweep = undefined;
    }
  }

  /** Answers the units whose deadline has passed, unless they are being carried out at this moment. */
  private answerOverdue(): void {
    const now = performance.now();
    const reject = (units: readonly WaitingUnit[], reason: Unavailable) => {
      for (const unit of units) this.answer(unit, { is: 'failed', reason });
    };
    for (const queue of this.queues.values()) {
      const reason = `${queue.sku} could not be changed in time, and was not; try again`;
      reject(queue.takeOverdue(now), new ProductBusy(reason));
      // A transaction that took it would have nothing to conclude by which the queue goes on.
      if (queue.state === 'ready' && queue.length === 0) this.remove(queue);
    }
    for (const { units, progressAt, whenLocked } of this.commits) {
      const size = units.some(({ scope }) => isLarge(scope)) ? 'large' : 'small';
      if (now - progressAt < PROGRESS_MS[size]) continue;
      const overdue = units.filter(({ deadline }) => deadline <= now);
      const reason = 'The database does not answer; the command may have been carried out or not';
      // Of one SKU it may be just a lock that the database waits for.
      reject(overdue, whenLocked === 'wait' ? new ProductBusy(reason) : new Unavailable(reason));
    }
  }
}
