import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { EventBus } from '@nestjs/cqrs';
import { pauseBetween } from '../../../backoff';
import { type Correlation, currentCorrelation } from '../../../correlation';
import type { IdempotentRequest } from '../../../idempotent-request';
import { apart, failed, startSpan } from '../../../tracing';
import { Unavailable } from '../../../unavailable';
import { ProductRepository } from '../../application/product-repository';
import type { Recorded } from '../../application/recorded';
import type { Scope } from '../../application/scope';
import { ProductBusy, UnitOfWork } from '../../application/unit-of-work';
import type { Product } from '../../domain/product';
import { type Answer, bySku } from '../../application/run-units';
import { answeredUnits, commits } from './commit-diagnostics';
import { withinCommitSpan } from './commit-span';
import { EventPublication } from './event-publication';
import { type Outcomes, SharedTransaction } from './shared-transaction';
import type { WaitingUnit } from './sku-queue';
import { SkuQueues } from './sku-queues';

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

/** How often it is looked for units whose deadline has passed, in milliseconds. */
const SWEEP_MS = 250;
/** Pauses after conflicts, so that instances which collided do not collide again: the first, and the longest. */
const PAUSES_MS = [2, 100] as const;

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
  private readonly queues = new SkuQueues();
  private readonly transactions = new Set<SharedTransaction>();
  private readonly publication: EventPublication;
  private unanswered = 0;
  private isStarting = false;
  private sweep?: NodeJS.Timeout;

  constructor(
    private readonly products: ProductRepository,
    eventBus: EventBus<Recorded>,
    private readonly options: GroupCommitOptions,
  ) {
    super();
    this.publication = new EventPublication(eventBus);
  }

  onModuleDestroy(): void {
    clearInterval(this.sweep);
  }

  /** Units that are on their way. */
  get pending(): number {
    return this.unanswered;
  }

  override async run<T>(scope: Scope, work: (product: Product) => T): Promise<T> {
    if (this.unanswered >= this.options.capacity) {
      throw new Unavailable('Too many commands are waiting; try again in a moment');
    }
    this.unanswered += 1;
    this.sweep ??= setInterval(() => this.answerOverdue(), SWEEP_MS).unref();
    const correlation = currentCorrelation();
    const request = takenBy(correlation);
    const span = startSpan('unit of work', { attributes: { 'stock_allocation.sku': scope.sku } });
    const deadline = (correlation.receivedAt ?? performance.now()) + this.options.deadlineMs;
    return new Promise<T>((resolve, reject) => {
      this.queues.add({
        // A request that was carried out before only waits in the queue of its SKU, so that it is answered no sooner
        // than all handlers have had its events (promise 4).
        scope: request?.isKnown ? { looksAt: 'product', sku: scope.sku } : scope,
        work: request?.isKnown ? () => request.result : work,
        request: request?.isKnown ? undefined : request,
        correlation,
        resolve,
        reject,
        deadline,
        conflicts: 0,
        isAnswered: false,
        span,
      });
      this.startSoon();
    });
  }

  /** After whatever else comes right now, so that units which come together share a transaction, too: lines of an order. */
  private startSoon(): void {
    if (this.isStarting) return;
    this.isStarting = true;
    queueMicrotask(() => {
      this.isStarting = false;
      this.startCommits();
    });
  }

  private startCommits(): void {
    const { commits, aloneCommits, unitsPerCommit } = this.options;
    this.startWhile(aloneCommits, 'wait', () => this.queues.takeAlone(unitsPerCommit));
    this.startWhile(commits, 'skip', () => this.queues.takeShared(unitsPerCommit));
  }

  private startWhile(most: number, whenLocked: 'skip' | 'wait', take: () => WaitingUnit[]): void {
    let underWay = 0;
    for (const transaction of this.transactions) if (transaction.whenLocked === whenLocked) underWay += 1;
    for (; underWay < most; underWay += 1) {
      const units = take();
      if (units.length === 0) return;
      const transaction = new SharedTransaction(this.products, whenLocked, units);
      void apart(() => this.commit(transaction, units));
    }
  }

  private async commit(transaction: SharedTransaction, units: readonly WaitingUnit[]): Promise<void> {
    this.transactions.add(transaction);
    const began = performance.now();
    const outcomes = await withinCommitSpan(units, () =>
      transaction.carryOut((sku, alreadyThere) =>
        this.queues.takeArrivals(sku, this.options.unitsPerCommit - alreadyThere),
      ),
    );
    this.transactions.delete(transaction);
    if (commits.hasSubscribers)
      commits.publish({
        outcomes: [...outcomes.values()].map(({ is }) => is),
        seconds: (performance.now() - began) / 1_000,
      });
    this.conclude(outcomes);
    this.startCommits();
  }

  /** Publishes what happened, answers the units or has them run again, and lets their queues go on. */
  private conclude(outcomes: Outcomes): void {
    const events: Recorded[] = [];
    for (const outcome of outcomes.values()) {
      if (outcome.is === 'done') for (const event of outcome.events) events.push(event);
    }
    const published = events.length > 0 ? this.publication.publish(events) : undefined;
    for (const [sku, units] of bySku(outcomes.keys())) {
      const known = this.publication.isKnown(sku, published);
      const again: WaitingUnit[] = [];
      for (const unit of units) {
        const outcome = outcomes.get(unit)!;
        if (outcome.is === 'done' || outcome.is === 'failed') {
          void known.then((isKnown) => this.answer(unit, outcome, isKnown && !outcome.isBehind));
        } else again.push(unit);
      }
      this.goOn(sku, again, outcomes);
    }
  }

  /** Has the units run again that were not carried out, and what came after them; after a conflict in a while. */
  private goOn(sku: string, again: WaitingUnit[], outcomes: Outcomes): void {
    const kinds = new Set(again.map((unit) => outcomes.get(unit)!.is));
    const isConflict = kinds.has('conflict');
    const [first] = again;
    if (isConflict) {
      first.conflicts += 1;
      if (first.conflicts >= this.options.attempts) {
        again.shift();
        const reason = `${sku} is being changed by too many others; try again in a moment`;
        this.answer(first, { is: 'failed', reason: new ProductBusy(reason) });
      }
    }
    const lockedOut = kinds.has('locked') ? again.length : 0;
    this.queues.putBack(sku, again, lockedOut, lockedOut > 0 || kinds.has('blocked'));
    if (!isConflict) return this.queues.resume(sku);
    setTimeout(
      () => {
        this.queues.resume(sku);
        this.startCommits();
      },
      pauseBetween(...PAUSES_MS, first.conflicts),
    );
  }

  /** @param isKnown whether all handlers have had the events that the unit raised or has seen */
  private answer(unit: WaitingUnit, outcome: Answer, isKnown = true): void {
    if (unit.isAnswered) return;
    unit.isAnswered = true;
    this.unanswered -= 1;
    if (answeredUnits.hasSubscribers) {
      const receivedAt = unit.deadline - this.options.deadlineMs;
      answeredUnits.publish({ answer: outcome, seconds: (performance.now() - receivedAt) / 1_000 });
    }
    if (!isKnown) unit.correlation.eventsPending = true;
    if (unit.span && outcome.is === 'failed') failed(unit.span, outcome.reason);
    unit.span?.end();
    if (outcome.is === 'done') unit.resolve(outcome.result as never);
    else {
      unit.request?.release(outcome.reason);
      unit.reject(outcome.reason);
    }
    if (this.unanswered === 0) {
      clearInterval(this.sweep);
      this.sweep = undefined;
    }
  }

  /** Answers the units whose deadline has passed, unless they are being carried out at this moment. */
  private answerOverdue(): void {
    const now = performance.now();
    for (const units of this.queues.takeOverdue(now)) {
      const { sku } = units[0].scope;
      this.reject(units, new ProductBusy(`${sku} could not be changed in time, and was not; try again`));
    }
    for (const transaction of this.transactions) {
      const reason = 'The database does not answer; the command may have been carried out or not';
      // The transaction of a single SKU waits for its lock, so it may be that the database is well and another
      // instance holds the product.
      const isBusy = transaction.whenLocked === 'wait';
      this.reject(transaction.overdue(now), isBusy ? new ProductBusy(reason) : new Unavailable(reason));
    }
  }

  private reject(units: readonly WaitingUnit[], reason: Unavailable): void {
    for (const unit of units) this.answer(unit, { is: 'failed', reason });
  }
}

/** The request with an Idempotency-Key that a unit is to record; undefined when there is none, or another unit does. */
function takenBy({ idempotency }: Correlation): IdempotentRequest | undefined {
  return idempotency?.take() ? idempotency : undefined;
}
