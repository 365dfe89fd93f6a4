import { AsyncResource } from 'node:async_hooks';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { pauseBetween } from '../../../backoff';
import { type Correlation, currentCorrelation } from '../../../correlation';
import type { IdempotentRequest } from '../../../idempotent-request';
import { startSpan } from '../../../tracing';
import { Unavailable } from '../../../unavailable';
import { CommitPublisher } from '../../application/commit-publisher';
import { ProductRepository } from '../../application/product-repository';
import type { Recorded } from '../../application/recorded';
import type { Scope } from '../../application/scope';
import { ProductBusy, UnitOfWork } from '../../application/unit-of-work';
import type { Product } from '../../domain/product';
import { bySku, type UnitOutcome } from '../../application/run-units';
import { commits } from './commit-diagnostics';
import { inCommitSpan } from './commit-span';
import { EventPublication } from './event-publication';
import { GroupCommitOptions } from './group-commit-options';
import { type Outcomes, SharedTransaction } from './shared-transaction';
import type { WaitingUnit } from './sku-queue';
import { type CommitKind, SkuQueues } from './sku-queues';
import { UnansweredUnits } from './unanswered-units';

/** Pauses after conflicts, so that instances which collided do not collide again: the first, and the longest. */
const PAUSES_MS = [2, 100] as const;

const KINDS = ['locked', 'large', 'shared'] as const;

/**
 * Units of work that share a commit. While one transaction is on its way to the disk, the units that
 * arrive wait; then all of them are loaded with a few statements, run one after the other in memory, and
 * saved together. Each succeeds or fails alone all the same (decision record 2).
 *
 * Units of one product are never in two transactions of this instance at once, so they do not fight each
 * other; against other instances stand the repository's locks and version numbers.
 */
@Injectable()
export class GroupCommit extends UnitOfWork implements OnApplicationShutdown {
  private readonly queues = new SkuQueues();
  private readonly transactions = new Set<SharedTransaction>();
  private readonly publication: EventPublication;
  private readonly unanswered: UnansweredUnits;
  /** Transactions belong to no request, whoever has begun them. */
  private readonly asyncContext = new AsyncResource('GroupCommit');
  private isStarting = false;

  constructor(
    private readonly products: ProductRepository,
    publisher: CommitPublisher,
    private readonly options: GroupCommitOptions,
  ) {
    super();
    this.publication = new EventPublication(publisher);
    this.unanswered = new UnansweredUnits(options, () => this.answerOverdue());
  }

  onApplicationShutdown(): void {
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

  /**
   * Starts commits in a microtask: units that arrive right now, such as the lines of an order, then share a
   * transaction.
   */
  private startSoon(): void {
    if (this.isStarting) return;
    this.isStarting = true;
    queueMicrotask(() => {
      this.isStarting = false;
      this.startCommits();
    });
  }

  private startCommits(): void {
    for (const kind of KINDS) {
      while (this.hasRoomFor(kind)) {
        const units = this.queues.take(kind, this.options.unitsPerCommit);
        if (units.length === 0) break;
        const transaction = new SharedTransaction(this.products, kind, units, (outcomes) =>
          this.conclude(outcomes),
        );
        this.transactions.add(transaction);
        void this.asyncContext.runInAsyncScope(() => this.commit(transaction, units));
      }
    }
  }

  private hasRoomFor(kind: CommitKind): boolean {
    const { commits, aloneCommits } = this.options;
    const underWay = { shared: 0, locked: 0, large: 0 };
    for (const transaction of this.transactions) underWay[transaction.kind] += 1;
    if (kind === 'shared') return underWay.shared < commits;
    // However many wait for locks, there is room for a large change of a product that is free; and the other way round.
    const isOneLeft = underWay[kind] < Math.max(1, aloneCommits - 1);
    return isOneLeft && underWay.locked + underWay.large < aloneCommits;
  }

  private async commit(transaction: SharedTransaction, units: readonly WaitingUnit[]): Promise<void> {
    const began = performance.now();
    const outcomes = await inCommitSpan(units, () =>
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
    for (const [sku, unitsOfSku] of bySku(outcomes.keys())) this.goOn(sku, unitsOfSku, outcomes);
    this.startCommits();
  }

  /** Publishes what happened, and answers the units that were carried out or have failed. */
  private conclude(outcomes: Outcomes): void {
    const events: Recorded[] = [];
    const skus = new Set<string>();
    for (const [{ scope }, outcome] of outcomes) {
      if (outcome.is !== 'done' || outcome.events.length === 0) continue;
      for (const event of outcome.events) events.push(event);
      skus.add(scope.sku);
    }
    const published = events.length > 0 ? this.publication.publish(events) : undefined;
    for (const [sku, units] of bySku(outcomes.keys())) {
      const known = this.publication.isKnown(sku, skus.has(sku) ? published : undefined);
      for (const unit of units) {
        const outcome = outcomes.get(unit)!;
        if (outcome.is === 'done' || outcome.is === 'failed')
          void known.then((isKnown) => this.unanswered.answer(unit, outcome, isKnown && !outcome.isBehind));
      }
    }
  }

  /**
   * Lets the queue of a SKU go on after a transaction: with the units that are to be run again, and what came after them;
   * after a conflict in a while. A unit whose caller was answered meanwhile is not run again: he may have gone on.
   */
  private goOn(sku: string, units: readonly WaitingUnit[], outcomes: Outcomes): void {
    const count = { locked: 0, blocked: 0, conflict: 0 };
    const again = units.filter((unit) => {
      const outcome = outcomes.get(unit)!;
      if (outcome.is === 'done') return false;
      if (isHeld(outcome)) this.queues.expectLocked(sku);
      if (outcome.is === 'failed' || unit.isAnswered) return false;
      count[outcome.is] += 1;
      return true;
    });
    const [first] = again;
    if (count.conflict > 0) {
      first.conflicts += 1;
      if (first.conflicts >= this.options.attempts) {
        again.shift();
        const reason = `${sku} is being changed by too many others; try again in a moment`;
        this.unanswered.answer(first, { is: 'failed', reason: new ProductBusy(reason) });
      }
    }
    this.queues.putBack(sku, again, count.locked, count.locked + count.blocked > 0);
    if (count.conflict === 0) return this.queues.resume(sku);
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

/** Whether somebody held a row that the unit needed for longer than a commit takes: most likely he still does. */
function isHeld(outcome: UnitOutcome): boolean {
  return outcome.is === 'blocked' || (outcome.is === 'failed' && outcome.reason instanceof ProductBusy);
}

/** The request with an Idempotency-Key that a unit is to record; undefined when there is none, or another unit does. */
function takenBy({ idempotency }: Correlation): IdempotentRequest | undefined {
  return idempotency?.take() ? idempotency : undefined;
}
