import { array, assert, asyncProperty, constantFrom, integer, oneof, record } from 'fast-check';
import { CsvProductRepository } from '../../src/allocation/adapters/csv/csv-product-repository';
import { CsvUnitOfWork } from '../../src/allocation/adapters/csv/csv-unit-of-work';
import { GroupCommit } from '../../src/allocation/adapters/group-commit/group-commit';
import { GroupCommitOptions } from '../../src/allocation/adapters/group-commit/group-commit-options';
import { MemoryProductRepository } from '../support/memory-products/memory-product-repository';
import type { Recorded } from '../../src/allocation/application/recorded';
import type { Scope } from '../../src/allocation/application/scope';
import { DuplicateMessage, type UnitOfWork } from '../../src/allocation/application/unit-of-work';
import { OrderLine } from '../../src/allocation/domain/order-line';
import type { Product } from '../../src/allocation/domain/product';
import { runWithCorrelation } from '../../src/correlation';
import { type LifeStore, LifeService } from '../support/life-system';
import { RecordingEventBus } from '../support/recording-event-bus';
import { runSideBySide, steps as lives } from '../support/side-by-side';

const sku = 'LAMP';
const batchRef = constantFrom('b1', 'b2', 'b3', 'b4');
const orderId = constantFrom('o1', 'o2', 'o3', 'o4', 'o5');
const qty = integer({ min: 1, max: 6 });
const eta = constantFrom(null, '2031-01-01', '2031-02-01');

type Step = [Scope, (product: Product) => void];
const step = oneof(
  record({ batchRef, qty: integer({ min: 1, max: 12 }), eta }).map(({ batchRef, qty, eta }): Step => [
    { looksAt: 'batch', sku, batchRef },
    (product) => void product.createBatch(batchRef, qty, eta),
  ]),
  ...Array<ReturnType<typeof allocations>>(3).fill(allocations()),
  orderId.map((orderId): Step => [
    { looksAt: 'line', sku, orderId },
    (product) => product.deallocate(orderId),
  ]),
  orderId.map((orderId): Step => [
    { looksAt: 'line to move', sku, orderId },
    (product) => product.reallocate(orderId),
  ]),
  record({ batchRef, qty: integer({ min: 0, max: 12 }) }).map(({ batchRef, qty }): Step => [
    { looksAt: 'batch to change', sku, batchRef, qty },
    (product) => product.changeBatchQuantity(batchRef, qty),
  ]),
);

function allocations() {
  return record({ orderId, qty }).map(({ orderId, qty }): Step => [
    { looksAt: 'new line', sku, orderId, qty },
    (product) => product.allocate(new OrderLine(orderId, sku, qty)),
  ]);
}

/** The events of the steps, or the error of each step that was refused. */
async function outcomes(unitOfWork: UnitOfWork, events: readonly Recorded[], steps: readonly Step[]) {
  const refused: unknown[] = [];
  for (const [scope, work] of steps) await unitOfWork.run(scope, work).catch((error) => refused.push(error));
  return { events: events.map(({ sequence, event }) => ({ sequence, event })), refused };
}

test('whatever is asked for, products loaded small from CSV do the same as whole ones from memory', async () => {
  const bus = new RecordingEventBus();
  await assert(
    asyncProperty(array(step, { maxLength: 40, size: 'max' }), async (steps) => {
      const log: Recorded[] = [];
      const csv = new CsvProductRepository({ append: (events) => void log.push(...events) });
      const memory = new MemoryProductRepository();
      expect(await outcomes(new CsvUnitOfWork(csv, bus), log, steps)).toEqual(
        await outcomes(new GroupCommit(memory, bus, new GroupCommitOptions()), memory.events, steps),
      );
    }),
    { numRuns: 150 },
  );
});

/** Products of CSV files, with a clock of their own. */
class CsvStore implements LifeStore {
  private time = 0;
  private readonly log: Recorded[] = [];
  private readonly csv = new CsvProductRepository(
    { append: (events) => void this.log.push(...events) },
    () => new Date(this.time),
  );
  readonly products = [this.csv];

  now(): number {
    return this.time;
  }

  async pass(seconds: number): Promise<void> {
    this.time += seconds * 1_000;
  }

  async eventsOf(sku: string) {
    return this.log.map(({ event }) => event).filter((event) => event.sku === sku);
  }
}

test('any sequence of wishes, while time passes, comes to what the rules say (rules 1 to 19)', async () => {
  const service = await new LifeService(new CsvStore()).start();
  await assert(
    asyncProperty(lives, (sequence) => runSideBySide(service.newSku(), sequence, service.store.now())),
    { numRuns: 150 },
  );
  await service.stop();
}, 300_000);

test('nothing is kept of a commit that could not be written', async () => {
  let full = false;
  const append = () => {
    if (full) throw new Error('no space left on device');
  };
  const products = new CsvProductRepository({ append });
  const unitOfWork = new CsvUnitOfWork(products, new RecordingEventBus());
  await unitOfWork.run({ looksAt: 'batch', sku, batchRef: 'b1' }, (product) =>
    product.createBatch('b1', 5, null),
  );
  full = true;
  const allocate = () =>
    unitOfWork.run({ looksAt: 'new line', sku, orderId: 'o1', qty: 5 }, (product) =>
      product.allocate(new OrderLine('o1', sku, 5)),
    );
  await expect(allocate()).rejects.toThrow('no space left');
  expect(products.isKnown(new OrderLine('o1', sku, 5))).toBe(false);
  full = false;
  await allocate();
  expect(products.isKnown(new OrderLine('o1', sku, 5))).toBe(true);
});

test('a message is carried out once, even if it comes twice at once and changes nothing', async () => {
  const products = new CsvProductRepository({ append: () => {} });
  const unitOfWork = new CsvUnitOfWork(products, new RecordingEventBus());
  const message = { correlationId: 'm1', causationId: 'm1', messageId: 'm1' };
  const look = () =>
    runWithCorrelation(message, () =>
      unitOfWork.run({ looksAt: 'line', sku, orderId: 'none' }, (product) => product.isKnown),
    );

  const results = await Promise.allSettled([look(), look()]);

  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  await expect(look()).rejects.toThrow(DuplicateMessage);
});
