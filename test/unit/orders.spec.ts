import { History } from '../../src/customers/domain/history';
import { isSameWish, type LineState, Order, stateOf, type Wish } from '../../src/orders/domain/order';

const wish: Wish = {
  ...{ customerId: null, partial: false, wait: false, reserveFor: null },
  lines: [{ sku: 'LAMP', qty: 1 }],
};
const order = Order.of('o', wish, 10);

test('the state of an order is what its lines say, whoever changed them', () => {
  const cases: [LineState[], string][] = [
    [['allocated', 'allocated'], 'confirmed'],
    [['allocated', 'out of stock'], 'confirmed'],
    [['allocated', 'reserved'], 'reserved'],
    [['allocated', 'waiting'], 'waiting'],
    [['allocated', 'dispatched'], 'confirmed'],
    [['dispatched', 'deallocated'], 'dispatched'],
    [['deallocated', 'deallocated'], 'cancelled'],
    [['deallocated', 'expired'], 'expired'],
    [['reserved', 'expired'], 'reserved'],
  ];
  for (const [states, state] of cases)
    expect([states, stateOf(order.to('confirmed'), states)]).toEqual([states, state]);
});

test('an order that is not placed yet, or not any more, has that state, whatever becomes of its lines', () => {
  expect(stateOf(order, ['allocated'])).toBe('placing');
  expect(stateOf(order.to('queued'), [])).toBe('placing');
  expect(stateOf(order.to('cancelling'), ['allocated'])).toBe('cancelled');
  expect(stateOf(order.to('short'), ['out of stock'])).toBe('short');
  expect(stateOf(order.to('expired'), ['deallocated'])).toBe('expired');
});

test('lines of an order have the priority that it says, or that of its customer (rule 21)', () => {
  const lines = [
    { sku: 'LAMP', qty: 1 },
    { sku: 'SOFA', qty: 1, priority: 0 },
  ];
  const prioritiesOf = ({ lines }: Order) => lines.map(({ priority }) => priority);
  const order = Order.of('o', { ...wish, lines }, 0);
  expect(prioritiesOf(order)).toEqual([0, 0]);
  expect(prioritiesOf(order.refuse(new Map()).anew(10))).toEqual([10, 0]);
});

test('two wishes are the same when nothing in them differs', () => {
  expect(isSameWish(wish, structuredClone(wish))).toBe(true);
  for (const other of [
    { customerId: 'jo' },
    { partial: true },
    { wait: true },
    { reserveFor: 1 },
    { lines: [] },
    { lines: [{ sku: 'LAMP', qty: 2 }] },
    { lines: [{ sku: 'SOFA', qty: 1 }] },
    { lines: [{ sku: 'LAMP', qty: 1, priority: 0 }] },
  ])
    expect(isSameWish(wish, { ...wish, ...other })).toBe(false);
});

test('rule 21: the third order makes a customer a VIP, and an order counts once', () => {
  const now = new Date('2030-01-01T12:00:00Z');
  const history = new History('jo', 'jo@example.com', 1, null, new Set(['first']), now);
  for (const id of ['first', 'second', 'second', 'first']) history.recordOrder(id);
  expect([history.orders, history.vipSince, history.priority, history.events]).toEqual([2, null, 0, []]);
  for (const id of ['third', 'third', 'fourth']) history.recordOrder(id);
  expect([history.orders, history.vipSince, history.priority]).toEqual([4, now, 10]);
  expect(history.events).toEqual([{ customerId: 'jo', email: 'jo@example.com' }]);
  expect(history.newOrders).toEqual(['second', 'third', 'fourth']);
});
