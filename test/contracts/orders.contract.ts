import { randomUUID } from 'node:crypto';
import { runWithCorrelation } from '../../src/correlation';
import { IdempotentRequest, KeyInUse } from '../../src/idempotent-request';
import { newId } from '../../src/ids';
import type { Orders } from '../../src/orders/application/orders';
import { Order, type Step } from '../../src/orders/domain/order';
import { randomOrderId, randomSku } from '../support/random-refs';

/** What the suite needs to know of a kind of store. */
export interface OrderStore {
  /** Two of them, as two instances have them. */
  readonly instances: readonly [Orders, Orders];
  /** Whoever is at work on an unfinished order is taken for dead. */
  endLeases(): Promise<void>;
  close(): Promise<void>;
}

const wish = (...skus: string[]) => ({
  ...{ customerId: 'customer-001', partial: false, wait: true, reserveFor: 900 },
  lines: skus.map((sku) => ({ sku, qty: 2, priority: 5 })),
});

/** What every store of orders promises. */
export function ordersContract(name: string, open: () => Promise<OrderStore>): void {
  describe(`orders: ${name}`, () => {
    let store: OrderStore;
    let orders: Orders;
    let other: Orders;
    beforeAll(async () => {
      store = await open();
      [orders, other] = store.instances;
    });
    afterAll(() => store.close());

    const newOrder = (...skus: string[]) =>
      Order.of(randomOrderId(), wish(...(skus.length > 0 ? skus : ['LAMP', 'SOFA'])), 0);
    const added = async (order = newOrder()) => {
      expect(await orders.add(order)).toBe(true);
      return order;
    };

    test('keeps an order as it is, and the first one of an id', async () => {
      const order = await added();
      expect(await other.find(order.id)).toEqual(order);
      expect(await orders.find(randomOrderId())).toBeUndefined();
      const again = new Order(order.id, wish('DESK'), [{ sku: 'DESK', qty: 1, priority: 0 }]);
      expect(await other.add(again)).toBe(false);
      expect(await orders.find(order.id)).toEqual(order);
    });

    test('adds one of many orders of one id that come at once', async () => {
      const order = newOrder();
      const results = await Promise.all([orders, other, orders, other, orders].map((one) => one.add(order)));
      expect(results.filter((isNew) => isNew)).toHaveLength(1);
    });

    test('keeps a change of the version that was changed, and no other', async () => {
      const order = await added();
      const refused = order.refuse(new Map([['LAMP', { available: 1 }]]));
      expect(await orders.save(order.to('settling'))).toBe(true);
      expect(await other.save(refused)).toBe(false);
      expect(await orders.find(order.id)).toEqual(order.to('settling'));
      expect(await other.save(order.to('settling').to('reserved'))).toBe(true);
      expect(await orders.find(order.id)).toMatchObject({ step: 'reserved', version: 3 });
    });

    test('keeps one of many changes of the same version that come at once', async () => {
      const order = await added();
      const steps: Step[] = ['settling', 'queued', 'cancelling', 'confirmed'];
      const results = await Promise.all(
        steps.map((step, index) => [orders, other][index % 2].save(order.to(step))),
      );
      expect(results.filter((isStored) => isStored)).toHaveLength(1);
      expect((await orders.find(order.id))!.step).toBe(steps[results.indexOf(true)]);
    });

    test('keeps why an order was refused', async () => {
      const order = await added();
      const refused = order.refuse(new Map([['LAMP', { available: 1 }]]));
      await orders.save(refused);
      const found = await other.find(order.id);
      expect(found!.lines[0]).toEqual({ sku: 'LAMP', qty: 2, priority: 5, shortage: { available: 1 } });
      expect(found!.lines[1].shortage).toBeUndefined();
    });

    test('hands an unfinished order over when nobody goes on with it; who had it can store it no more', async () => {
      const order = await added();
      const resting = await added();
      await orders.save(resting.to('confirmed'));
      expect((await other.takeOver(100)).map((one) => one.order.id)).not.toContain(order.id);

      await store.endLeases();
      const taken = await Promise.all([orders.takeOver(100), other.takeOver(100)]);
      const all = taken.flat().map((one) => one.order);
      const mine = all.filter(({ id }) => id === order.id);
      expect(mine).toEqual([order.to('placing')]);
      expect(all.map(({ id }) => id)).not.toContain(resting.id);
      expect(await orders.save(order.to('settling'))).toBe(false);
      expect(await other.save(mine[0].to('settling'))).toBe(true);
    });

    test('says for which request an order was stored, to whoever goes on with it', async () => {
      const placing = {
        correlationId: 'sale',
        causationId: 'place',
        traceparent: '00-1-2-01',
        keyId: newId(),
      };
      const cancelling = { correlationId: 'sale', causationId: 'cancel', traceparent: undefined };
      const [one, two] = [newOrder(), newOrder()];
      await Promise.all([
        runWithCorrelation(placing, () => added(one)),
        runWithCorrelation(cancelling, () => added(two)),
      ]);
      await runWithCorrelation(cancelling, () => orders.save(one.to('cancelling')));
      await runWithCorrelation(placing, () => orders.save(two.to('settling')));
      await store.endLeases();
      const taken = await other.takeOver(100);
      const correlationOf = ({ id }: Order) => taken.find((found) => found.order.id === id)?.correlation;
      expect(correlationOf(one)).toEqual(cancelling);
      expect(correlationOf(two)).toEqual(placing);
    });

    test('records a request with the order that is stored for it, and stores none for a key that is in use', async () => {
      const request = (key: string, body: string) => new IdempotentRequest('caller', key, Buffer.from(body));
      const [key, another] = [randomUUID(), randomUUID()];
      const [one, two, three] = [newOrder(), newOrder(), await added()];
      const results = await Promise.allSettled([
        orders.add(one, request(key, 'one')),
        other.add(two, request(key, 'two')),
        orders.add(newOrder()),
        other.add(newOrder(), request(randomUUID(), 'three')),
      ]);
      const stored = results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason));
      expect(stored.slice(0, 2).filter((result) => result === true)).toHaveLength(1);
      expect(stored.slice(0, 2).filter((result) => result instanceof KeyInUse)).toHaveLength(1);
      expect(stored.slice(2)).toEqual([true, true]);
      const found = await Promise.all([one, two].map(({ id }) => orders.find(id)));
      expect(found.map((order) => order !== undefined)).toEqual(
        stored.slice(0, 2).map((result) => result === true),
      );

      await expect(orders.save(three.to('cancelling'), request(key, 'cancel'))).rejects.toThrow(KeyInUse);
      expect(await orders.find(three.id)).toEqual(three);
      // A change that is not stored takes no key.
      expect(await orders.save(three.to('queued').to('cancelling'), request(another, 'cancel'))).toBe(false);
      expect(await orders.save(three.to('cancelling'), request(another, 'cancel'))).toBe(true);
      await expect(other.add(newOrder(), request(another, 'four'))).rejects.toThrow(KeyInUse);
    });

    test('sees rivals: orders that are being placed and hold one of the SKUs for a moment', async () => {
      const [lamp, sofa, desk] = [randomSku(), randomSku(), randomSku()];
      const order = await added(newOrder(lamp, sofa));
      expect(await orders.hasRivals(order.id, [lamp, sofa])).toBe(false);
      const rival = await added(newOrder(desk, sofa));
      expect(await Promise.all([orders, other].map((one) => one.hasRivals(order.id, [lamp, sofa])))).toEqual([
        true,
        true,
      ]);
      expect(await orders.hasRivals(order.id, [lamp])).toBe(false);
      await other.save(rival.queue());
      expect(await orders.hasRivals(order.id, [sofa])).toBe(false);
    });
  });
}
