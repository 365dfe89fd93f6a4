import fc from 'fast-check';
import { v7 as uuid } from 'uuid';
import { GroupCommit } from '../../src/allocation/adapters/group-commit/group-commit';
import { GroupCommitOptions } from '../../src/allocation/adapters/group-commit/group-commit-options';
import type { CommitPublisher } from '../../src/allocation/application/commit-publisher';
import type { ProductChange, ProductRepository } from '../../src/allocation/application/product-repository';
import type { Recorded } from '../../src/allocation/application/recorded';
import { DuplicateMessage, type UnitOfWork } from '../../src/allocation/application/unit-of-work';
import { BatchConflict, LineConflict } from '../../src/allocation/domain/errors';
import {
  Allocated,
  BatchCreated,
  type DomainEvent,
  eventTypeOf,
  OutOfStock,
} from '../../src/allocation/domain/events';
import { Product } from '../../src/allocation/domain/product';
import { OrderLine } from '../../src/allocation/domain/order-line';
import { runWithCorrelation } from '../../src/correlation';
import { IdempotentRequest, KeyInUse } from '../../src/idempotent-request';
import { entangled, groupsOf } from '../support/groups';
import { randomOrderId, randomRef, randomSku } from '../support/random-refs';
import { RecordingEventBus } from '../support/recording-event-bus';
import type { Step } from '../support/side-by-side';
import { type HandedOver, UnitsOfWishes } from '../support/units-of-wishes';

/** What the suite needs to know of a kind of store. */
export interface Store {
  readonly products: ProductRepository;
  /** The events that were committed for a SKU, in the order of their sequence. */
  committedEvents(
    sku: string,
  ): Promise<{ type: string; sequence: number; correlationId: string; id: string }[]>;
  close(): Promise<void>;
  /** Whether it serves clients, whose requests may have an Idempotency-Key. */
  readonly keepsRequests?: boolean;
  /** The store's own unit of work; without it, units share commits. */
  unitOfWork?(products: ProductRepository, publisher: CommitPublisher): UnitOfWork;
}

/** What every unit of work and its repository promise, whatever they store products in. */
export function unitOfWorkContract(
  name: string,
  open: () => Promise<Store>,
  options: Partial<GroupCommitOptions> = {},
): void {
  describe(`unit of work: ${name}`, () => {
    let store: Store;
    let bus: RecordingEventBus;
    let unitOfWork: UnitOfWork;

    const startUnitOfWork = (products: ProductRepository) =>
      store.unitOfWork?.(products, bus) ??
      new GroupCommit(products, bus, { ...new GroupCommitOptions(), ...options });

    const handlers = new UnitsOfWishes();

    beforeAll(async () => {
      store = await open();
      await handlers.start();
    });
    afterAll(async () => {
      await handlers.stop();
      await store.close();
    });
    beforeEach(() => {
      bus = new RecordingEventBus();
      unitOfWork = startUnitOfWork(store.products);
    });

    const createBatch = (sku: string, batchRef: string, qty: number, eta: string | null = null) =>
      unitOfWork.run({ looksAt: 'batch', sku, batchRef }, (product) =>
        product.createBatch(batchRef, qty, eta),
      );
    const allocate = (sku: string, orderId: string, qty: number) =>
      unitOfWork.run({ looksAt: 'new line', sku, orderId, qty }, (product) =>
        product.allocate(new OrderLine(orderId, sku, qty)),
      );
    const batchOf = (sku: string, orderId: string) =>
      unitOfWork.run(
        { looksAt: 'line', sku, orderId },
        (product) => product.allocationOf(orderId)?.batch.ref,
      );
    const available = (sku: string, batchRef: string) =>
      unitOfWork.run({ looksAt: 'batch', sku, batchRef }, (product) => product.batch(batchRef)?.available);

    test('keeps what was committed', async () => {
      const sku = randomSku();
      const [batch, order] = [randomRef(), randomOrderId()];
      await createBatch(sku, batch, 10, '2031-02-28');
      await allocate(sku, order, 3);

      expect(await batchOf(sku, order)).toBe(batch);
      expect(await available(sku, batch)).toBe(7);
      expect(await store.products.skuOfBatch(batch)).toBe(sku);
      expect(await store.products.skuOfBatch(randomRef())).toBeUndefined();
    });

    test('hands a product of version 0 to work on an unknown SKU, and keeps nothing of looking at it', async () => {
      const sku = randomSku();
      expect(
        await unitOfWork.run({ looksAt: 'line', sku, orderId: 'none' }, (product) => product.versionNumber),
      ).toBe(0);
      expect(
        await unitOfWork.run({ looksAt: 'line', sku, orderId: 'none' }, (product) => product.isKnown),
      ).toBe(false);
      expect(await store.committedEvents(sku)).toEqual([]);
    });

    test('keeps nothing of a unit that throws, even after it changed something', async () => {
      const sku = randomSku();
      const [batch, order] = [randomRef(), randomOrderId()];
      await createBatch(sku, batch, 10);

      const failing = unitOfWork.run({ looksAt: 'new line', sku, orderId: order, qty: 3 }, (product) => {
        product.allocate(new OrderLine(order, sku, 3));
        throw new Error('changed my mind');
      });

      await expect(failing).rejects.toThrow('changed my mind');
      expect(await batchOf(sku, order)).toBeUndefined();
      expect(await available(sku, batch)).toBe(10);
      expect(bus.typesOf(sku)).toEqual(['BatchCreated']);
    });

    test('lets a unit that throws fail alone among others of the same product', async () => {
      const sku = randomSku();
      const [batch, orders] = [randomRef(), Array.from({ length: 6 }, randomOrderId)];
      await createBatch(sku, batch, 100);

      const results = await Promise.allSettled(
        orders.map((order, index) =>
          unitOfWork.run({ looksAt: 'new line', sku, orderId: order, qty: 2 }, (product) => {
            product.allocate(new OrderLine(order, sku, 2));
            if (index % 2 === 1) throw new Error(`no ${index}`);
          }),
        ),
      );

      expect(results.map(({ status }) => status)).toEqual(
        orders.map((_, index) => (index % 2 === 1 ? 'rejected' : 'fulfilled')),
      );
      expect(await available(sku, batch)).toBe(94);
      expect((await store.committedEvents(sku)).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    });

    test('rolls back by default: a transaction whose work throws leaves nothing', async () => {
      const sku = randomSku();
      const batch = randomRef();
      const work = store.products.transaction({ whenLocked: 'wait' }, async (products) => {
        await products.load([{ looksAt: 'line', sku, orderId: 'none' }]);
        await products.save([created(sku, batch)]);
        throw new Error('no');
      });

      await expect(work).rejects.toThrow('no');
      expect(await store.products.skuOfBatch(batch)).toBeUndefined();
      expect(await store.committedEvents(sku)).toEqual([]);
    });

    test('refuses a stale version and writes nothing of that product, while others are saved', async () => {
      const [stale, fresh] = [randomSku(), randomSku()];
      const [first, second, third] = [randomRef(), randomRef(), randomRef()];
      await store.products.transaction({ whenLocked: 'wait' }, (products) =>
        products.save([created(stale, first)]),
      );

      const refused = await store.products.transaction({ whenLocked: 'wait' }, (products) =>
        products.save([created(stale, second), created(fresh, third)]),
      );

      expect(refused).toEqual(new Set([stale]));
      expect(await store.products.skuOfBatch(second)).toBeUndefined();
      expect(await store.products.skuOfBatch(third)).toBe(fresh);
    });

    test('runs the work again on the newer product after a conflict, unseen by the caller', async () => {
      const sku = randomSku();
      await createBatch(sku, randomRef(), 1);
      const [order, otherOrder] = [randomOrderId(), randomOrderId()];
      const racing = bothLoadBeforeEitherSaves(store.products);
      const seen: number[] = [];

      await Promise.all(
        [order, otherOrder].map((orderId) =>
          startUnitOfWork(racing).run({ looksAt: 'new line', sku, orderId, qty: 1 }, (product) => {
            seen.push(product.versionNumber);
            product.allocate(new OrderLine(orderId, sku, 1));
          }),
        ),
      );

      expect(seen).toEqual([1, 1, 2]);
      expect((await store.committedEvents(sku)).map(({ type }) => type)).toEqual([
        'BatchCreated',
        'Allocated',
        'OutOfStock',
      ]);
    });

    test('does no harm to the units of other products when there is a conflict over one', async () => {
      const [overtaken, other] = [randomSku(), randomSku()];
      await createBatch(overtaken, randomRef(), 10);
      await createBatch(other, randomRef(), 10);
      const racing = startUnitOfWork(
        overtakenOnce(store.products, () => allocate(overtaken, randomOrderId(), 1)),
      );
      const seen: number[] = [];

      await Promise.all(
        [overtaken, other].map((sku) => {
          const line = new OrderLine(randomOrderId(), sku, 1);
          return racing.run({ looksAt: 'new line', sku, orderId: line.orderId, qty: 1 }, (product) => {
            if (sku === overtaken) seen.push(product.versionNumber);
            product.allocate(line);
          });
        }),
      );

      expect(seen.at(-1)).toBe(2);
      expect(await store.committedEvents(overtaken)).toHaveLength(3);
      expect(await store.committedEvents(other)).toHaveLength(2);
    });

    test('lets 20 workers race for 10 pieces: 10 get one, 10 are told that there is none (rule 3)', async () => {
      const sku = randomSku();
      const batches = [randomRef(), randomRef()];
      await createBatch(sku, batches[0], 6);
      await createBatch(sku, batches[1], 4, '2031-01-01');
      const workers = Array.from({ length: 20 }, () => startUnitOfWork(store.products));

      await Promise.all(
        workers.map((worker) => {
          const order = randomOrderId();
          return worker.run({ looksAt: 'new line', sku, orderId: order, qty: 1 }, (product) =>
            product.allocate(new OrderLine(order, sku, 1)),
          );
        }),
      );

      const events = await store.committedEvents(sku);
      expect(events.filter(({ type }) => type === 'Allocated')).toHaveLength(10);
      expect(events.filter(({ type }) => type === 'OutOfStock')).toHaveLength(10);
      expect(events.map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: 22 }, (_, index) => index + 1),
      );
      expect(await available(sku, batches[0])).toBe(0);
      expect(await available(sku, batches[1])).toBe(0);
    });

    test('collects the events of a commit, numbered, and publishes them before the caller goes on (promise 5)', async () => {
      const sku = randomSku();
      const order = randomOrderId();
      await createBatch(sku, randomRef(), 1);
      await runWithCorrelation({ correlationId: 'request-1', causationId: 'request-1' }, () =>
        allocate(sku, order, 1),
      );
      await allocate(sku, randomOrderId(), 1);

      expect(bus.published(sku).map(({ event }) => event.constructor)).toEqual([
        BatchCreated,
        Allocated,
        OutOfStock,
      ]);
      expect(bus.published(sku).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
      expect(bus.published(sku)[1].correlationId).toBe('request-1');
      const stored = await store.committedEvents(sku);
      expect(stored.map(({ id }) => id)).toEqual(bus.published(sku).map(({ id }) => id));
      expect(stored[1].correlationId).toBe('request-1');
    });

    test('changes and publishes nothing when a line is allocated again, and refuses another quantity (rule 4)', async () => {
      const sku = randomSku();
      const order = randomOrderId();
      await createBatch(sku, randomRef(), 10);
      await allocate(sku, order, 2);
      await allocate(sku, order, 2);
      await expect(allocate(sku, order, 3)).rejects.toThrow(LineConflict);

      expect(bus.typesOf(sku)).toEqual(['BatchCreated', 'Allocated']);
    });

    test('loads the lines that a cut displaces and moves them in the same unit (rule 7)', async () => {
      const sku = randomSku();
      const [here, there] = [randomRef(), randomRef()];
      const orders = Array.from({ length: 5 }, randomOrderId);
      await createBatch(sku, here, 10);
      for (const order of orders) await allocate(sku, order, 2);
      await createBatch(sku, there, 5, '2031-01-01');

      await unitOfWork.run({ looksAt: 'batch to change', sku, batchRef: here, qty: 5 }, (product) =>
        product.changeBatchQuantity(here, 5),
      );

      // The three newest go, and the newest of them, which comes last, finds only one piece left there.
      expect(await Promise.all(orders.map((order) => batchOf(sku, order)))).toEqual([
        here,
        here,
        there,
        there,
        undefined,
      ]);
      expect(await available(sku, here)).toBe(1);
      expect(await available(sku, there)).toBe(1);
      expect(bus.typesOf(sku).slice(-9)).toEqual([
        'BatchQuantityChanged',
        ...['Deallocated', 'Deallocated', 'Deallocated'],
        ...['Allocated', 'PromiseChanged', 'Allocated', 'PromiseChanged', 'OutOfStock'],
      ]);
    });

    test('carries out a message once, even if it changes nothing, and another one with the same content again', async () => {
      const sku = randomSku();
      const [batch, first, second] = [randomRef(), randomRef('message'), randomRef('message')];
      await createBatch(sku, batch, 10);
      const change = (messageId: string, qty: number) =>
        runWithCorrelation({ correlationId: messageId, causationId: messageId, messageId }, () =>
          unitOfWork.run({ looksAt: 'batch to change', sku, batchRef: batch, qty }, (product) =>
            product.changeBatchQuantity(batch, qty),
          ),
        );
      await change(first, 10);
      await change(second, 20);

      await expect(change(first, 10)).rejects.toThrow(DuplicateMessage);
      expect(await available(sku, batch)).toBe(20);
      const twice = randomRef('message');
      const results = await Promise.allSettled([change(twice, 30), change(twice, 30)]);
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    describe('a request with an Idempotency-Key', () => {
      const requestOf = (key: string, results?: ReadonlyMap<number, unknown>) =>
        new IdempotentRequest('caller', key, Buffer.from('fingerprint'), results);
      const onBehalfOf = (idempotency: IdempotentRequest, sku: string, order: string) =>
        runWithCorrelation({ correlationId: order, causationId: order, idempotency }, () =>
          allocate(sku, order, 1),
        );
      const isHeld = async (sku: string, order: string) => (await batchOf(sku, order)) !== undefined;

      test('is carried out once, and spoils nothing for the units that share its commit', async () => {
        if (!store.keepsRequests) return;
        const [sku, other, key] = [randomSku(), randomSku(), randomRef('key')];
        const [first, again, beside, elsewhere] = Array.from({ length: 4 }, randomOrderId);
        for (const each of [sku, other]) await createBatch(each, randomRef(), 10);
        await onBehalfOf(requestOf(key), sku, first);

        const results = await Promise.allSettled([
          onBehalfOf(requestOf(key), sku, again),
          allocate(sku, beside, 1),
          allocate(other, elsewhere, 1),
        ]);
        expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
        expect((results[0] as PromiseRejectedResult).reason).toBeInstanceOf(KeyInUse);
        expect(await Promise.all([isHeld(sku, first), isHeld(sku, again)])).toEqual([true, false]);
        expect(await Promise.all([isHeld(sku, beside), isHeld(other, elsewhere)])).toEqual([true, true]);
      });

      test('is recorded also when it changes nothing, and not when it is refused', async () => {
        if (!store.keepsRequests) return;
        const [sku, key, order] = [randomSku(), randomRef('key'), randomOrderId()];
        const refused = runWithCorrelation(
          { correlationId: key, causationId: key, idempotency: requestOf(key) },
          () =>
            unitOfWork.run({ looksAt: 'product', sku }, () => {
              throw new Error('refused');
            }),
        );
        await expect(refused).rejects.toThrow('refused');
        await createBatch(sku, randomRef(), 10);
        await allocate(sku, order, 1);
        await onBehalfOf(requestOf(key), sku, order);
        await expect(onBehalfOf(requestOf(key), sku, order)).rejects.toThrow(KeyInUse);
      });

      test('comes to what it came to when it was carried out before, and is not carried out again', async () => {
        if (!store.keepsRequests) return;
        const [sku, order, key] = [randomSku(), randomOrderId(), randomRef('key')];
        await createBatch(sku, randomRef(), 10);
        const known = requestOf(key, new Map([[0, { outcome: 'as then' }]]));
        expect(await onBehalfOf(known, sku, order)).toEqual({ outcome: 'as then' });
        expect(await isHeld(sku, order)).toBe(false);
      });

      test('is recorded by the first unit that it leads to', async () => {
        if (!store.keepsRequests) return;
        const [sku, key] = [randomSku(), randomRef('key')];
        const orders = Array.from({ length: 3 }, randomOrderId);
        await createBatch(sku, randomRef(), 10);
        const request = requestOf(key);
        for (const order of orders) await onBehalfOf(request, sku, order);
        expect(await Promise.all(orders.map((order) => isHeld(sku, order)))).toEqual([true, true, true]);
        await expect(onBehalfOf(requestOf(key), sku, randomOrderId())).rejects.toThrow(KeyInUse);
      });
    });

    test('does not count a message as carried out whose work threw', async () => {
      const sku = randomSku();
      const [batch, messageId] = [randomRef(), randomRef('message')];
      const attempt = (work: (product: Product) => void) =>
        runWithCorrelation({ correlationId: messageId, causationId: messageId, messageId }, () =>
          unitOfWork.run({ looksAt: 'batch', sku, batchRef: batch }, work),
        );
      const failing = attempt(() => {
        throw new Error('not now');
      });
      await expect(failing).rejects.toThrow('not now');
      await attempt((product) => void product.createBatch(batch, 1, null));
      expect(await available(sku, batch)).toBe(1);
    });

    /** At once where the store keeps their order, which only units that share commits need. */
    async function runAll(units: readonly HandedOver[]): Promise<PromiseSettledResult<unknown>[]> {
      const run = ({ scope, work }: HandedOver) => unitOfWork.run(scope, work);
      if (!store.unitOfWork) return Promise.allSettled(units.map(run));
      const results: PromiseSettledResult<unknown>[] = [];
      for (const unit of units) results.push(...(await Promise.allSettled([run(unit)])));
      return results;
    }

    test('has any units of a SKU that come at once do what they do one after the other', async () => {
      await fc.assert(
        fc.asyncProperty(groupsOf(12).map(neverExtended), async (groups) => {
          const sku = randomSku();
          const rounds: HandedOver[][] = [];
          for (const group of groups) rounds.push(await handlers.of(sku, group));
          // One after the other, on the whole product in memory.
          const product = new Product(sku);
          const expected = rounds.map((units) =>
            units.map(({ work }) => {
              const before = product.events.length;
              try {
                work(product);
                return product.events.slice(before);
              } catch (error) {
                return (error as Error).message;
              }
            }),
          );
          // All units of a round at once.
          for (const [index, units] of rounds.entries()) {
            const from = bus.published(sku).length;
            const results = await runAll(units);
            const failures = results.map((result) =>
              result.status === 'rejected' ? result.reason.message : undefined,
            );
            expect(failures).toEqual(
              expected[index].map((outcome) => (typeof outcome === 'string' ? outcome : undefined)),
            );
            const published = [...bus.published(sku)].sort((a, b) => a.sequence - b.sequence).slice(from);
            expect(published.map(({ event }) => withoutTimes(event))).toEqual(
              expected[index].flatMap((outcome) =>
                typeof outcome === 'string' ? [] : outcome.map(withoutTimes),
              ),
            );
          }
          // Loaded without any of its batches.
          expect(
            await unitOfWork.run({ looksAt: 'line', sku, orderId: 'none' }, (loaded) => loaded.available),
          ).toBe(product.available);
        }),
        {
          numRuns: 30,
          examples: Object.values(entangled).map((one) => [one]),
        },
      );
    });

    test('knows the content with which a batch was created and that which it has now, and refuses any other (rule 8)', async () => {
      const sku = randomSku();
      const [batch, sameCommit] = [randomRef(), randomRef()];
      const change = (batchRef: string, qty: number) =>
        unitOfWork.run({ looksAt: 'batch to change', sku, batchRef, qty }, (product) =>
          product.changeBatchQuantity(batchRef, qty),
        );
      await createBatch(sku, batch, 10, '2031-01-01');
      await change(batch, 20);
      await unitOfWork.run({ looksAt: 'batch', sku, batchRef: sameCommit }, (product) => {
        product.createBatch(sameCommit, 5, null);
        product.changeBatchQuantity(sameCommit, 6);
      });
      const events = await store.committedEvents(sku);

      expect(await createBatch(sku, batch, 10, '2031-01-01')).toBe(false);
      expect(await createBatch(sku, batch, 20, '2031-01-01')).toBe(false);
      expect(await createBatch(sku, sameCommit, 5)).toBe(false);
      await expect(createBatch(sku, batch, 15, '2031-01-01')).rejects.toThrow(BatchConflict);
      await expect(createBatch(sku, batch, 10)).rejects.toThrow(BatchConflict);
      await expect(createBatch(sku, sameCommit, 7)).rejects.toThrow(BatchConflict);
      expect(await store.committedEvents(sku)).toEqual(events);
    });

    test('refuses the reference of a batch of another SKU', async () => {
      const [sku, otherSku] = [randomSku(), randomSku()];
      const batchRef = randomRef();
      await createBatch(sku, batchRef, 1);

      await expect(createBatch(otherSku, batchRef, 1)).rejects.toThrow(`Batch ${batchRef} exists already`);
      expect(await store.committedEvents(otherSku)).toEqual([]);
    });

    test('lets the second of two new batches with one reference fail alone', async () => {
      const [sku, otherSku, thirdSku] = [randomSku(), randomSku(), randomSku()];
      const batchRef = randomRef();
      const results = await Promise.allSettled([
        createBatch(sku, batchRef, 1),
        createBatch(otherSku, batchRef, 1),
        createBatch(thirdSku, randomRef(), 1),
      ]);

      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'fulfilled', 'rejected']);
      expect(results[2].status).toBe('fulfilled');
    });
  });
}

function created(sku: string, batchRef: string): ProductChange {
  const event: Recorded = {
    id: uuid(),
    sequence: 1,
    occurredAt: new Date(),
    correlationId: 'test',
    causationId: 'test',
    event: new BatchCreated(sku, batchRef, 1, null),
  };
  return { sku, loadedVersion: 0, events: [event], messageIds: [] };
}

/**
 * The same products without locks: what is loaded is loaded in a transaction of its own.
 * @param afterLoad is waited for between each load and what is saved after it
 */
function withoutLocks(products: ProductRepository, afterLoad: () => Promise<unknown>): ProductRepository {
  return {
    skuOfBatch: (batchRef) => products.skuOfBatch(batchRef),
    snapshot: (work) => products.snapshot(work),
    transaction: (options, work) =>
      products.transaction(options, (transaction) =>
        work({
          load: async (scopes) => {
            const loaded = await products.transaction({ whenLocked: 'wait' }, (own) => own.load(scopes));
            await afterLoad();
            return loaded;
          },
          carriedOut: (messageIds) => transaction.carriedOut(messageIds),
          save: (changes) => transaction.save(changes),
          behindInViews: (skus) => transaction.behindInViews(skus),
        }),
      ),
  };
}

/** Without locks, and the first two loads wait for each other. */
function bothLoadBeforeEitherSaves(products: ProductRepository): ProductRepository {
  let loads = 0;
  let bothLoaded!: () => void;
  const rendezvous = new Promise<void>((resolve) => (bothLoaded = resolve));
  return withoutLocks(products, () => {
    if (++loads === 2) bothLoaded();
    return rendezvous;
  });
}

/** Without locks, and others get in between the first load and what is saved after it. */
function overtakenOnce(products: ProductRepository, overtake: () => Promise<unknown>): ProductRepository {
  let overtaken: Promise<unknown> | undefined;
  return withoutLocks(products, () => (overtaken ??= overtake()));
}

/** Each reservation is shorter than those before it, so that none is extended, whatever time passes in between. */
function neverExtended(groups: Step[][]): Step[][] {
  let reserveFor = 30 * 86_400;
  return groups.map((group) =>
    group.map((step) =>
      step.do === 'ask' && step.reserveFor !== undefined
        ? { ...step, reserveFor: (reserveFor -= 10_000) }
        : step,
    ),
  );
}

/** What the event says, but for when something ends: that depends on when it was carried out. */
function withoutTimes(event: DomainEvent): object {
  const times = Object.entries(event).filter(([name]) =>
    /^(expiresAt|previousExpiresAt|reserveFor)$/.test(name),
  );
  const masked = times.map(([name, value]) => [name, value === null ? null : 'some time']);
  return { type: eventTypeOf(event), ...event, ...Object.fromEntries(masked) };
}
