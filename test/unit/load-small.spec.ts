import fc from 'fast-check';
import { smallProduct } from '../support/memory-products/load-small';
import {
  afterChange,
  productOf,
  type StoredProduct,
  UNKNOWN,
} from '../support/memory-products/stored-product';
import { recordEvents } from '../../src/allocation/application/recorded';
import type { Product } from '../../src/allocation/domain/product';
import { entangled, expiredInTwoBatches, groupsOf } from '../support/groups';
import { type HandedOver, UnitsOfWishes } from '../support/units-of-wishes';

const SKU = 'SOFA';

const units = new UnitsOfWishes();

beforeAll(() => units.start());
afterAll(() => units.stop());

/** What the units do to the product, one after the other; one that throws leaves it as it was. */
function outcomes(product: Product, group: readonly HandedOver[]): unknown[] {
  return group.map(({ work }) => {
    product.expireReservations();
    try {
      return work(product);
    } catch (error) {
      return (error as Error).message;
    }
  });
}

const correlation = { correlationId: 'test', causationId: 'test' };
test('a product loaded with what units of work name decides like the whole product, one by one and in groups', async () => {
  await fc.assert(
    fc.asyncProperty(groupsOf(4), async (rounds) => {
      let stored: StoredProduct = UNKNOWN;
      let now = 0;
      for (const group of rounds) {
        for (const step of group) now += step.do === 'wait' ? step.seconds * 1_000 : 0;
        const time = new Date(now);
        const collected = await units.of(SKU, group);
        const scopes = collected.map(({ scope }) => scope);
        const whole = productOf(SKU, stored, stored.batches.values(), stored.lines.values(), time);
        const small = smallProduct(SKU, stored, scopes, time);

        const expected = outcomes(whole, collected);
        expect(outcomes(small, collected)).toEqual(expected);
        expect(small.events).toEqual(whole.events);
        const events = recordEvents(whole, 0, whole.events.length, correlation, time);
        stored = afterChange(stored, { loadedVersion: stored.version, events });
      }
    }),
    { numRuns: 500, examples: [...Object.values(entangled), expiredInTwoBatches].map((one) => [one]) },
  );
}, 300_000);
