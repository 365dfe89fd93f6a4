import {
  Allocated,
  BatchChanged,
  BatchConflict,
  BatchCreated,
  BatchNotFound,
  BatchQuantityChanged,
  Deallocated,
  LineConflict,
  LineNotAllocated,
  OrderLine,
  OutOfStock,
  PromiseChanged,
} from '../../src/allocation/contracts';
import { Product } from '../../src/allocation/domain/product';

const SKU = 'RETRO-LAMP';
const [TODAY, TOMORROW, LATER] = ['2031-01-01', '2031-01-02', '2031-02-01'];
const line = (orderId: string, qty: number) => new OrderLine(orderId, SKU, qty);

function productWith(...batches: [batchRef: string, qty: number, eta?: string][]): Product {
  const product = new Product(SKU);
  for (const [batchRef, qty, eta] of batches) product.createBatch(batchRef, qty, eta ?? null);
  return product;
}

/** All that can be seen of a product, to be compared before and after. */
function stateOf(product: Product, batchRefs: string[], orders: string[]): unknown {
  return {
    version: product.versionNumber,
    events: [...product.events],
    batches: batchRefs.map((batchRef) => ({ ...product.batch(batchRef) })),
    lines: orders.map((order) => product.allocationOf(order)?.batch.ref),
  };
}

describe('allocating a line', () => {
  test('takes its pieces from a batch', () => {
    const product = productWith(['batch', 20]);
    product.allocate(line('order', 2));
    expect(product.batch('batch')?.available).toBe(18);
    expect(product.events.at(-1)).toEqual(new Allocated(SKU, 'order', 2, 'batch', null, 18, 0, false, 2));
  });

  test('prefers warehouse stock to shipments (rule 2)', () => {
    const product = productWith(['shipment', 100, TODAY], ['warehouse', 100]);
    product.allocate(line('order', 10));
    expect(product.allocationOf('order')?.batch.ref).toBe('warehouse');
  });

  test('prefers the earliest shipment (rule 2)', () => {
    const product = productWith(['medium', 100, TOMORROW], ['slow', 100, LATER], ['speedy', 100, TODAY]);
    product.allocate(line('order', 10));
    expect(product.allocationOf('order')?.batch.ref).toBe('speedy');
  });

  test.each([[undefined], [TODAY]])(
    'prefers the batch that was created first among equals (rule 2): ETA %s',
    (eta) => {
      const product = productWith(['zebra', 100, eta], ['ant', 100, eta]);
      product.allocate(line('order', 10));
      expect(product.allocationOf('order')?.batch.ref).toBe('zebra');
    },
  );

  test('goes whole into one batch, passing over those that are too small (rule 1)', () => {
    const product = productWith(['small', 9], ['also small', 9, TODAY], ['large', 10, TOMORROW]);
    product.allocate(line('order', 10));
    expect(product.allocationOf('order')?.batch.ref).toBe('large');
  });

  test('can take the last piece', () => {
    const product = productWith(['batch', 2]);
    product.allocate(line('order', 2));
    expect(product.batch('batch')?.available).toBe(0);
  });

  test('tells that it is out of stock when no batch can take it, and changes no batch (rule 5)', () => {
    const product = productWith(['batch', 9], ['other', 9, TODAY]);
    product.allocate(line('order', 10));
    expect(product.events.at(-1)).toEqual(new OutOfStock(SKU, 'order', 10, 18));
    expect(product.allocationOf('order')).toBeUndefined();
    expect(product.batch('batch')?.available).toBe(9);
  });

  test('again changes and raises nothing (rule 4)', () => {
    const product = productWith(['batch', 20]);
    product.allocate(line('order', 2));
    const before = stateOf(product, ['batch'], ['order']);
    product.allocate(line('order', 2));
    expect(stateOf(product, ['batch'], ['order'])).toEqual(before);
  });

  test('again with another quantity is a conflict that changes nothing (rule 4)', () => {
    const product = productWith(['batch', 20]);
    product.allocate(line('order', 2));
    const before = stateOf(product, ['batch'], ['order']);
    expect(() => product.allocate(line('order', 3))).toThrow(LineConflict);
    expect(stateOf(product, ['batch'], ['order'])).toEqual(before);
  });
});

describe('creating a batch', () => {
  test('makes its SKU known (rule 9)', () => {
    const product = new Product(SKU);
    expect(product.isKnown).toBe(false);
    expect(product.createBatch('batch', 5, TODAY)).toBe(true);
    expect(product.isKnown).toBe(true);
    expect(product.events).toEqual([new BatchCreated(SKU, 'batch', 5, TODAY)]);
  });

  test('again with the same content does nothing (rule 8)', () => {
    const product = productWith(['batch', 5, TODAY]);
    expect(product.createBatch('batch', 5, TODAY)).toBe(false);
    expect(product.events).toHaveLength(1);
  });

  test.each([
    ['another quantity', 6, TODAY],
    ['another ETA', 5, TOMORROW],
    ['no ETA', 5, null],
  ])('again with %s is a conflict that changes nothing (rule 8)', (_, qty, eta) => {
    const product = productWith(['batch', 5, TODAY]);
    const before = stateOf(product, ['batch'], []);
    expect(() => product.createBatch('batch', qty, eta)).toThrow(BatchConflict);
    expect(stateOf(product, ['batch'], [])).toEqual(before);
  });

  test.each([
    ['that with which it was created', 5],
    ['that which it has now', 8],
  ])('again with the quantity that was changed since is no conflict (rule 8): %s', (_, qty) => {
    const product = productWith(['batch', 5, TODAY]);
    product.changeBatchQuantity('batch', 7);
    product.changeBatchQuantity('batch', 8);
    const before = stateOf(product, ['batch'], []);
    expect(product.createBatch('batch', qty, TODAY)).toBe(false);
    expect(stateOf(product, ['batch'], [])).toEqual(before);
  });

  test('again with a quantity that it had in between is a conflict, which names both quantities (rule 8)', () => {
    const product = productWith(['batch', 5, TODAY]);
    product.changeBatchQuantity('batch', 7);
    product.changeBatchQuantity('batch', 8);
    expect(() => product.createBatch('batch', 7, TODAY)).toThrow(
      'Batch batch exists already with quantity 8 (5 when it was created)',
    );
    expect(() => product.createBatch('batch', 5, null)).toThrow(
      `Batch batch exists already with ETA ${TODAY}`,
    );
  });
});

describe('deallocating a line', () => {
  test('gives its pieces back (rule 10)', () => {
    const product = productWith(['batch', 20]);
    product.allocate(line('order', 2));
    product.deallocate('order');
    expect(product.batch('batch')?.available).toBe(20);
    expect(product.allocationOf('order')).toBeUndefined();
    expect(product.events.at(-1)).toEqual(new Deallocated(SKU, 'order', 2, 'batch', 20));
  });

  test('that is not allocated is refused', () => {
    const product = productWith(['batch', 20]);
    expect(() => product.deallocate('order')).toThrow(LineNotAllocated);
    expect(product.events).toHaveLength(1);
  });
});

describe('reallocating a line', () => {
  test('moves it to the batch that is preferred now (rule 10)', () => {
    const product = productWith(['shipment', 20, TODAY]);
    product.allocate(line('order', 2));
    product.createBatch('warehouse', 2, null);
    product.reallocate('order');
    expect(product.allocationOf('order')?.batch.ref).toBe('warehouse');
    expect(product.batch('shipment')?.available).toBe(20);
    expect(product.events.slice(-3)).toEqual([
      new Deallocated(SKU, 'order', 2, 'shipment', 20, 'moved'),
      new Allocated(SKU, 'order', 2, 'warehouse', null, 0, 0, false, 2, 'moved'),
      expect.any(PromiseChanged),
    ]);
  });

  test('leaves it where it is when no better batch can take it, and raises nothing (rule 10)', () => {
    const product = productWith(['shipment', 2, TODAY], ['warehouse', 1], ['later', 100, LATER]);
    product.allocate(line('order', 2));
    const before = stateOf(product, ['shipment', 'warehouse', 'later'], ['order']);
    product.reallocate('order');
    expect(stateOf(product, ['shipment', 'warehouse', 'later'], ['order'])).toEqual(before);
  });

  test('that is not allocated is refused', () => {
    expect(() => productWith(['batch', 20]).reallocate('order')).toThrow(LineNotAllocated);
  });
});

describe('changing the quantity of a batch', () => {
  test('upwards makes room', () => {
    const product = productWith(['batch', 5]);
    product.changeBatchQuantity('batch', 8);
    expect(product.batch('batch')?.available).toBe(8);
    expect(product.events.at(-1)).toEqual(new BatchQuantityChanged(SKU, 'batch', 8, 5, 8));
  });

  test('downwards to what is allocated moves no line', () => {
    const product = productWith(['batch', 5]);
    product.allocate(line('order', 3));
    product.changeBatchQuantity('batch', 3);
    expect(product.batch('batch')?.available).toBe(0);
    expect(product.allocationOf('order')).toBeDefined();
  });

  test('below what is allocated takes the newest lines off and allocates the oldest of them first (rule 7)', () => {
    const product = productWith(['batch', 10], ['shipment', 5, TOMORROW]);
    for (const order of ['oldest', 'older', 'newer', 'newest']) product.allocate(line(order, 2));
    product.changeBatchQuantity('batch', 4);
    expect(product.events.slice(-7).filter((event) => !(event instanceof PromiseChanged))).toEqual([
      new BatchQuantityChanged(SKU, 'batch', 4, 10, -4),
      new Deallocated(SKU, 'newest', 2, 'batch', -2, 'displaced'),
      new Deallocated(SKU, 'newer', 2, 'batch', 0, 'displaced'),
      new Allocated(SKU, 'newer', 2, 'shipment', TOMORROW, 3, 0, false, 5, 'displaced'),
      new Allocated(SKU, 'newest', 2, 'shipment', TOMORROW, 1, 0, false, 6, 'displaced'),
    ]);
    expect(product.batch('batch')?.available).toBe(0);
    expect(product.batch('shipment')?.available).toBe(1);
  });

  test('to nothing tells of the lines that fit nowhere (rule 7)', () => {
    const product = productWith(['batch', 10]);
    product.allocate(line('order', 2));
    product.changeBatchQuantity('batch', 0);
    expect(product.events.at(-1)).toEqual(new OutOfStock(SKU, 'order', 2, 0));
    expect(product.batch('batch')?.available).toBe(0);
  });

  test('to the same quantity raises nothing', () => {
    const product = productWith(['batch', 10]);
    product.changeBatchQuantity('batch', 10);
    expect(product.events).toHaveLength(1);
  });

  test('is refused to someone who does not know the last event of the batch', () => {
    const product = productWith(['batch', 10], ['other', 10]);
    const known = product.batch('batch')!.sequence;
    product.allocate(line('order', 2));
    expect(() => product.changeBatchQuantity('batch', 5, known)).toThrow(BatchChanged);
    expect(product.batch('batch')?.available).toBe(8);
    product.changeBatchQuantity('batch', 5, product.batch('batch')!.sequence);
    product.changeBatchQuantity('other', 5, 2);
    expect(product.batch('batch')?.available).toBe(3);
  });

  test('of an unknown batch is refused', () => {
    expect(() => productWith(['batch', 20]).changeBatchQuantity('other', 1)).toThrow(BatchNotFound);
  });
});

test('the version number counts the events that were ever raised', () => {
  const product = new Product(SKU, 41);
  product.createBatch('batch', 1, null);
  expect(product.versionNumber).toBe(42);
});
