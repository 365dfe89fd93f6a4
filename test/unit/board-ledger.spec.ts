interface Step {
  readonly sequence: number;
  readonly step: number;
  readonly level: number;
}
interface Ledger {
  onHandOf(availability: object): number;
  onHandBefore(movements: readonly object[], batches: readonly object[], now: number): Step[];
  arrivalsOf(batches: readonly object[], promises: readonly object[], here: object): object[];
}
// The page has no types.
const { onHandOf, onHandBefore, arrivalsOf } = jest.requireActual<Ledger>('../../src/board/page/ledger.js');

const batch = (
  batchRef: string,
  purchasedQuantity: number,
  dispatchedQuantity = 0,
  eta: string | null = null,
) => ({
  ...{ ref: batchRef, purchasedQuantity, dispatchedQuantity, eta },
  availableQuantity: purchasedQuantity - dispatchedQuantity,
});

/** Movements from the oldest to the newest, as the service tells them: the newest first. */
const ledger = (...movements: [batchRef: string, reason: string, pieces: number][]) =>
  movements
    .map(([batchRef, reason, pieces], index) => {
      const occurredAt = new Date(Date.UTC(2030, 0, 1 + index)).toISOString();
      return { batchRef, reason, pieces, sequence: index + 1, occurredAt };
    })
    .reverse();

const levels = (movements: readonly object[], batches: readonly object[], now: number) =>
  onHandBefore(movements, batches, now).map(({ sequence, level }) => [sequence, level]);

const whole = ledger(
  ['ship', 'purchased', 40],
  ['shelf', 'purchased', 10],
  ['ship', 'supplier', -4],
  ['shelf', 'dispatched', -3],
  ['ship', 'arrived', -1],
  ['ship', 'dispatched', -5],
);
const batches = [batch('shelf', 10, 3), batch('ship', 35, 5)];

test('what was on hand after each movement counts a ship from its arrival on', () => {
  expect(levels(whole, batches, 37)).toEqual([
    [1, 0],
    [2, 10],
    [3, 10],
    [4, 7],
    [5, 42],
    [6, 37],
  ]);
});

test('what comes on hand by a movement is the whole of a ship that arrives, and nothing before', () => {
  const steps = onHandBefore(whole, batches, 37).map(({ step }) => step);
  expect(steps).toEqual([0, 10, 0, -3, 35, -5]);
});

test.each([1, 2, 3, 4, 5])('of %i of the newest movements it says what it says of all', (known) => {
  expect(levels(whole.slice(0, known), batches, 37)).toEqual(levels(whole, batches, 37).slice(-known));
});

test('a ship that is still on its way is not on hand, whatever moves in it', () => {
  const movements = ledger(['shelf', 'purchased', 2], ['ship', 'purchased', 9], ['ship', 'supplier', 1]);
  const afloat = [batch('shelf', 2), batch('ship', 10, 0, '2030-03-01')];
  expect(levels(movements, afloat, 2)).toEqual([
    [1, 2],
    [2, 2],
    [3, 2],
  ]);
});

test('what is on hand is what is free and promised of all batches, but for those on their way', () => {
  expect(onHandOf({ available: 12, allocated: 30, reserved: 3, inTransit: 25 })).toBe(20);
});

test('arrivals are by day, with whom their pieces are promised to; the warehouse is as large as it is said to be', () => {
  const [near, far] = [batch('near', 5, 0, '2030-01-05'), batch('far', 7, 0, '2030-02-01')];
  const lines = [
    { orderId: 'a', eta: null },
    { orderId: 'b', eta: '2030-01-05' },
  ];
  const here = { total: 5000, free: 4000 };
  expect(arrivalsOf([batch('shelf', 10), near, batch('same', 1, 0, '2030-01-05'), far], lines, here)).toEqual(
    [
      { eta: null, total: 5000, free: 4000, lines: [lines[0]] },
      { eta: '2030-01-05', total: 6, free: 6, lines: [lines[1]] },
      { eta: '2030-02-01', total: 7, free: 7, lines: [] },
    ],
  );
});
