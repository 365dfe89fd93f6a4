import { GroupCommit, GroupCommitOptions } from '../../src/allocation/adapters/group-commit';
import { MemoryProductRepository } from '../../src/allocation/adapters/memory/product-repository';
import type {
  ProductTransaction,
  ProductTransactionOptions,
} from '../../src/allocation/application/product-repository';
import { OrderLine } from '../../src/allocation/domain/order-line';
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
          await products.load([{ sku }]);
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
  unitOfWork = new GroupCommit(products, bus.asEventBus(), new GroupCommitOptions());
  orders = 0;
  await unitOfWork.run({ sku: 'sofa', batchRef: 'batch' }, (sofa) =>
    sofa.createBatch('batch', 1_000_000, null),
  );
  products.transactions = 0;
});

/** Allocates so many lines at once. */
function allocate(count: number): Promise<unknown> {
  const lines = Array.from({ length: count }, () => new OrderLine(`order-${(orders += 1)}`, 'sofa', 1));
  return Promise.all(
    lines.map((line) =>
      unitOfWork.run({ sku: 'sofa', orderId: line.orderId, qty: 1 }, (sofa) => sofa.allocate(line)),
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

test('a product that is hot elsewhere too is waited for at once, for a while', async () => {
  unitOfWork = new GroupCommit(products, bus.asEventBus(), { ...new GroupCommitOptions(), commits: 1 });
  let unlock = await products.lock('sofa');
  // While the only commit is busy with a lamp, units of the sofa come together, and then find it locked.
  const lamp = unitOfWork.run({ sku: 'lamp' }, (product) => product.isKnown);
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

test('a unit may raise more events than a call can have arguments', async () => {
  await unitOfWork.run({ sku: 'sofa' }, (sofa) => {
    for (let order = 0; order < 200_000; order += 1) sofa.allocate(new OrderLine(`many-${order}`, 'sofa', 1));
  });
  expect(bus.events).toHaveLength(200_001);
});
