import { Injectable } from '@nestjs/common';
import { EventBus } from '@nestjs/cqrs';
import { type Correlation, currentCorrelation } from '../../correlation';
import {
  type ProductChange,
  ProductRepository,
  type ProductTransaction,
  WriteConflict,
} from '../application/product-repository';
import { recordEvents, type Recorded } from '../application/recorded';
import {
  AlreadyCarriedOut,
  ProductBusy,
  type Scope,
  Unavailable,
  UnitOfWork,
} from '../application/unit-of-work';
import type { Product } from '../domain/product';

/** How much is done at once. */
export class GroupCommitOptions {
  /**
   * Units that share one commit at most; 1 gives each unit a transaction of its own. Fewer than there are
   * clients, so that some of them can be answered and heard while the database works for the others.
   */
  readonly unitsPerCommit: number = 64;
  /** Transactions under way at the same time: for the same reason two. More would mean fewer units in each. */
  readonly commits: number = 2;
  /** The same for units that wait for another instance or move many lines, so that they hold up nobody. */
  readonly patientCommits: number = 2;
  /** Units that may be on their way; the next one is refused. */
  readonly capacity: number = 10_000;
  /** How often a unit is run that keeps losing to other writers. */
  readonly attempts: number = 20;
}

/** So many units of one product that find it locked at once: another instance sells the same hot product. */
const CONTENDING_UNITS = 4;
/** For how long such a product is then expected to be locked, in milliseconds. */
const CONTENTION_MS = 1_000;

interface Unit {
  readonly scope: Scope;
  readonly work: (product: Product) => unknown;
  readonly correlation: Correlation;
  readonly resolve: (result: never) => void;
  readonly reject: (reason: unknown) => void;
  attempts: number;
  /** Waits for whoever else is changing its product, in a transaction without other products. */
  patient: boolean;
}

/** What became of a unit in a transaction, valid once that is committed. */
type Outcome =
  | { readonly is: 'done'; readonly result: unknown; readonly events: Recorded[] }
  | { readonly is: 'failed'; readonly reason: unknown }
  | { readonly is: 'locked' | 'refused' };

type Outcomes = Map<Unit, Outcome>;

/**
 * Units of work that share a commit. While one transaction is on its way to the disk, the units that
 * arrive wait; then all of them are loaded with a few statements, run one after the other in memory, and
 * saved together. Each succeeds or fails alone all the same.
 *
 * Units of one product are never in two transactions of this instance at once, so they do not fight each
 * other; against other instances stand the repository's locks and version numbers.
 */
@Injectable()
export class GroupCommit extends UnitOfWork {
  /** Units by SKU, in the order in which they came. */
  private readonly waiting = new Map<string, Unit[]>();
  /** Those of the waiting SKUs that have a patient unit among theirs. */
  private readonly patientSkus = new Set<string>();
  private readonly busySkus = new Set<string>();
  /** SKUs that are hot here and elsewhere: to try them without waiting would be in vain. */
  private readonly contendedSkus = new Set<string>();
  private unanswered = 0;
  private commits = 0;
  private patientCommits = 0;

  constructor(
    private readonly products: ProductRepository,
    private readonly eventBus: EventBus<Recorded>,
    private readonly options: GroupCommitOptions,
  ) {
    super();
  }

  override async run<T>(scope: Scope, work: (product: Product) => T): Promise<T> {
    if (this.unanswered >= this.options.capacity) {
      throw new Unavailable('Too many commands are waiting; try again in a moment');
    }
    this.unanswered += 1;
    return new Promise<T>((resolve, reject) => {
      const patient = scope.cutTo !== undefined;
      this.enqueue({ scope, work, correlation: currentCorrelation(), resolve, reject, attempts: 0, patient });
    });
  }

  private enqueue(unit: Unit): void {
    const units = this.waiting.get(unit.scope.sku);
    if (units) units.push(unit);
    else this.waiting.set(unit.scope.sku, [unit]);
    if (unit.patient || this.contendedSkus.has(unit.scope.sku)) this.patientSkus.add(unit.scope.sku);
    this.startCommits();
  }

  private startCommits(): void {
    for (const sku of this.patientSkus) {
      if (this.patientCommits >= this.options.patientCommits) break;
      const units = this.take([sku]);
      if (units.length === 0) continue;
      this.patientCommits += 1;
      void this.commit(units, 'wait').finally(() => {
        this.patientCommits -= 1;
        this.startCommits();
      });
    }
    while (this.commits < this.options.commits) {
      const units = this.take(this.impatientSkus());
      if (units.length === 0) break;
      this.commits += 1;
      void this.commit(units, 'skip').finally(() => {
        this.commits -= 1;
        this.startCommits();
      });
    }
  }

  private *impatientSkus(): Iterable<string> {
    for (const sku of this.waiting.keys()) if (!this.patientSkus.has(sku)) yield sku;
  }

  /** Takes waiting units, those of busy SKUs left aside, and makes their SKUs busy. */
  private take(skus: Iterable<string>): Unit[] {
    const taken: Unit[] = [];
    const leftOver: [string, Unit[]][] = [];
    for (const sku of skus) {
      if (this.busySkus.has(sku)) continue;
      const units = this.waiting.get(sku) ?? [];
      taken.push(...units.splice(0, this.options.unitsPerCommit - taken.length));
      this.waiting.delete(sku);
      this.patientSkus.delete(sku);
      this.busySkus.add(sku);
      if (units.length > 0) leftOver.push([sku, units]);
      if (taken.length === this.options.unitsPerCommit) break;
    }
    // To the end of the line with it, so that a hot SKU cannot starve the others.
    for (const [sku, units] of leftOver) {
      this.waiting.set(sku, units);
      if (this.contendedSkus.has(sku) || units.some((unit) => unit.patient)) this.patientSkus.add(sku);
    }
    return taken;
  }

  private async commit(units: Unit[], whenLocked: 'skip' | 'wait'): Promise<void> {
    const latecomers = () => (whenLocked === 'wait' ? this.latecomers(units) : []);
    const outcomes = await this.commitTogether(units, whenLocked, latecomers);
    for (const unit of units) this.busySkus.delete(unit.scope.sku);
    void this.conclude(outcomes);
  }

  /** Takes the units that came while these waited for the lock of their product. They join them. */
  private latecomers(units: Unit[]): Unit[] {
    const { sku } = units[0].scope;
    const waiting = this.waiting.get(sku) ?? [];
    const late = waiting.splice(0, this.options.unitsPerCommit - units.length);
    if (waiting.length === 0) {
      this.waiting.delete(sku);
      this.patientSkus.delete(sku);
    }
    units.push(...late);
    return late;
  }

  /**
   * One transaction for all units or, when some of them spoil it, one for those of each product; and when these
   * do too, one for each unit.
   */
  private async commitTogether(
    units: readonly Unit[],
    whenLocked: 'skip' | 'wait',
    latecomers: () => readonly Unit[] = () => [],
  ): Promise<Outcomes> {
    try {
      return await this.products.transaction((products) => runAll(products, units, whenLocked, latecomers));
    } catch (reason) {
      const isConflict = reason instanceof WriteConflict && bySku(units).size === 1;
      if (isConflict) return new Map(units.map((unit) => [unit, { is: 'refused' }]));
      if (units.length === 1 || reason instanceof Unavailable) {
        return new Map(units.map((unit) => [unit, { is: 'failed', reason }]));
      }
    }
    const outcomes: Outcomes = new Map();
    const products = [...bySku(units).values()];
    const parts = products.length > 1 ? products : units.map((unit) => [unit]);
    for (const part of parts) {
      for (const [unit, outcome] of await this.commitTogether(part, whenLocked)) outcomes.set(unit, outcome);
    }
    return outcomes;
  }

  /** Publishes what happened, and answers the units or has them run again. */
  private async conclude(outcomes: Outcomes): Promise<void> {
    this.noteContention(outcomes);
    const done: [Unit, Outcome & { is: 'done' }][] = [];
    for (const [unit, outcome] of outcomes) {
      switch (outcome.is) {
        case 'done':
          done.push([unit, outcome]);
          break;
        case 'failed':
          this.reject(unit, outcome.reason);
          break;
        case 'locked':
          unit.patient = true;
          this.enqueue(unit);
          break;
        case 'refused':
          this.retry(unit);
          break;
      }
    }
    const events = done.flatMap(([, outcome]) => outcome.events);
    // The event publisher keeps what a handler throws to itself: the commands have succeeded.
    if (events.length > 0) await this.eventBus.publishAll(events);
    this.unanswered -= done.length;
    for (const [unit, { result }] of done) unit.resolve(result as never);
  }

  private noteContention(outcomes: Outcomes): void {
    const locked = [...outcomes].filter(([, { is }]) => is === 'locked').map(([unit]) => unit);
    for (const [sku, units] of bySku(locked)) {
      if (units.length < CONTENDING_UNITS || this.contendedSkus.has(sku)) continue;
      this.contendedSkus.add(sku);
      setTimeout(() => this.contendedSkus.delete(sku), CONTENTION_MS).unref();
    }
  }

  private reject(unit: Unit, reason: unknown): void {
    this.unanswered -= 1;
    unit.reject(reason);
  }

  private retry(unit: Unit): void {
    unit.attempts += 1;
    if (unit.attempts >= this.options.attempts) {
      const reason = `${unit.scope.sku} is being changed by too many others; try again in a moment`;
      this.reject(unit, new ProductBusy(reason));
      return;
    }
    // Growing pauses with jitter, so that instances which collided do not collide again.
    const pause = Math.random() * Math.min(2 ** unit.attempts, 100);
    setTimeout(() => this.enqueue(unit), pause);
  }
}

async function runAll(
  products: ProductTransaction,
  units: readonly Unit[],
  whenLocked: 'skip' | 'wait',
  latecomers: () => readonly Unit[],
): Promise<Outcomes> {
  const load = () =>
    products.load(
      units.map((unit) => unit.scope),
      whenLocked,
    );
  let loaded = await load();
  if (latecomers().length > 0) loaded = await load();
  const carriedOut = await carriedOutBefore(products, units);
  const outcomes: Outcomes = new Map();
  const changes: ProductChange[] = [];
  const now = new Date();
  for (const [sku, unitsOfSku] of bySku(units)) {
    const makeProduct = loaded.get(sku);
    if (!makeProduct) {
      for (const unit of unitsOfSku) outcomes.set(unit, { is: 'locked' });
      continue;
    }
    const change = runOnProduct(makeProduct, unitsOfSku, carriedOut, now, outcomes);
    if (change.events.length > 0 || change.messageIds.length > 0) changes.push(change);
  }
  if (changes.length === 0) return outcomes;

  const refused = await products.save(changes);
  for (const unit of units) if (refused.has(unit.scope.sku)) outcomes.set(unit, { is: 'refused' });
  return outcomes;
}

/** Asked after the products were locked, so that nobody can be carrying out the same message meanwhile. */
async function carriedOutBefore(products: ProductTransaction, units: readonly Unit[]): Promise<Set<string>> {
  const messageIds = units.flatMap(({ correlation }) => correlation.messageId ?? []);
  return messageIds.length > 0 ? products.carriedOut(messageIds) : new Set();
}

/**
 * Runs the units of one product one after the other, each on what those before it made of the product.
 * When one throws halfway through its changes, all are run anew on a fresh product without it.
 */
function runOnProduct(
  makeProduct: () => Product,
  units: readonly Unit[],
  carriedOut: ReadonlySet<string>,
  now: Date,
  outcomes: Outcomes,
): ProductChange {
  const failed = new Set<Unit>();
  for (;;) {
    const product = makeProduct();
    let events: Recorded[] = [];
    const messageIds = new Set<string>();
    let spoiled = false;
    for (const unit of units) {
      if (failed.has(unit)) continue;
      try {
        const { messageId } = unit.correlation;
        if (messageId !== undefined && (carriedOut.has(messageId) || messageIds.has(messageId))) {
          throw new AlreadyCarriedOut(`Message ${messageId} was carried out before`);
        }
        const result = unit.work(product);
        const raised = recordEvents(product, events.length, unit.correlation, now);
        // A cut may raise more events than a call can have arguments.
        events = events.concat(raised);
        if (messageId !== undefined) messageIds.add(messageId);
        outcomes.set(unit, { is: 'done', result, events: raised });
      } catch (reason) {
        failed.add(unit);
        outcomes.set(unit, { is: 'failed', reason });
        spoiled = product.events.length > events.length;
        if (spoiled) break;
      }
    }
    if (!spoiled) {
      return { sku: product.sku, loadedVersion: product.loadedVersion, events, messageIds: [...messageIds] };
    }
  }
}

function bySku(units: readonly Unit[]): Map<string, Unit[]> {
  const groups = new Map<string, Unit[]>();
  for (const unit of units) {
    const group = groups.get(unit.scope.sku);
    if (group) group.push(unit);
    else groups.set(unit.scope.sku, [unit]);
  }
  return groups;
}
