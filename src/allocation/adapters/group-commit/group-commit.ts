import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { EventBus } from '@nestjs/cqrs';
import { pauseBetween } from '../../../backoff';
import { type Correlation, currentCorrelation } from '../../../correlation';
import type { IdempotentRequest } from '../../../idempotent-request';
import { apart, startSpan } from '../../../tracing';
import { Unavailable } from '../../../unavailable';
import { ProductRepository } from '../../application/product-repository';
import type { Recorded } from '../../application/recorded';
import type { Scope } from '../../application/scope';
import { ProductBusy, UnitOfWork } from '../../application/unit-of-work';
import type { Product } from '../../domain/product';
import { bySku } from '../../application/run-units';
import { commits } from './commit-diagnostics';
import { withinCommitSpan } from './commit-span';
import { EventPublication } from './event-publication';
import { GroupCommitOptions } from './group-commit-options';
import { type Outcomes, SharedTransaction } from './shared-transaction';
import type { WaitingUnit } from './sku-queue';
import { SkuQueues } from './sku-queues';
import { UnansweredUnits } from './unanswered-units';

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
  private readonly unanswered: UnansweredUnits;
  private isStarting = false;

  constructor(
    private readonly products: ProductRepository,
    eventBus: EventBus<Recorded>,
    private readonly options: GroupCommitOptions,
  ) {
    super();
    this.publication = new EventPublication(eventBus);
    this.unanswered = new UnansweredUnits(options, () => this.answerOverdue());
  }

  onModuleDestroy(): void {
    this.unanswered.stop();
  }

  /** Units that are on their way. */
  get pending(): number {
    return this.unanswered.count;
  }

  override async run<T>(scope: Scope, work: (product: Product) => T): Promise<T> {
    this.unanswered.admit();
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
          void known.then((isKnown) => this.unanswered.answer(unit, outcome, isKnown && !outcome.isBehind));
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
        this.unanswered.answer(first, { is: 'failed', reason: new ProductBusy(reason) });
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

  /** Answers the units whose deadline has passed, unless they are being carried out at this moment. */
  private answerOverdue(): void {
    const now = performance.now();
    for (const units of this.queues.takeOverdue(now)) {
      const { sku } = units[0].scope;
      this.unanswered.reject(
        units,
        new ProductBusy(`${sku} could not be changed in time, and was not; try again`),
      );
    }
    for (const transaction of this.transactions) {
      const reason = 'The database does not answer; the command may have been carried out or not';
      // The transaction of a single SKU waits for its lock, so it may be that the database is well and another
      // instance holds the product.
      const isBusy = transaction.whenLocked === 'wait';
      this.unanswered.reject(
        transaction.overdue(now),
        isBusy ? new ProductBusy(reason) : new Unavailable(reason),
      );
    }
  }
}

/** The request with an Idempotency-Key that a unit is to record; undefined when there is none, or another unit does. */
function takenBy({ idempotency }: Correlation): IdempotentRequest | undefined {
  return idempotency?.take() ? idempotency : undefined;
}
