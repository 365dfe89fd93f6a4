import type { Terms } from '../../src/allocation/contracts';
import type { Answer, Seen, SystemUnderTest, Wish } from '../support/life';
import { LifeService, MemoryStore } from '../support/life-system';

const [SOON, LATER, LATEST] = ['2031-01-01', '2031-01-02', '2031-02-01'];

let service: LifeService<MemoryStore>;
let shop: SystemUnderTest;
/** What was told of days by the last wish. */
let seen: Seen;

beforeAll(async () => {
  service = await new LifeService(new MemoryStore()).start();
});
beforeEach(() => {
  shop = service.newSku();
});
afterAll(() => service.stop());

async function wish(one: Wish): Promise<Answer> {
  const answer = await shop.carryOut(one);
  seen = await shop.look();
  return answer;
}
const batch = (batchRef: string, qty: number, eta: string | null = null) =>
  wish({ do: 'create', batchRef, qty, eta });
const ask = (order: string, qty: number, terms: Terms = {}) => wish({ do: 'ask', order, qty, ...terms });
const confirm = (order: string) => wish({ do: 'confirm', order });
const giveBack = (order: string) => wish({ do: 'give back', order });
const dispatch = (order: string) => wish({ do: 'dispatch', order });
const setQuantity = (batchRef: string, qty: number) => wish({ do: 'set quantity', batchRef, qty });
const arrive = (batchRef: string, qty?: number) => wish({ do: 'arrive', batchRef, qty });
const changeEta = (batchRef: string, eta: string, qty?: number) =>
  wish({ do: 'change ETA', batchRef, eta, qty });
const adjust = (batchRef: string, delta: number) =>
  wish({ do: 'adjust', batchRef, delta, reason: 'damaged' });

const batchOf = (order: string) => seen.lines[order].batchRef;
const stateOf = (order: string) => seen.lines[order].state;
const placeOf = (order: string) => seen.lines[order].place;
const inSeconds = (seconds: number) => new Date(service.store.now() + seconds * 1_000).toISOString();

describe('a line that is reserved', () => {
  test('holds its pieces until it expires, and not for a moment longer (rules 11 and 12)', async () => {
    await batch('b1', 10);
    expect(await ask('o1', 10, { reserveFor: 60 })).toBe('reserved');
    expect(seen.lines.o1).toMatchObject({ batchRef: 'b1', expiresAt: inSeconds(60) });
    await shop.pass(59);
    expect(await ask('o2', 1)).toBe('out of stock');
    await shop.pass(1);
    expect(await ask('o2', 10)).toBe('allocated');
    expect(stateOf('o1')).toBe('expired');
  });

  test('gives its pieces back when time has passed, without anybody asking for them (rule 12)', async () => {
    await batch('b1', 10);
    await ask('o1', 10, { reserveFor: 60 });
    await shop.pass(60);
    await wish({ do: 'expire' });
    expect([stateOf('o1'), seen.batches.b1.available]).toEqual(['expired', 10]);
  });

  test('is allocated once it is confirmed, in the batch it has, even if a better one came (rule 11)', async () => {
    await batch('b1', 10, SOON);
    await ask('o1', 10, { reserveFor: 60 });
    await batch('b2', 10);
    await confirm('o1');
    await shop.pass(60);
    await wish({ do: 'expire' });
    expect(seen.lines.o1).toEqual({ state: 'allocated', qty: 10, batchRef: 'b1', eta: SOON, priority: 0 });
    await confirm('o1');
    expect(stateOf('o1')).toBe('allocated');
  });

  test('lasts longer when it is asked for again, never shorter; without a time it is confirmed (rule 11)', async () => {
    await batch('b1', 10);
    await ask('o1', 10, { reserveFor: 60 });
    await ask('o1', 10, { reserveFor: 10 });
    expect(seen.lines.o1.expiresAt).toBe(inSeconds(60));
    await shop.pass(30);
    await ask('o1', 10, { reserveFor: 60 });
    expect(seen.lines.o1.expiresAt).toBe(inSeconds(60));
    await ask('o1', 10);
    expect(stateOf('o1')).toBe('allocated');
    await ask('o1', 10, { reserveFor: 60 });
    expect(stateOf('o1')).toBe('allocated');
  });

  test('never stands in the way of its own order, nor comes back to life when others have its pieces (rule 11)', async () => {
    await batch('b1', 10);
    await ask('o1', 10, { reserveFor: 60 });
    await shop.pass(60);
    expect(await ask('o1', 10, { reserveFor: 60 })).toBe('reserved');
    await shop.pass(60);
    await ask('o2', 1);
    expect(await ask('o1', 10, { reserveFor: 60 })).toBe('out of stock');
  });

  test.each(['at once', 'after it was tidied up'])(
    'cannot be confirmed or dispatched once it expired: %s (rule 11)',
    async (when) => {
      await batch('b1', 10);
      await ask('o1', 10, { reserveFor: 60 });
      await shop.pass(60);
      if (when !== 'at once') await wish({ do: 'expire' });
      expect(await confirm('o1')).toBe('ExpiredReservation');
      expect(await dispatch('o1')).toBe('ExpiredReservation');
      expect(await giveBack('o1')).toBe('LineNotAllocated');
    },
  );
});

describe('a line that waits', () => {
  test('is out of stock first, and has the pieces before whoever asks later (rule 13)', async () => {
    await batch('b1', 5);
    expect(await ask('o1', 10, { wait: true })).toBe('waiting');
    expect(await ask('o2', 10)).toBe('out of stock');
    await batch('b2', 10, SOON);
    expect(batchOf('o1')).toBe('b2');
    expect(await ask('o2', 10)).toBe('out of stock');
  });

  test.each<[string, () => Promise<unknown>]>([
    ['a batch is bought', () => batch('b2', 4)],
    ['a batch has more', () => setQuantity('b1', 14)],
    ['pieces are found', () => wish({ do: 'adjust', batchRef: 'b1', delta: 4, reason: 'found' })],
    ['more arrives than was expected', () => arrive('b1', 14)],
    ['a line is given back', () => giveBack('o1')],
    ['a reservation runs out', () => shop.pass(60).then(() => wish({ do: 'expire' }))],
  ])('is served when %s (rule 13)', async (_, happens) => {
    await batch('b1', 10, SOON);
    await ask('o1', 6, { reserveFor: 60 });
    await ask('o2', 4);
    await ask('o3', 4, { wait: true });
    expect(stateOf('o3')).toBe('waiting');
    await happens();
    expect(stateOf('o3')).toBe('allocated');
  });

  test('is served when another one moves to a better batch (rules 10 and 13)', async () => {
    await batch('ship', 10, SOON);
    await ask('o1', 4);
    await ask('o2', 8, { wait: true });
    await batch('warehouse', 5);
    expect(stateOf('o2')).toBe('waiting');
    await wish({ do: 'reallocate', order: 'o1' });
    expect([batchOf('o1'), batchOf('o2')]).toEqual(['warehouse', 'ship']);
  });

  test('is served when another one moves since its ship is late (rules 13 and 17)', async () => {
    await batch('ship', 10, SOON);
    await ask('o1', 4);
    await ask('o2', 8, { wait: true });
    await batch('other', 5, LATER);
    await changeEta('ship', LATEST);
    expect([batchOf('o1'), batchOf('o2')]).toEqual(['other', 'ship']);
  });

  test('has its place by priority, then by age, and is passed over when it is too large (rule 13)', async () => {
    await batch('b1', 1);
    await ask('o1', 6, { wait: true });
    await ask('o2', 2, { wait: true });
    await ask('o3', 2, { wait: true, priority: 10 });
    await ask('o4', 9, { wait: true, priority: 5 });
    expect(['o3', 'o4', 'o1', 'o2'].map(placeOf)).toEqual([1, 2, 3, 4]);
    await batch('b2', 4);
    expect(['o3', 'o4', 'o1', 'o2'].map(stateOf)).toEqual(['allocated', 'waiting', 'waiting', 'allocated']);
  });

  test('gets another place with another priority, and keeps its age (rules 4 and 13)', async () => {
    await batch('b1', 1);
    await ask('o1', 2, { wait: true });
    await ask('o2', 2, { wait: true });
    await ask('o2', 2, { priority: 1 });
    expect([placeOf('o2'), placeOf('o1')]).toEqual([1, 2]);
    await ask('o2', 2, { priority: 0 });
    expect([placeOf('o1'), placeOf('o2')]).toEqual([1, 2]);
    expect(await ask('o2', 3)).toBe('LineConflict');
  });

  test('is reserved from the moment on when it is served, and for good once it was confirmed (rules 11 and 13)', async () => {
    await batch('b1', 1);
    await ask('o1', 2, { wait: true, reserveFor: 60 });
    await ask('o2', 2, { wait: true, reserveFor: 60 });
    await confirm('o2');
    await shop.pass(3_600);
    await batch('b2', 4);
    expect(seen.lines.o1).toMatchObject({ state: 'reserved', expiresAt: inSeconds(60) });
    expect(stateOf('o2')).toBe('allocated');
  });

  test('leaves the list when it is given back, and cannot be dispatched or moved before it is served (rules 14 and 15)', async () => {
    await batch('b1', 1);
    await ask('o1', 2, { wait: true });
    await ask('o2', 2, { wait: true });
    expect(await dispatch('o1')).toBe('LineNotConfirmed');
    expect(await wish({ do: 'reallocate', order: 'o1' })).toBe('LineNotAllocated');
    await giveBack('o1');
    expect([stateOf('o1'), placeOf('o2')]).toEqual(['deallocated', 1]);
    await batch('b2', 2);
    expect(stateOf('o1')).toBe('deallocated');
  });
});

describe('a batch that lost pieces', () => {
  test('takes off the lowest priority first, then the newest, and serves the highest first, then the oldest (rule 7)', async () => {
    await batch('b1', 10);
    await ask('o1', 2);
    await ask('o2', 2, { priority: -5 });
    await ask('o3', 2, { priority: 5 });
    await ask('o4', 2);
    await ask('o5', 2);
    await batch('b2', 5, LATER);
    await setQuantity('b1', 3);
    // o2, o5, o4 and o1 go, and come back as o1, o4, o5 and o2: two of them find room.
    expect(['o1', 'o2', 'o3', 'o4', 'o5'].map((order) => batchOf(order) ?? stateOf(order))).toEqual([
      'b2',
      'out of stock',
      'b1',
      'b2',
      'out of stock',
    ]);
    expect(seen.promises).toEqual([
      ['o1', null, LATER],
      ['o4', null, LATER],
    ]);
  });

  test('does not take a line for a newer one because it was moved (rule 7)', async () => {
    await batch('ship', 10, SOON);
    await ask('old', 2);
    await batch('b1', 4);
    await ask('new', 2);
    await wish({ do: 'reallocate', order: 'old' });
    await setQuantity('b1', 2);
    expect([batchOf('old'), batchOf('new')]).toEqual(['b1', 'ship']);
  });

  test('lets those wait that had asked to, as long as they were reserved, in the place of their age (rules 7 and 13)', async () => {
    await batch('b1', 4);
    await ask('o1', 2, { wait: true, reserveFor: 60 });
    await ask('o2', 2, { wait: true });
    await ask('o3', 3, { wait: true });
    await shop.pass(20);
    await setQuantity('b1', 0);
    expect(['o1', 'o2', 'o3'].map(placeOf)).toEqual([1, 2, 3]);
    await shop.pass(3_600);
    await batch('b2', 4, LATER);
    expect(seen.lines.o1).toMatchObject({ state: 'reserved', expiresAt: inSeconds(40) });
    expect(seen.promises).toEqual([
      ['o1', null, LATER],
      ['o2', null, LATER],
    ]);
  });

  test('keeps what was dispatched, and cannot be cut below that (rules 7 and 14)', async () => {
    await batch('b1', 10);
    await ask('o1', 4);
    await ask('o2', 4, { priority: 5 });
    await dispatch('o1');
    expect(await setQuantity('b1', 3)).toBe('QuantityOutOfBounds');
    await setQuantity('b1', 4);
    expect(['o1', 'o2'].map(stateOf)).toEqual(['dispatched', 'out of stock']);
    expect(await adjust('b1', -1)).toBe('QuantityOutOfBounds');
  });
});

describe('a line that is dispatched', () => {
  test('has left for good: it is held already, and cannot be given back or moved (rules 4, 14 and 15)', async () => {
    await batch('b1', 10);
    await ask('o1', 4);
    await dispatch('o1');
    await dispatch('o1');
    expect(seen.batches.b1).toMatchObject({ available: 6, has: 6 });
    expect(await ask('o1', 4, { reserveFor: 60, priority: 3 })).toBe('dispatched');
    expect(await ask('o1', 5)).toBe('LineConflict');
    expect(await giveBack('o1')).toBe('LineDispatched');
    expect(await wish({ do: 'reallocate', order: 'o1' })).toBe('LineDispatched');
    expect(seen.lines.o1).toEqual({ state: 'dispatched', qty: 4, batchRef: 'b1', eta: null, priority: 0 });
  });

  test('was allocated, in a batch that has arrived (rule 14)', async () => {
    await batch('b1', 10, SOON);
    await ask('o1', 4, { reserveFor: 60 });
    expect(await dispatch('o1')).toBe('LineNotConfirmed');
    await confirm('o1');
    expect(await dispatch('o1')).toBe('BatchNotArrived');
    await arrive('b1');
    await dispatch('o1');
    expect(stateOf('o1')).toBe('dispatched');
    expect(await dispatch('o2')).toBe('LineNotAllocated');
  });
});

describe('a batch that arrives', () => {
  test('is in the warehouse, and each of its customers is told (rule 16)', async () => {
    await batch('b1', 10, SOON);
    await ask('o1', 4);
    await ask('o2', 4, { reserveFor: 60 });
    expect(await arrive('b1')).toBe('arrived');
    expect(seen.promises).toEqual([
      ['o1', SOON, null],
      ['o2', SOON, null],
    ]);
    expect(seen.lines.o2).toMatchObject({ state: 'reserved', eta: null });
    expect(await arrive('b1', 10)).toBe('arrived already');
    expect(await arrive('b1', 9)).toBe('BatchArrivedAlready');
    expect(await changeEta('b1', LATER)).toBe('BatchArrivedAlready');
  });

  test('with fewer pieces displaces lines, whose customers are told one day, and that once (rules 7 and 16)', async () => {
    await batch('b1', 10, SOON);
    await batch('b2', 4, LATER);
    await ask('o1', 1);
    await ask('o2', 4);
    await ask('o3', 4);
    await arrive('b1', 6);
    expect(['o1', 'o2', 'o3'].map(batchOf)).toEqual(['b1', 'b1', 'b2']);
    expect(seen.promises).toEqual([
      ['o1', SOON, null],
      ['o2', SOON, null],
      ['o3', SOON, LATER],
    ]);
  });
});

describe('a batch that is late', () => {
  test('loses the lines that others can serve earlier, the highest priority first, then the oldest (rule 17)', async () => {
    await batch('b1', 10, SOON);
    await ask('o1', 2);
    await ask('o2', 2);
    await ask('o3', 2, { priority: 1 });
    await batch('b2', 5, LATER);
    await changeEta('b1', LATEST);
    expect(['o1', 'o2', 'o3'].map(batchOf)).toEqual(['b2', 'b1', 'b2']);
    expect(seen.promises).toEqual([
      ['o1', SOON, LATER],
      ['o2', SOON, LATEST],
      ['o3', SOON, LATER],
    ]);
  });

  test('keeps them when others come on the same day, and tells nobody twice (rule 17)', async () => {
    await batch('b1', 10, SOON);
    await batch('b2', 10, LATER);
    await ask('o1', 2);
    await changeEta('b1', LATER);
    expect([batchOf('o1'), seen.promises]).toEqual(['b1', [['o1', SOON, LATER]]]);
    await changeEta('b1', LATER);
    expect(seen.promises).toEqual([]);
  });

  test('has its new place among the batches (rules 2 and 17)', async () => {
    await batch('b1', 10, SOON);
    await batch('b2', 10, LATER);
    await changeEta('b1', LATEST);
    await ask('o1', 2);
    expect(batchOf('o1')).toBe('b2');
    await changeEta('b1', SOON);
    await ask('o2', 2);
    expect(batchOf('o2')).toBe('b1');
  });
});

describe('a batch of which the day and the quantity are changed at once', () => {
  test('that comes late and short gives the earlier day to the highest priority (rules 7 and 17)', async () => {
    await batch('b1', 10, SOON);
    await ask('o1', 5, { priority: 10 });
    await ask('o2', 5);
    await batch('b2', 5, LATER);
    await changeEta('b1', LATEST, 5);
    expect(['o1', 'o2'].map(batchOf)).toEqual(['b2', 'b1']);
    expect(seen.promises).toEqual([
      ['o1', SOON, LATER],
      ['o2', SOON, LATEST],
    ]);
  });

  test('that comes late with more serves who waits with the new day, and tells him no other (rules 13 and 17)', async () => {
    await batch('b1', 2, SOON);
    await ask('o1', 2);
    await ask('o2', 2, { wait: true });
    await changeEta('b1', LATEST, 4);
    expect(seen.lines.o2).toMatchObject({ batchRef: 'b1', eta: LATEST });
    expect(seen.promises).toEqual([['o1', SOON, LATEST]]);
  });

  test('that comes late and short serves nobody with pieces that it then lacks (rules 7 and 13)', async () => {
    await batch('b1', 10, SOON);
    await ask('o1', 5);
    await ask('o2', 5);
    await ask('o3', 10, { wait: true });
    await batch('b2', 5, LATER);
    await batch('b3', 5, LATER);
    const before = service.store.events.length;
    await changeEta('b1', LATEST, 5);
    expect(['o1', 'o2', 'o3'].map(batchOf)).toEqual(['b2', 'b3', undefined]);
    expect(
      service.store.events.slice(before).filter((event) => 'orderId' in event && event.orderId === 'o3'),
    ).toEqual([]);
  });

  test('that comes earlier and short tells those that lose their pieces one day alone (rules 7 and 17)', async () => {
    await batch('b1', 10, LATEST);
    await ask('o1', 5, { priority: 10 });
    await ask('o2', 5);
    await batch('b2', 5, LATER);
    await changeEta('b1', SOON, 5);
    expect(['o1', 'o2'].map(batchOf)).toEqual(['b1', 'b2']);
    expect(seen.promises).toEqual([
      ['o1', LATEST, SOON],
      ['o2', LATEST, LATER],
    ]);
  });

  test('is left as it was when one of both is refused (rules 14 and 17)', async () => {
    await batch('b1', 10);
    expect(await changeEta('b1', LATEST, 5)).toBe('BatchArrivedAlready');
    expect(seen.batches.b1).toMatchObject({ eta: null, available: 10 });
  });
});

test('every change of a batch is a movement, and they add up to what it has (rule 18)', async () => {
  await batch('b1', 10, SOON);
  await ask('o1', 2);
  await setQuantity('b1', 12);
  await arrive('b1', 11);
  await dispatch('o1');
  await adjust('b1', -3);
  await adjust('b1', 0);
  const { has, movements } = seen.batches.b1;
  expect(movements).toEqual([
    [10, 'purchased'],
    [2, 'quantity set'],
    [-1, 'arrived'],
    [-2, 'dispatched'],
    [-3, 'damaged'],
  ]);
  expect(has).toBe(6);
  expect(await adjust('b1', 2_147_483_647)).toBe('QuantityOutOfBounds');
});

describe('an explanation', () => {
  const explain = (order: string, qty: number, terms: Terms = {}) =>
    shop.explain({ do: 'ask', order, qty, ...terms });

  test('names every batch in the order of preference with its verdict, and changes nothing (rule 19)', async () => {
    await batch('small', 3);
    await batch('late', 20, LATER);
    await batch('soon', 10, SOON);
    const before = seen;
    expect(await explain('o1', 10)).toEqual({
      ...{ outcome: 'allocated', batchRef: 'soon', eta: SOON, place: null },
      considered: [
        { batchRef: 'small', eta: null, available: 3, verdict: 'too few: 3 of 10' },
        { batchRef: 'soon', eta: SOON, available: 10, verdict: 'taken' },
        { batchRef: 'late', eta: LATER, available: 20, verdict: 'not reached' },
      ],
    });
    expect(await shop.look()).toEqual(before);
  });

  test('tells the place on the wait-list, and counts what ran out as free (rules 12 and 19)', async () => {
    await batch('b1', 10);
    await ask('o1', 10, { reserveFor: 60 });
    await ask('o2', 11, { wait: true });
    expect(await explain('o3', 2)).toMatchObject({ outcome: 'out of stock', place: 2 });
    expect(await explain('o3', 2, { priority: 1, wait: true })).toMatchObject({
      outcome: 'waiting',
      place: 1,
    });
    await shop.pass(60);
    expect(await explain('o3', 2)).toMatchObject({ outcome: 'allocated', batchRef: 'b1', place: null });
    expect(stateOf('o1')).toBe('reserved');
  });

  test('of a line that is known says how it stays, and of another quantity that it is a conflict (rules 4 and 19)', async () => {
    await batch('b1', 10);
    await ask('o1', 10, { reserveFor: 60 });
    const stays = { batchRef: 'b1', eta: null, place: null, considered: [] };
    expect(await explain('o1', 10, { reserveFor: 60 })).toEqual({ outcome: 'reserved', ...stays });
    expect(await explain('o1', 10)).toEqual({ outcome: 'allocated', ...stays });
    expect(await explain('o1', 9)).toBe('LineConflict');
  });

  test('of an unknown SKU is refused (rules 6 and 19)', async () => {
    expect(await explain('o1', 10)).toBe('InvalidSku');
  });
});

describe('a line that is wanted with another quantity (rule 10)', () => {
  const change = (order: string, qty: number) => wish({ do: 'change line', order, qty });

  test('has it, with its own pieces counted as free, and keeps its terms', async () => {
    await batch('b1', 10);
    await ask('o1', 6, { priority: 3, reserveFor: 60 });
    expect(await change('o1', 10)).toBe('changed');
    expect(seen.lines.o1).toMatchObject({
      state: 'reserved',
      qty: 10,
      priority: 3,
      expiresAt: inSeconds(60),
    });
    expect(seen.batches.b1.available).toBe(0);
    expect(await change('o1', 2)).toBe('changed');
    expect(seen.batches.b1.available).toBe(8);
    expect(await change('o1', 2)).toBe('changed');
  });

  test('keeps what it has when no batch can take so many', async () => {
    await batch('b1', 10);
    await batch('b2', 5, SOON);
    await ask('o1', 6);
    await ask('o2', 4);
    expect(await change('o1', 7)).toBe('out of stock');
    expect(seen.lines.o1).toMatchObject({ state: 'allocated', qty: 6, batchRef: 'b1' });
  });

  test('goes to another batch when that can take it, and its customer is told of the other day', async () => {
    await batch('b1', 6);
    await batch('b2', 10, SOON);
    await ask('o1', 6);
    expect(await change('o1', 7)).toBe('changed');
    expect(seen.lines.o1).toMatchObject({ qty: 7, batchRef: 'b2', eta: SOON });
    expect(seen.promises).toEqual([['o1', null, SOON]]);
    expect(await change('o1', 5)).toBe('changed');
    expect(batchOf('o1')).toBe('b1');
  });

  test('leaves its pieces to those that wait, and waits itself behind those that came before', async () => {
    await batch('b1', 10);
    await ask('o1', 10);
    await ask('o2', 4, { wait: true });
    await ask('o3', 8, { wait: true });
    expect(await change('o1', 6)).toBe('changed');
    expect(batchOf('o2')).toBe('b1');
    await ask('o4', 9, { wait: true });
    expect(placeOf('o3')).toBe(1);
    expect(await change('o3', 9)).toBe('changed');
    expect([placeOf('o4'), placeOf('o3')]).toEqual([1, 2]);
  });

  test('cannot be what it is not any more', async () => {
    await batch('b1', 10);
    expect(await change('o1', 1)).toBe('LineNotAllocated');
    await ask('o1', 1);
    await dispatch('o1');
    expect(await change('o1', 2)).toBe('LineDispatched');
    await ask('o2', 1, { reserveFor: 1 });
    await shop.pass(1);
    expect(await change('o2', 2)).toBe('ExpiredReservation');
  });
});
