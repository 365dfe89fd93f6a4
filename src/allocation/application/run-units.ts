import type { Correlation } from '../../correlation';
import { groupBy } from '../../group-by';
import { recordedPart, type RecordedPart, type RequestPart } from '../../idempotent-request';
import type { LoadedProducts, ProductChange, ProductTransaction } from './product-repository';
import { recordEvents, type Recorded } from './recorded';
import { batchIn, isLarge, type Scope } from './scope';
import { DuplicateMessage } from './unit-of-work';
import { BatchConflict } from '../domain/errors';
import { BatchCreated } from '../domain/events';
import type { Product } from '../domain/product';

/** What somebody handed to the UnitOfWork. */
export interface Unit {
  readonly scope: Scope;
  readonly work: (product: Product) => unknown;
  readonly correlation: Correlation;
  /** The request that it carries out, to be recorded with what it came to. */
  readonly request?: RequestPart;
}

/** What its caller is told. */
export type Answer = (
  | { readonly is: 'done'; readonly result: unknown; readonly events: readonly Recorded[] }
  | { readonly is: 'failed'; readonly reason: unknown }
) & {
  /** The unit changed nothing, and what it found is not in the views yet. */
  readonly isBehind?: boolean;
};

/** What became of a unit in a transaction, valid once that is committed. */
export type UnitOutcome =
  | Answer
  /**
   * Another transaction holds its product, or it has too much to do to share one; or, 'blocked', another holds some other
   * row that the units of the product need.
   */
  | { readonly is: 'locked' | 'blocked' }
  /** Another writer was faster. */
  | { readonly is: 'conflict' };

/** Events that are recorded before others have a turn on the event loop: some milliseconds. */
const SLICE = 10_000;

/** Lets others have a turn on the event loop. */
const eventLoopTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
const NONE: ReadonlySet<string> = new Set();

/**
 * Loads the products of some units, runs the units on them and saves what they changed, all in one transaction.
 * Each unit succeeds or fails alone, unless the transaction does.
 *
 * @param takeArrivals called once the products are loaded, for which they may have had to be waited for: answers
 *   units of the same products that came meanwhile, to be run behind the others
 * @returns what became of each unit, those that came meanwhile included
 */
export async function runUnits<U extends Unit>(
  products: ProductTransaction,
  firstUnits: readonly U[],
  takeArrivals: () => readonly U[] = () => [],
): Promise<Map<U, UnitOutcome>> {
  const units = [...firstUnits];
  const load = () => products.load(units.map(({ scope }) => scope));
  let loaded = await load();
  const arrivals = takeArrivals();
  units.push(...arrivals);
  if (arrivals.length > 0) loaded = await load();
  const carriedOut = await carriedOutBefore(products, units);

  const outcomes = new Map<U, UnitOutcome>();
  const skusOfBatches = new Map(loaded.skusOfBatches);
  const changes: ProductChange[] = [];
  for (const [sku, unitsOfSku] of bySku(units)) {
    const makeProduct = loaded.products.get(sku);
    if (!makeProduct) {
      for (const unit of unitsOfSku) outcomes.set(unit, { is: 'locked' });
      continue;
    }
    const run = new ProductRun(makeProduct, unitsOfSku, carriedOut, skusOfBatches, outcomes);
    const change = await run.change();
    // A reference that one product took is no longer free for the next one.
    for (const { event } of change.events) {
      if (event instanceof BatchCreated) skusOfBatches.set(event.batchRef, sku);
    }
    if (change.events.length > 0 || change.messageIds.length > 0 || change.requests) changes.push(change);
  }
  const unchanged = withoutEvents(outcomes);
  const [conflicts, behind] = await Promise.all([
    changes.length > 0 ? products.save(changes) : NONE,
    unchanged.size > 0 ? products.behindInViews([...bySku(unchanged.keys()).keys()]) : NONE,
  ]);
  for (const [unit, answer] of unchanged)
    if (behind.has(unit.scope.sku)) outcomes.set(unit, { ...answer, isBehind: true });
  for (const unit of units) if (conflicts.has(unit.scope.sku)) outcomes.set(unit, { is: 'conflict' });
  return outcomes;
}

/** Units that are answered with what they found: repetitions of one that another instance has carried out, say. */
function withoutEvents<U extends Unit>(outcomes: ReadonlyMap<U, UnitOutcome>): Map<U, Answer> {
  const unchanged = new Map<U, Answer>();
  for (const [unit, outcome] of outcomes) {
    if (outcome.is === 'failed' || (outcome.is === 'done' && outcome.events.length === 0))
      unchanged.set(unit, outcome);
  }
  return unchanged;
}

/** Asked after the products were locked, so that nobody can be carrying out the same message meanwhile. */
async function carriedOutBefore(products: ProductTransaction, units: readonly Unit[]): Promise<Set<string>> {
  const messageIds = units.flatMap(({ correlation }) => correlation.messageId ?? []);
  return messageIds.length > 0 ? products.carriedOut(messageIds) : new Set();
}

/** The units of one product, run one after the other, each on what those before it made of the product. */
class ProductRun<U extends Unit> {
  private readonly now = new Date();
  private readonly failed = new Set<U>();
  private events: Recorded[] = [];
  private messageIds = new Set<string>();
  private requests: RecordedPart[] = [];

  constructor(
    private readonly makeProduct: () => Product,
    private readonly units: readonly U[],
    private readonly carriedOut: ReadonlySet<string>,
    private readonly skusOfBatches: LoadedProducts['skusOfBatches'],
    private readonly outcomes: Map<U, UnitOutcome>,
  ) {}

  /** What all units that succeed change together. */
  async change(): Promise<ProductChange> {
    for (;;) {
      const product = this.makeProduct();
      // What loads or moves many lines keeps others from the event loop, so there are turns for them in between.
      if (this.units.some(({ scope }) => isLarge(scope))) await eventLoopTurn();
      this.events = [];
      this.messageIds = new Set();
      this.requests = [];
      // A unit that throws halfway through its changes spoils the product: the others run anew without it.
      if (!(await this.runAll(product))) continue;
      const { sku, loadedVersion } = product;
      const requests = this.requests.length > 0 ? this.requests : undefined;
      return { sku, loadedVersion, events: this.events, messageIds: [...this.messageIds], requests };
    }
  }

  /** @returns false when one of the units has spoiled the product */
  private async runAll(product: Product): Promise<boolean> {
    for (const unit of this.units) {
      if (this.failed.has(unit)) continue;
      try {
        this.check(unit);
        product.expireReservations();
        const result = unit.work(product);
        if (product.events.length - this.events.length > SLICE) await eventLoopTurn();
        const events = await this.record(product, unit);
        const { messageId } = unit.correlation;
        if (messageId !== undefined) this.messageIds.add(messageId);
        if (unit.request) this.requests.push(recordedPart(unit.request, result));
        this.outcomes.set(unit, { is: 'done', result, events });
      } catch (reason) {
        this.failed.add(unit);
        this.outcomes.set(unit, { is: 'failed', reason });
        if (product.events.length > this.events.length) return false;
      }
    }
    return true;
  }

  /** Refuses in memory what the database would refuse, and with it all units of the transaction. */
  private check({ scope, correlation: { messageId } }: U): void {
    if (messageId !== undefined && (this.carriedOut.has(messageId) || this.messageIds.has(messageId))) {
      throw new DuplicateMessage(`Message ${messageId} was carried out before`);
    }
    const batchRef = batchIn(scope);
    if (batchRef !== undefined && (this.skusOfBatches.get(batchRef) ?? scope.sku) !== scope.sku) {
      throw new BatchConflict(batchRef, 'another SKU');
    }
  }

  /** Records what the unit has raised; in slices, since the cut of a large batch raises hundreds of thousands. */
  private async record(product: Product, { correlation }: U): Promise<readonly Recorded[]> {
    const from = this.events.length;
    for (let next = from; next < product.events.length; next += SLICE) {
      if (next > from) await eventLoopTurn();
      const raised = recordEvents(product, next, next + SLICE, correlation, this.now);
      for (const recorded of raised) this.events.push(recorded);
    }
    return this.events.slice(from);
  }
}

/** Groups the units by product, each group in their order. */
export function bySku<U extends Unit>(units: Iterable<U>): Map<string, U[]> {
  return groupBy(units, ({ scope }) => scope.sku);
}
