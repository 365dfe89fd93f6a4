import type { Batch } from './batch';

/** What is found about a batch when a line seeks one. */
export interface Considered {
  readonly batch: Batch;
  readonly verdict: 'taken' | 'too few' | 'not reached';
}

/**
 * The batch that takes a line of `qty` pieces, the first one that can (rules 1 and 2); undefined when none can. This is
 * the one place that decides so, for lines that are allocated and for those of which somebody asks what would happen.
 * @param batches in the order of rule 2
 */
export function choose(batches: readonly Batch[], qty: number): Batch | undefined {
  return batches.find((batch) => batch.canTake(qty));
}

/** The verdict on each of the batches when one is chosen for a line of `qty` pieces. @param batches as in `choose` */
export function consider(batches: readonly Batch[], qty: number): Considered[] {
  const taken = choose(batches, qty);
  const last = taken ? batches.indexOf(taken) : batches.length;
  return batches.map((batch, index) => ({
    batch,
    verdict: index < last ? 'too few' : index === last ? 'taken' : 'not reached',
  }));
}
