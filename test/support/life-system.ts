import { CommandBus, CqrsModule, QueryBus } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { MemoryProductRepository } from './memory-products/memory-product-repository';
import { AllocationModule } from '../../src/allocation/allocation.module';
import { ProductRepository } from '../../src/allocation/application/product-repository';
import {
  type ByEventType,
  DomainError,
  type DomainEvent,
  Explain,
  type Explanation,
  forEvent,
  movementOf,
  OrderLine,
  PromiseChanged,
  type TermsChanged,
} from '../../src/allocation/contracts';
import type { Product } from '../../src/allocation/domain/product';
import { NoDeliveryModule } from '../../src/messaging/no-delivery.module';
import type { Answer, Ask, LineSeen, Seen, SystemUnderTest, Wish } from './life';
import { commandOf } from './wishes';
import { randomSku } from './random-refs';

/** Where products are kept, with a clock of its own. */
export interface LifeStore {
  /** One for each instance of the service. */
  readonly products: readonly ProductRepository[];
  /** In milliseconds. */
  now(): number;
  pass(seconds: number): Promise<void>;
  eventsOf(sku: string): Promise<readonly DomainEvent[]>;
}

/** Products in memory. */
export class MemoryStore implements LifeStore {
  private time = 0;
  private readonly memory = new MemoryProductRepository(() => new Date(this.time));
  readonly products = [this.memory];

  now(): number {
    return this.time;
  }

  async pass(seconds: number): Promise<void> {
    this.time += seconds * 1_000;
  }

  async eventsOf(sku: string): Promise<DomainEvent[]> {
    return this.memory.events.map(({ event }) => event).filter((event) => event.sku === sku);
  }

  /** All events of all SKUs. */
  get events(): DomainEvent[] {
    return this.memory.events.map(({ event }) => event);
  }
}

/** The handlers of the commands: of one instance of the service, or of some on the same store. */
export class LifeService<Store extends LifeStore> {
  private apps: TestingModule[] = [];

  constructor(readonly store: Store) {}

  async start(): Promise<this> {
    for (const products of this.store.products) {
      const app = await Test.createTestingModule({
        imports: [CqrsModule.forRoot(), NoDeliveryModule, AllocationModule],
      })
        .overrideProvider(ProductRepository)
        .useValue(products)
        .compile();
      app.useLogger(false);
      await app.init();
      this.apps.push(app);
    }
    return this;
  }

  /** A SKU that nobody has used yet. */
  newSku(): LifeSystem {
    return new LifeSystem(this.store, this.apps);
  }

  get commands(): CommandBus {
    return this.apps[0].get(CommandBus);
  }

  async stop(): Promise<void> {
    for (const app of this.apps) await app.close();
  }
}

export class LifeSystem implements SystemUnderTest {
  readonly sku = randomSku();
  private asked = 0;
  private looked = 0;

  constructor(
    private readonly store: LifeStore,
    private readonly instances: readonly TestingModule[],
  ) {}

  async pass(seconds: number): Promise<void> {
    await this.store.pass(seconds);
  }

  carryOut(wish: Wish): Promise<Answer> {
    return orErrorName(async () => {
      const answer: unknown = await this.instance().get(CommandBus).execute(commandOf(wish, this.sku));
      return typeof answer === 'object' ? (answer as { outcome: string }).outcome : (answer as Answer);
    });
  }

  explain({ do: _, order, qty, ...terms }: Ask): Promise<Explanation | string> {
    return orErrorName(async () => {
      const line = new OrderLine(order, this.sku, qty);
      const explanation = await this.instance().get(QueryBus).execute(new Explain(line, terms));
      const short = (batchRef: string | null) => batchRef && this.short(batchRef);
      const considered = explanation.considered.map((one) => ({ ...one, batchRef: short(one.batchRef)! }));
      return { ...explanation, batchRef: short(explanation.batchRef), considered };
    });
  }

  /** What the newest event of each line and batch says, and what the write model has of a batch. */
  async look(): Promise<Seen> {
    const events = await this.store.eventsOf(this.sku);
    const product = await this.product();
    const lines = new Map<string, LineAfter>();
    const batches = new Map<string, { eta: string | null; available: number }>();
    const movements = new Map<string, [number, string][]>();
    for (const event of events) {
      const line = forEvent(linesAfter, event);
      if (line) lines.set(line.orderId, line);
      const batch = forEvent(batchesAfter, event);
      if (batch) batches.set(batch.batchRef, { ...batches.get(batch.batchRef)!, ...batch.is });
      const movement = movementOf(event);
      if (!movement) continue;
      const { batchRef, pieces, reason } = movement;
      movements.set(batchRef, [...(movements.get(batchRef) ?? []), [pieces, reason]]);
    }
    const promises = events.slice(this.looked).filter((event) => event instanceof PromiseChanged);
    this.looked = events.length;
    const waiting = [...lines.values()]
      .filter(({ seen: { state } }) => state === 'waiting')
      .sort(byPrecedence);
    const placeOf = (line: LineAfter) => (waiting.includes(line) ? { place: waiting.indexOf(line) + 1 } : {});
    return {
      lines: Object.fromEntries(
        [...lines].map(([order, line]) => [order, { ...this.shortened(line.seen), ...placeOf(line) }]),
      ),
      batches: Object.fromEntries(
        [...batches].map(([batchRef, batch]) => {
          const { purchasedQuantity, dispatchedQuantity, available } = product.batch(batchRef)!;
          expect(available).toBe(batch.available);
          const has = purchasedQuantity - dispatchedQuantity;
          return [this.short(batchRef), { ...batch, has, movements: movements.get(batchRef) ?? [] }];
        }),
      ),
      promises: promises
        .map(({ orderId, previousEta, eta }) => [orderId, previousEta, eta] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    };
  }

  private product(): Promise<Product> {
    const { sku } = this;
    return this.store.products[0].snapshot((products) =>
      products.load({ looksAt: 'question', sku, orderId: '' }),
    );
  }

  /** Whose turn it is. */
  private instance(): TestingModule {
    return this.instances[this.asked++ % this.instances.length];
  }

  private short(batchRef: string): string {
    return batchRef.split(' ')[0];
  }

  private shortened(line: LineSeen): LineSeen {
    return line.batchRef === undefined ? line : { ...line, batchRef: this.short(line.batchRef) };
  }
}

async function orErrorName<T>(ask: () => Promise<T>): Promise<T | string> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof DomainError) return error.name;
    throw error;
  }
}

/** How a line is by its newest event alone. */
interface LineAfter {
  readonly orderId: string;
  readonly priority: number;
  readonly askedSequence: number;
  readonly seen: LineSeen;
}

const byPrecedence = (a: LineAfter, b: LineAfter) =>
  b.priority - a.priority || a.askedSequence - b.askedSequence;

type Held = Required<Pick<LineSeen, 'qty' | 'batchRef' | 'eta' | 'priority'>> & {
  orderId: string;
  askedSequence: number | null;
};

function held(state: string, { orderId, qty, batchRef, eta, priority, askedSequence }: Held): LineAfter {
  return { orderId, priority, askedSequence: askedSequence!, seen: { state, qty, batchRef, eta, priority } };
}

function reserved(event: Held & { expiresAt: string }): LineAfter {
  const line = held('reserved', event);
  return { ...line, seen: { ...line.seen, expiresAt: event.expiresAt } };
}

function unheld(state: string, { orderId, qty }: { orderId: string; qty: number }): LineAfter {
  return { orderId, priority: 0, askedSequence: 0, seen: { state, qty } };
}

function waiting(event: {
  orderId: string;
  qty: number;
  priority: number;
  askedSequence: number;
}): LineAfter {
  const { qty, priority } = event;
  return { ...event, seen: { state: 'waiting', qty, priority } };
}

const nothing = () => undefined;

const linesAfter: ByEventType<[], LineAfter | undefined> = {
  BatchCreated: nothing,
  BatchQuantityChanged: nothing,
  StockAdjusted: nothing,
  BatchArrived: nothing,
  BatchEtaChanged: nothing,
  Allocated: (event) => held('allocated', event),
  Reserved: reserved,
  ReservationExtended: reserved,
  ReservationConfirmed: (event) => held('allocated', event),
  ReservationExpired: (event) => unheld('expired', event),
  Deallocated: (event) => unheld('deallocated', event),
  OutOfStock: (event) => unheld('out of stock', event),
  Waitlisted: waiting,
  WaitCancelled: (event) => unheld('deallocated', event),
  Dispatched: (event) => held('dispatched', { ...event, eta: null }),
  TermsChanged: anyState,
  PromiseChanged: anyState,
};

function anyState(event: TermsChanged | PromiseChanged): LineAfter {
  const { batchRef, expiresAt } = event;
  if (batchRef === null) return waiting(event);
  if (expiresAt !== null) return reserved({ ...event, batchRef, expiresAt });
  return held(event.state, { ...event, batchRef });
}

interface BatchAfter {
  readonly batchRef: string;
  /** What the event tells of it. */
  readonly is: { readonly available: number; readonly eta?: string | null };
}

const left = ({ batchRef, available }: { batchRef: string; available: number }): BatchAfter => ({
  batchRef,
  is: { available },
});

const batchesAfter: ByEventType<[], BatchAfter | undefined> = {
  BatchCreated: ({ batchRef, qty, eta }) => ({ batchRef, is: { available: qty, eta } }),
  BatchQuantityChanged: left,
  StockAdjusted: left,
  BatchArrived: ({ batchRef, available }) => ({ batchRef, is: { available, eta: null } }),
  BatchEtaChanged: ({ batchRef, available, eta }) => ({ batchRef, is: { available, eta } }),
  Allocated: left,
  Reserved: left,
  ReservationExtended: nothing,
  ReservationConfirmed: nothing,
  ReservationExpired: left,
  Deallocated: left,
  OutOfStock: nothing,
  Waitlisted: nothing,
  WaitCancelled: nothing,
  Dispatched: left,
  TermsChanged: nothing,
  PromiseChanged: nothing,
};
