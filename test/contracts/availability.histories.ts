import fc from 'fast-check';
import { OrderLine, type Recorded } from '../../src/allocation/contracts';
import { Product } from '../../src/allocation/domain/product';
import { randomSku } from '../support/random-refs';

/** Something that may happen to a product; refused wishes leave it as it is. */
export type Step = (product: Product) => void;

/** The names of all batches and orders. */
export const batchRefs = ['b0', 'b1', 'b2', 'b3', 'b4', 'b5'];
export const orders = Array.from({ length: 10 }, (_, index) => `o${index + 1}`);

const batchRef = fc.constantFrom(...batchRefs.slice(1));
const order = fc.constantFrom(...orders);
const eta = fc.constantFrom(null, null, '2031-01-01', '2031-01-02');
const terms = fc.record(
  { wait: fc.boolean(), reserveFor: fc.constant(60), priority: fc.integer({ min: 0, max: 2 }) },
  { requiredKeys: [] },
);
/** References are unique among all SKUs, orders may have lines of several. */
const of = (product: Product, name: string) => `${name} of ${product.sku}`;

const line = (product: Product, id: string, qty: number) => new OrderLine(of(product, id), product.sku, qty);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.tuple(batchRef, fc.integer({ min: 1, max: 20 }), eta).map(
      ([batchRef, qty, day]) =>
        (product: Product) =>
          void product.createBatch(of(product, batchRef), qty, day),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(order, fc.integer({ min: 1, max: 8 })).map(
      ([id, qty]) =>
        (product: Product) =>
          product.allocate(line(product, id, qty)),
    ),
  },
  order.map((id) => (product: Product) => product.deallocate(of(product, id))),
  order.map((id) => (product: Product) => product.reallocate(of(product, id))),
  fc.tuple(batchRef, fc.integer({ min: 0, max: 20 })).map(
    ([batchRef, qty]) =>
      (product: Product) =>
        product.changeBatchQuantity(of(product, batchRef), qty),
  ),
);

/** Whatever the rules know of. */
const stepOfLife: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: step },
  {
    weight: 4,
    arbitrary: fc.tuple(order, fc.integer({ min: 1, max: 8 }), terms).map(
      ([id, qty, wanted]) =>
        (product: Product) =>
          product.allocate(line(product, id, qty), wanted),
    ),
  },
  fc
    .constantFrom('confirm' as const, 'dispatch' as const)
    .chain((what) => order.map((id) => (product: Product) => product[what](of(product, id)))),
  fc.tuple(batchRef, fc.option(fc.nat(20), { nil: undefined })).map(
    ([batchRef, qty]) =>
      (product: Product) =>
        void product.arrive(of(product, batchRef), qty),
  ),
  fc.tuple(batchRef, fc.constantFrom('2031-01-01', '2031-01-02', '2031-01-03')).map(
    ([batchRef, day]) =>
      (product: Product) =>
        product.changeBatchEta(of(product, batchRef), day),
  ),
  fc.tuple(batchRef, fc.integer({ min: -3, max: 3 })).map(
    ([batchRef, delta]) =>
      (product: Product) =>
        product.adjust(of(product, batchRef), delta, 'counted'),
  ),
);

const historyOf = (steps: fc.Arbitrary<Step>) =>
  fc.record({ steps: fc.array(steps, { minLength: 1, maxLength: 40 }), seed: fc.integer({ min: 1 }) });

/** What happened to a product, and in which order its events come, each twice, in groups. */
export const history = historyOf(stepOfLife);

/** The same, with lines that are allocated for good or not at all. */
export const simpleHistory = historyOf(step);

/** Something of every kind but an expiry, for which time has to pass. */
export const everything: readonly Step[] = [
  (product) => void product.createBatch(of(product, 'b1'), 10, '2031-01-01'),
  (product) => product.allocate(line(product, 'o1', 2), { reserveFor: 60 }),
  (product) => product.allocate(line(product, 'o1', 2), { reserveFor: 120 }),
  (product) => product.confirm(of(product, 'o1')),
  (product) => product.dispatch(of(product, 'o1')),
  (product) => product.allocate(line(product, 'o2', 4), { reserveFor: 60 }),
  (product) => product.allocate(line(product, 'o3', 50), { wait: true }),
  (product) => product.allocate(line(product, 'o3', 50), { priority: 2 }),
  (product) => product.changeBatchEta(of(product, 'b1'), '2031-01-02'),
  (product) => product.arrive(of(product, 'b1')),
  (product) => product.adjust(of(product, 'b0'), -1, 'damaged'),
  (product) => product.changeBatchQuantity(of(product, 'b0'), 5),
  (product) => product.allocate(line(product, 'o4', 60), { wait: true }),
  (product) => product.deallocate(of(product, 'o4')),
  (product) => product.allocate(line(product, 'o5', 1)),
  (product) => product.deallocate(of(product, 'o5')),
];

/** A product of a SKU of its own after these steps. */
export function play(steps: readonly Step[], sku = randomSku()): Product {
  const product = new Product(sku);
  product.createBatch(of(product, 'b0'), 5, null);
  for (const wish of steps) {
    try {
      wish(product);
    } catch {
      // Refused.
    }
  }
  return product;
}

/** The events of the product as the EventBus carries them. */
export function eventsOf(product: Product): Recorded[] {
  return product.events.map((event, index) => ({
    id: `${product.sku} ${index + 1}`,
    sequence: index + 1,
    occurredAt: new Date(Date.UTC(2030, 0, 1, 0, 0, index)),
    correlationId: 'c',
    causationId: 'c',
    event,
  }));
}

/** Each item twice, in any order, in groups of one to seven. */
export function shuffledGroups<T>(items: readonly T[], seed: number): T[][] {
  let state = seed;
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const rest = [...items, ...items].map((item) => [random(), item] as const).sort(([a], [b]) => a - b);
  const groups: T[][] = [];
  while (rest.length > 0) {
    groups.push(rest.splice(0, 1 + Math.floor(random() * 7)).map(([, item]) => item));
  }
  return groups;
}
