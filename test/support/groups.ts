import fc from 'fast-check';
import type { Terms } from '../../src/allocation/contracts';
import { type Step, steps } from './side-by-side';

/** Steps of which some are carried out at once: from 1 to `most`. */
export function groupsOf(most: number): fc.Arbitrary<Step[][]> {
  return fc
    .tuple(steps, fc.array(fc.integer({ min: 1, max: most }), { minLength: 60, maxLength: 60 }))
    .map(([all, sizes]) => {
      const rest = [...all];
      return sizes.map((size) => rest.splice(0, size)).filter(({ length }) => length > 0);
    });
}

const create = (batchRef: string, qty: number, eta: string | null = null): Step => ({
  do: 'create',
  batchRef,
  qty,
  eta,
});
const adjust = (batchRef: string, delta: number): Step => ({
  do: 'adjust',
  batchRef,
  delta,
  reason: 'counted',
});
const setQuantity = (batchRef: string, qty: number): Step => ({ do: 'set quantity', batchRef, qty });
const giveBack = (order: string): Step => ({ do: 'give back', order });
const ask = (order: string, qty: number, terms: Terms = {}): Step => ({ do: 'ask', order, qty, ...terms });

/** Groups in which what the first ones do says what the later ones need, while no time passes. */
export const entangled = {
  /** The batch that is cut has pieces left, and must not be taken for the one that its line goes to. */
  cutWithPiecesLeft: [
    [create('b1', 6), create('b2', 5, '2031-01-01')],
    [ask('o1', 2)],
    [setQuantity('b1', 0)],
  ],
  /** The line that a cut would displace is not the one that it displaces after the unit before it. */
  raisedBeforeCut: [
    [create('b1', 2), ask('o1', 1), ask('o2', 1)],
    [ask('o2', 1, { priority: 5 }), setQuantity('b1', 1)],
  ],
  /** Whoever waits gets the found piece before the cut, which then takes two lines off that were there before. */
  gainedBeforeCut: [
    [create('b1', 2), ask('o1', 1), ask('o2', 1), ask('o3', 1, { wait: true, priority: 1 })],
    [adjust('b1', 1), setQuantity('b1', 1)],
  ],
  /** The second cut takes off another line than the first one. */
  cutTwice: [
    [create('b1', 3), ask('o1', 1), ask('o2', 1), ask('o3', 1)],
    [adjust('b1', -1), adjust('b1', -1)],
  ],
  /** The line that would be served first leaves the wait-list in the unit before. */
  cancelledBeforeServed: [
    [create('b1', 5), ask('o1', 5), ask('o2', 5, { wait: true }), ask('o3', 5, { wait: true })],
    [giveBack('o2'), giveBack('o1')],
  ],
} satisfies Record<string, Step[][]>;

/** What two batches have back when time has passed goes to those that waited for either. */
export const expiredInTwoBatches: Step[][] = [
  [create('b1', 5), create('b2', 5), ask('o1', 5, { reserveFor: 1 }), ask('o2', 5, { reserveFor: 1 })],
  [ask('o3', 5, { wait: true }), ask('o4', 5, { wait: true })],
  [{ do: 'wait', seconds: 1 }, { do: 'expire' }],
];
