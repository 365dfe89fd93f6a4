import type { Batch } from './batch';

/** What is found about a batch when a line seeks one. */
export interface Considered {
  readonly batch: Batch;
  readonly verdict: 'taken' | 'too few' | 'not reached';
}

/**
 * Goes through the batches for a line of `qty` pieces: the first one that can take it is taken (rules 1 and 2). This is
 * the one place that decides so, for lines that are allocated and for those of which somebody asks what would happen.
 * @param batches in the order of rule 2
 */
export function* consider(batches: Iterable<Batch>, qty: number): Generator<Considered, void> {
  let isTaken = false;
  for (const batch of batches) {
    const verdict: Considered['verdict'] = isTaken ? 'not reached' : batch.canTake(qty) ? 'taken' : 'too few';
    isTaken ||= verdict === 'taken';
    yield { batch, verdict };
  }
}

/** The batch that takes a line of `qty` pieces; undefined when none can. */
export function choose(batches: Iterable<Batch>, qty: number): Batch | undefined {
  for (const { batch, verdict } of consider(batches, qty)) if (verdict === 'taken') return batch;
  return undefined;
}
