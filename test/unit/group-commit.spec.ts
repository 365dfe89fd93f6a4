import { committedEvents } from '../../src/allocation/adapters/group-commit/commit-diagnostics';
import { GroupCommit } from '../../src/allocation/adapters/group-commit/group-commit';
import { GroupCommitOptions } from '../../src/allocation/adapters/group-commit/group-commit-options';
import { MemoryProductRepository } from '../support/memory-products/memory-product-repository';
import {
  type ProductTransaction,
  type ProductTransactionOptions,
  WriteConflict,
} from '../../src/allocation/application/product-repository';
import type { Recorded } from '../../src/allocation/application/recorded';
import type { Scope } from '../../src/allocation/application/scope';
import { ProductBusy } from '../../src/allocation/application/unit-of-work';
import { Allocated, eventTypeOf } from '../../src/allocation/domain/events';
import { OrderLine } from '../../src/allocation/domain/order-line';
import type { Product } from '../../src/allocation/domain/product';
import { type Correlation, runWithCorrelation } from '../../src/correlation';
import { Unavailable } from '../../src/unavailable';
import { RecordingEventBus } from '../support/recording-event-bus';
import { until } from '../support/until';

/** Counts what a unit of work asks of it. */
class CountingRepository extends MemoryProductRepository {
  transactions = 0;

  override transaction<T>(
    options: ProductTransactionOptions,
    work: (products: ProductTransaction) => Promise<T>,
  ): Promise<T> {
    this.transactions += 1;
    return super.transaction(options, work);
  }

  /** Locks the product, as another instance would. Resolves when it is locked, to what unlocks it. */
  async lock(sku: string): Promise<() => void> {
    let unlock!: () => void;
    const unlocked = new Promise<void>((resolve) => (unlock = resolve));
    await new Promise<void>((locked, failed) => {
      super
        .transaction({ whenLocked: 'wait' }, async (products) => {
          await products.load([{ looksAt: 'line', sku, orderId: 'none' }]);
          locked();
          await unlocked;
        })
        .catch(failed);
    });
    return unlock;
  }
}

let products: CountingRepository;
let bus: RecordingEventBus;
let unitOfWork: GroupCommit;
let orders: number;

beforeEach(async () => {
  products = new CountingRepository();
  bus = new RecordingEventBus();
  unitOfWork = new GroupCommit(products, bus, new GroupCommitOptions());
  orders = 0;
  await unitOfWork.run({ looksAt: 'batch', sku: 'sofa', batchRef: 'batch' }, (sofa) =>
    sofa.createBatch('batch', 1_000_000, null),
  );
  products.transactions = 0;
});

/** Resolves when the transaction of what was asked for has begun: at the end of the turn. */
function begun(): Promise<void> {
  return Promise.resolve();
}

/** Allocates so many lines at once. */
function allocate(count: number): Promise<unknown> {
  const lines = Array.from({ length: count }, () => new OrderLine(`order-${(orders += 1)}`, 'sofa', 1));
  return Promise.all(
    lines.map((line) =>
      unitOfWork.run({ looksAt: 'new line', sku: 'sofa', orderId: line.orderId, qty: 1 }, (sofa) =>
        sofa.allocate(line),
      ),
    ),
  );
}

test('units that come while others wait for the lock of their product are committed with them', async () => {
  const unlock = await products.lock('sofa');
  const first = allocate(5);
  // One that found it locked, and one that waits.
  await until(() => products.transactions === 2);
  const late = allocate(5);
  unlock();
  await Promise.all([first, late]);
  expect(products.transactions).toBe(2);
});

test('units of different products that come at the same moment share a commit: lines of an order', async () => {
  const skus = ['desk', 'lamp', 'rug', 'shelf'];
  await Promise.all(
    skus.map((sku) =>
      unitOfWork.run({ looksAt: 'batch', sku, batchRef: `of ${sku}` }, (product) =>
        product.createBatch(`of ${sku}`, 10, null),
      ),
    ),
  );
  expect(products.transactions).toBe(1);
});

test('a product that is locked for too long is busy, while others are served', async () => {
  unitOfWork = new GroupCommit(products, bus, { ...new GroupCommitOptions(), deadlineMs: 100 });
  const unlock = await products.lock('sofa');
  const results = await Promise.allSettled([
    allocate(1),
    unitOfWork.run({ looksAt: 'batch', sku: 'lamp', batchRef: 'b1' }, (lamp) =>
      lamp.createBatch('b1', 1, null),
    ),
  ]);
  unlock();
  unitOfWork.onApplicationShutdown();
  expect(results).toEqual([
    { status: 'rejected', reason: expect.any(ProductBusy) },
    { status: 'fulfilled', value: true },
  ]);
});

test('a product that is hot elsewhere too is waited for at once, for a while', async () => {
  unitOfWork = new GroupCommit(products, bus, { ...new GroupCommitOptions(), commits: 1 });
  let unlock = await products.lock('sofa');
  // While the only commit is busy with a lamp, units of the sofa come together, and then find it locked.
  const lamp = unitOfWork.run(
    { looksAt: 'line', sku: 'lamp', orderId: 'none' },
    (product) => product.isKnown,
  );
  await begun();
  const first = allocate(5);
  await until(() => products.transactions === 3);
  unlock();
  await Promise.all([lamp, first]);

  unlock = await products.lock('sofa');
  const next = allocate(1);
  unlock();
  await next;
  expect(products.transactions).toBe(4);
});

test('a product that is locked once in a while is tried without waiting each time', async () => {
  let unlock = await products.lock('sofa');
  const first = allocate(1);
  await until(() => products.transactions === 2);
  unlock();
  await first;

  unlock = await products.lock('sofa');
  const next = allocate(1);
  await until(() => products.transactions === 4);
  unlock();
  await next;
});

describe('a product of which somebody holds a row', () => {
  /** The products that each transaction loaded, and whether it waits for locks. */
  let loads: { whenLocked: string; skus: string[] }[];
  /** Ends the waiting for the desk, in vain. */
  let refuse: () => void;
  const create = (sku: string, n = 1) =>
    unitOfWork.run({ looksAt: 'batch', sku, batchRef: `${n} of ${sku}` }, (product) =>
      product.createBatch(`${n} of ${sku}`, 1, null),
    );
  const turns = async () => {
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
  };

  beforeEach(() => {
    loads = [];
    const held = Object.assign(Object.create(products) as CountingRepository, {
      transaction: (...[options, work]: Parameters<CountingRepository['transaction']>) =>
        products.transaction(options, async (transaction) => {
          const seen = new Set<string>();
          const result = await work({
            load: (scopes) => {
              for (const { sku } of scopes) seen.add(sku);
              return transaction.load(scopes);
            },
            carriedOut: (ids) => transaction.carriedOut(ids),
            save: (changes) => transaction.save(changes),
            behindInViews: (skus) => transaction.behindInViews(skus),
          });
          loads.push({ whenLocked: options.whenLocked, skus: [...seen] });
          if (!seen.has('desk')) return result;
          if (options.whenLocked === 'wait') await new Promise<void>((resolve) => (refuse = resolve));
          throw new ProductBusy('held');
        }),
    });
    unitOfWork = new GroupCommit(held, bus, new GroupCommitOptions(4));
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test('is found by trying each apart, and waits alone', async () => {
    const desk = create('desk');
    await Promise.all([create('lamp'), create('rug'), create('lamp', 2)]);
    await turns();
    expect(loads).toEqual([
      { whenLocked: 'skip', skus: ['desk', 'lamp', 'rug'] },
      { whenLocked: 'skip', skus: ['desk'] },
      { whenLocked: 'skip', skus: ['lamp'] },
      { whenLocked: 'skip', skus: ['rug'] },
      { whenLocked: 'wait', skus: ['desk'] },
    ]);
    refuse();
    await expect(desk).rejects.toThrow('held');
  });

  test('shares no transaction with others for a second after somebody has waited for it in vain', async () => {
    const first = create('desk');
    await turns();
    // It waits for longer than the second that counts from when it was found to be held.
    jest.advanceTimersByTime(1_000);
    refuse();
    await expect(first).rejects.toThrow('held');
    loads = [];
    const second = create('desk');
    await create('lamp');
    await turns();
    expect(loads.filter(({ skus }) => skus.includes('desk'))).toEqual([
      { whenLocked: 'wait', skus: ['desk'] },
    ]);
    refuse();
    await expect(second).rejects.toThrow('held');
    jest.advanceTimersByTime(1_000);
    loads = [];
    const third = create('desk');
    await create('rug');
    expect(loads[0]).toEqual({ whenLocked: 'skip', skus: ['desk', 'rug'] });
    await turns();
    refuse();
    await expect(third).rejects.toThrow('held');
  });
});

test('a unit may raise more events than a call can have arguments', async () => {
  unitOfWork = new GroupCommit(products, bus, {
    ...new GroupCommitOptions(),
    deadlineMs: 300_000,
  });
  await unitOfWork.run({ looksAt: 'line', sku: 'sofa', orderId: 'none' }, (sofa) => {
    for (let order = 0; order < 200_000; order += 1) sofa.allocate(new OrderLine(`many-${order}`, 'sofa', 1));
  });
  expect(bus.events).toHaveLength(200_001);
});

const named = (events: readonly Recorded[]) =>
  events.flatMap(({ event }) => (event instanceof Allocated ? event.orderId : []));

test('units that lose to another writer go on in their order, and nobody who comes later overtakes them', async () => {
  let conflicts = 3;
  const losing = Object.assign(Object.create(products) as CountingRepository, {
    transaction: async (...args: Parameters<CountingRepository['transaction']>) => {
      if (conflicts-- > 0) throw new WriteConflict();
      return products.transaction(...args);
    },
  });
  unitOfWork = new GroupCommit(losing, bus, { ...new GroupCommitOptions(), unitsPerCommit: 3 });
  const first = allocate(7);
  await new Promise(setImmediate);
  await Promise.all([first, allocate(5)]);
  expect(named(bus.events)).toEqual(Array.from({ length: 12 }, (_, index) => `order-${index + 1}`));
});

/** The same products, of which the first transactions are refused as a whole; so it is taken apart. */
function refusing(
  refusals: number,
  then: (...args: Parameters<CountingRepository['transaction']>) => Promise<unknown>,
): CountingRepository {
  let refused = 0;
  return Object.assign(Object.create(products) as CountingRepository, {
    transaction: (...args: Parameters<CountingRepository['transaction']>) =>
      (refused += 1) <= refusals ? Promise.reject(new Error('refused')) : then(...args),
  });
}

test('units of a transaction that is taken apart keep their order, also when the first of them finds its product locked', async () => {
  let isFirst = true;
  const locked = refusing(2, async (options, work) => {
    const unlock = isFirst ? await products.lock('sofa') : () => {};
    isFirst = false;
    return products.transaction(options, work).finally(unlock);
  });
  unitOfWork = new GroupCommit(locked, bus, new GroupCommitOptions());
  await Promise.all([
    allocate(3),
    unitOfWork.run({ looksAt: 'line', sku: 'lamp', orderId: 'none' }, () => 0),
  ]);
  expect(named(bus.events)).toEqual(['order-1', 'order-2', 'order-3']);
});

test('of a transaction that is taken apart each part is answered at once, and one that nobody waits for any more is not begun', async () => {
  let release!: () => void;
  const released = new Promise<void>((resolve) => (release = resolve));
  let begun = 0;
  const slow = refusing(1, async (options, work) => {
    begun += 1;
    // The second is at work for longer than anybody waits.
    const working = begun === 2 ? setInterval(() => options.onProgress?.(true), 10) : undefined;
    if (working) await released;
    clearInterval(working);
    return products.transaction(options, work);
  });
  const options = { ...new GroupCommitOptions(), deadlineMs: 3_000 };
  unitOfWork = new GroupCommit(slow, bus, options);
  const create = (sku: string) =>
    unitOfWork.run({ looksAt: 'batch', sku, batchRef: `of ${sku}` }, (product) =>
      product.createBatch(`of ${sku}`, 1, null),
    );
  const [first, second, third] = ['chair', 'desk', 'lamp'].map(create);
  expect(await first).toBe(true);
  await expect(third).rejects.toThrow(Unavailable);
  release();
  // A machine that stalls has not seen its progress, and leaves open what became of it.
  await Promise.allSettled([second]);
  await until(() => bus.events.some(({ event }) => event.sku === 'desk'));
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  expect(begun).toBe(2);
  expect(bus.events.map(({ event }) => event.sku)).toEqual(['sofa', 'chair', 'desk']);
});

test('many products that others hold do not keep a large change of a free one waiting', async () => {
  const skus = Array.from({ length: 8 }, (_, n) => `lamp-${n}`);
  const unlocks = await Promise.all(skus.map((sku) => products.lock(sku)));
  const waiting = skus.map((sku) =>
    unitOfWork.run({ looksAt: 'line', sku, orderId: 'none' }, (lamp) => lamp.versionNumber),
  );
  // All that can wait for their locks do.
  await until(() => products.transactions === 4);
  await unitOfWork.run({ looksAt: 'batch to change', sku: 'sofa', batchRef: 'batch', qty: 5 }, (sofa) =>
    sofa.changeBatchQuantity('batch', 5),
  );
  for (const unlock of unlocks) unlock();
  expect(await Promise.all(waiting)).toEqual(skus.map(() => 0));
});

test('waiting for locks leaves connections for others when there are few', () => {
  expect([2, 4, 6, 100].map((connections) => new GroupCommitOptions(connections).aloneCommits)).toEqual([
    1, 2, 4, 4,
  ]);
});

test('references that belong to other SKUs are refused without another transaction', async () => {
  unitOfWork = new GroupCommit(products, bus, { ...new GroupCommitOptions(), commits: 1 });
  const create = (sku: string, batchRef: string) =>
    unitOfWork.run({ looksAt: 'batch', sku, batchRef }, (product) => product.createBatch(batchRef, 1, null));
  const results = await Promise.allSettled([
    ...Array.from({ length: 10 }, (_, n) => create(`lamp-${n}`, `lamp-${n}`)),
    create('chair', 'batch'),
    create('table', 'lamp-3'),
    create('table', 'table'),
  ]);
  expect(results.map(({ status }) => status)).toEqual([
    ...Array(10).fill('fulfilled'),
    'rejected',
    'rejected',
    'fulfilled',
  ]);
  expect(products.transactions).toBe(1);
});

/** Asks for a line. @returns whether the answer says that handlers lack events */
const isPending = async (orderId: string) => {
  const correlation: Correlation = { correlationId: orderId, causationId: orderId };
  await runWithCorrelation(correlation, () =>
    unitOfWork.run({ looksAt: 'new line', sku: 'sofa', orderId, qty: 1 }, (sofa) =>
      sofa.allocate(new OrderLine(orderId, 'sofa', 1)),
    ),
  );
  return correlation.eventsPending ?? false;
};

test('a unit that changes nothing says that what it found cannot be seen yet, however late (promise 4)', async () => {
  let behind = new Set<string>(['sofa']);
  const publisher = { publishAll: () => Promise.resolve(behind) };
  unitOfWork = new GroupCommit(products, publisher, new GroupCommitOptions());
  expect(await isPending('first')).toBe(true);
  expect(await isPending('first')).toBe(true);
  behind = new Set();
  expect(await isPending('second')).toBe(true);
  expect([await isPending('second'), await isPending('first')]).toEqual([false, false]);
});

describe('a unit that changes nothing', () => {
  const NONE: ReadonlySet<string> = new Set();
  const SOFA: ReadonlySet<string> = new Set(['sofa']);
  let publications: Promise<ReadonlySet<string>>[];
  beforeEach(() => {
    publications = [];
    const publisher = { publishAll: () => publications.shift() ?? Promise.resolve(NONE) };
    unitOfWork = new GroupCommit(products, publisher, new GroupCommitOptions());
  });

  test('waits for all that was published before, not for what came last alone (promise 4)', async () => {
    let fail!: () => void;
    publications = [new Promise((resolve) => (fail = () => resolve(SOFA))), Promise.resolve(NONE)];
    const first = isPending('first');
    await until(() => publications.length === 1);
    const second = isPending('second');
    await until(() => publications.length === 0);
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    const again = isPending('first');
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    fail();
    expect(await Promise.all([first, second, again])).toEqual([true, true, true]);
  });

  test('is pending also behind a commit in which only others changed (promise 4)', async () => {
    publications = [Promise.resolve(SOFA), Promise.resolve(NONE)];
    expect(await isPending('first')).toBe(true);
    const create = unitOfWork.run({ looksAt: 'batch', sku: 'lamp', batchRef: 'of lamp' }, (lamp) =>
      lamp.createBatch('of lamp', 1, null),
    );
    expect([await isPending('first'), await create]).toEqual([true, true]);
    expect(await isPending('first')).toBe(true);
  });

  test('is pending for a while after a handler has failed, and not for ever', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
    try {
      publications = [Promise.resolve(SOFA)];
      expect([await isPending('first'), await isPending('first')]).toEqual([true, true]);
      jest.advanceTimersByTime(30_000);
      expect(await isPending('first')).toBe(false);
    } finally {
      jest.useRealTimers();
    }
  });
});

test('whoever measures is told of the events of a commit, before its units are answered', async () => {
  const told: string[] = [];
  const listen = (events: readonly Recorded[]) =>
    void told.push(...events.map(({ event }) => eventTypeOf(event)));
  committedEvents.subscribe(listen);
  try {
    await isPending('first');
    expect(told).toEqual(['Allocated']);
    await isPending('first');
    expect(told).toEqual(['Allocated']);
  } finally {
    committedEvents.unsubscribe(listen);
  }
});

test('a unit that changes nothing is answered when others can see what it found (promise 4)', async () => {
  let publish!: () => void;
  const published = new Promise<ReadonlySet<string>>((resolve) => (publish = () => resolve(new Set())));
  const slow = { publishAll: () => published };
  unitOfWork = new GroupCommit(products, slow, new GroupCommitOptions());
  const line = new OrderLine('same', 'sofa', 1);
  const answered: string[] = [];
  const post = (name: string, qty = 1) =>
    unitOfWork
      .run({ looksAt: 'new line', sku: 'sofa', orderId: 'same', qty }, (sofa) =>
        sofa.allocate(new OrderLine('same', 'sofa', qty)),
      )
      .then(
        () => answered.push(name),
        () => answered.push(`${name} is refused`),
      );
  const posts = [post('first'), post('in the same commit')];
  await until(
    async () => (await products.transaction({ whenLocked: 'wait' }, load)).allocationOf('same') !== undefined,
  );
  posts.push(post('later'), post('another quantity', 2));
  let ran = false;
  posts.push(
    unitOfWork
      .run({ looksAt: 'line', sku: 'sofa', orderId: 'none' }, () => (ran = true))
      .then(() => answered.push('last')),
  );
  await until(() => ran);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(answered).toEqual([]);
  publish();
  await Promise.all(posts);
  expect(answered).toHaveLength(5);

  function load(transaction: ProductTransaction): Promise<Product> {
    return transaction
      .load([{ looksAt: 'line', sku: 'sofa', orderId: line.orderId }])
      .then((loaded) => loaded.products.get('sofa')!());
  }
});

describe('a deadline', () => {
  const options = { ...new GroupCommitOptions(), deadlineMs: 300 };
  const run = (sku = 'sofa') =>
    unitOfWork.run({ looksAt: 'line', sku, orderId: 'none' }, (product) => product.versionNumber);

  test('ends the waiting for a store that does not answer, which then leaves it open what became of the unit', async () => {
    const silent = Object.assign(Object.create(products) as CountingRepository, {
      transaction: () => new Promise<never>(() => {}),
    });
    unitOfWork = new GroupCommit(silent, bus, { ...options, commits: 1 });
    const first = run();
    await begun();
    const [underWay, waiting] = await Promise.allSettled([first, run('lamp')]);
    expect(waiting).toMatchObject({
      reason: new Unavailable('lamp could not be changed in time, and was not; try again'),
    });
    expect(underWay).toMatchObject({
      reason: new Unavailable('The database does not answer; the command may have been carried out or not'),
    });
  });

  test('does not end what is making progress', async () => {
    const slow = Object.assign(Object.create(products) as CountingRepository, {
      transaction: async (
        ...[{ onProgress, ...rest }, work]: Parameters<CountingRepository['transaction']>
      ) => {
        for (let step = 0; step < 40; step += 1) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          onProgress?.(true);
        }
        return products.transaction(rest, work);
      },
    });
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    try {
      unitOfWork = new GroupCommit(slow, bus, options);
      const [version] = await Promise.all([run(), jest.advanceTimersByTimeAsync(4_000)]);
      expect(version).toBe(1);
    } finally {
      jest.useRealTimers();
    }
  });

  describe('of a large change', () => {
    /** What its transaction does before it is committed; the clock stands still unless the test has it go on. */
    let atWork: (onProgress: (isWaiting: boolean) => void) => Promise<void>;
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

    beforeEach(() => {
      jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
      const working = Object.assign(Object.create(products) as CountingRepository, {
        transaction: async (...[options, work]: Parameters<CountingRepository['transaction']>) => {
          await atWork(options.onProgress!);
          return products.transaction(options, work);
        },
      });
      unitOfWork = new GroupCommit(working, bus, new GroupCommitOptions());
    });
    afterEach(() => {
      jest.useRealTimers();
    });

    const cut = () =>
      unitOfWork.run({ looksAt: 'batch to change', sku: 'sofa', batchRef: 'batch', qty: 5 }, (sofa) =>
        sofa.changeBatchQuantity('batch', 5),
      );

    test('ends it within ten seconds, though the store has fallen silent only just before', async () => {
      atWork = async (onProgress) => {
        for (let step = 0; step < 89; step += 1) {
          await pause(100);
          onProgress(true);
        }
        await pause(60_000);
      };
      let refusal: unknown;
      const refused = cut().catch((reason: unknown) => (refusal = reason));
      await jest.advanceTimersByTimeAsync(8_900);
      expect(refusal).toBeUndefined();
      await jest.advanceTimersByTimeAsync(900);
      expect(refusal).toEqual(
        new Unavailable('The database does not answer; the command may have been carried out or not'),
      );
      await refused;
    });

    test('does not end it while the service itself computes', async () => {
      atWork = async (onProgress) => {
        onProgress(false);
        await pause(14_000);
        onProgress(true);
      };
      const changed = cut();
      await jest.advanceTimersByTimeAsync(14_000);
      await changed;
      expect(bus.typesOf('sofa')).toContain('BatchQuantityChanged');
    });
  });

  test.each([false, true])(
    'that nobody met leaves a SKU in order: its next unit is carried out (a cut: %s)',
    async (isCut) => {
      let release!: () => void;
      let hanging: Promise<void> | undefined = new Promise((resolve) => (release = resolve));
      const hangs = Object.assign(Object.create(products) as CountingRepository, {
        transaction: async (...args: Parameters<CountingRepository['transaction']>) => {
          await hanging;
          return products.transaction(...args);
        },
      });
      unitOfWork = new GroupCommit(hangs, bus, { ...options, commits: 1, aloneCommits: 1 });
      const scopeOf = (sku: string): Scope =>
        isCut
          ? { looksAt: 'batch to change', sku, batchRef: `batch of ${sku}`, qty: 1 }
          : { looksAt: 'line', sku, orderId: 'none' };
      const looks = () =>
        ['sofa', 'lamp', 'chair'].map((sku) =>
          unitOfWork.run(scopeOf(sku), (product) => product.versionNumber),
        );
      const statuses = (await Promise.allSettled(looks())).map(({ status }) => status);
      expect(statuses).toEqual(['rejected', 'rejected', 'rejected']);
      release();
      hanging = undefined;
      await until(() => products.transactions > 0);
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
      expect(await Promise.all(looks())).toEqual([1, 0, 0]);
    },
    20_000,
  );
});
