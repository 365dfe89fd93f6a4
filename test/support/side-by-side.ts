import fc from 'fast-check';
import { adjustmentReasons } from '../../src/allocation/contracts';
import type { SystemUnderTest, Wish } from './life';
import { Oracle } from './oracle';

/** A wish, or time that passes. */
export type Step = Wish | { readonly do: 'wait'; readonly seconds: number };

const batchRef = fc.constantFrom('b1', 'b2', 'b3', 'b4');
const order = fc.constantFrom('o1', 'o2', 'o3', 'o4', 'o5', 'o6');
const day = fc.constantFrom('2031-01-01', '2031-01-02', '2031-01-03');
const seconds = fc.constantFrom(1, 10, 60);

/** Few orders, batches and quantities, so that they get in each other's way. */
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('create' as const),
        batchRef,
        qty: fc.integer({ min: 1, max: 12 }),
        eta: fc.option(day, { freq: 2 }),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record(
        {
          do: fc.constant('ask' as const),
          order,
          qty: fc.integer({ min: 1, max: 6 }),
          priority: fc.integer({ min: -1, max: 2 }),
          wait: fc.boolean(),
          reserveFor: fc.option(seconds, { nil: undefined, freq: 2 }),
        },
        { requiredKeys: ['do', 'order', 'qty'] },
      ),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constantFrom('confirm', 'give back', 'reallocate', 'dispatch', 'dispatch'),
        order,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('change line' as const),
        order,
        qty: fc.integer({ min: 1, max: 6 }),
      }),
    },
    fc.record({ do: fc.constant('set quantity' as const), batchRef, qty: fc.nat({ max: 20 }) }),
    fc.record({
      do: fc.constant('adjust' as const),
      batchRef,
      delta: fc.integer({ min: -5, max: 5 }),
      reason: fc.constantFrom(...adjustmentReasons),
    }),
    fc.record(
      { do: fc.constant('arrive' as const), batchRef, qty: fc.nat({ max: 12 }) },
      { requiredKeys: ['do', 'batchRef'] },
    ),
    fc.record(
      { do: fc.constant('change ETA' as const), batchRef, eta: day, qty: fc.nat({ max: 20 }) },
      { requiredKeys: ['do', 'batchRef', 'eta'] },
    ),
    fc.record({ do: fc.constant('expire' as const) }),
    { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds }) },
  ),
  { minLength: 20, maxLength: 60, size: 'max' },
);

/**
 * Runs the steps on the service and on the oracle, and compares after each what was answered and all that can be seen.
 * Before each line is asked for, it is asked what would happen; and that has to happen.
 * @param now the time of the service, in milliseconds
 */
export async function runSideBySide(
  system: SystemUnderTest,
  steps: readonly Step[],
  now: number,
): Promise<void> {
  const oracle = new Oracle(now);
  for (const step of steps) {
    if (step.do === 'wait') {
      oracle.pass(step.seconds);
      await system.pass(step.seconds);
      continue;
    }
    const explained = step.do === 'ask' ? await system.explain(step) : undefined;
    if (step.do === 'ask') expect(explained).toEqual(oracle.explain(step));
    const answer = await system.carryOut(step);
    const expected = oracle.carryOut(step);
    expect(answer).toEqual(system.hears ? system.hears(step, expected) : expected);
    if (system.sweeps) oracle.carryOut({ do: 'expire' });
    const seen = await system.look();
    expect(seen).toEqual(oracle.look());
    if (system.availability) expect(await system.availability()).toEqual(oracle.availability());
    if (step.do !== 'ask' || typeof explained !== 'object') continue;
    const {
      outcome,
      batchRef = null,
      eta = null,
      place = null,
    } = { outcome: answer, ...seen.lines[step.order] };
    const told = { outcome, batchRef, eta, place: outcome === 'out of stock' ? explained.place : place };
    expect(explained).toMatchObject(told);
  }
}
