import {
  Allocated,
  Deallocated,
  type DomainEvent,
  OutOfStock,
  PromiseChanged,
  Reserved,
  Waitlisted,
} from './events';
import type { LinePromise } from './line';

/** What a change of a batch means to a line: what its customer was told before, and would be told then. */
export interface ChangedPromise {
  readonly orderId: string;
  readonly qty: number;
  /** The batch and the day that it has; null when it waits. */
  readonly before: LinePromise | null;
  /** How it would stand. */
  readonly state: 'reserved' | 'allocated' | 'waiting' | 'out of stock';
  /** The batch and the day that it would have; null when it would have none. */
  readonly after: LinePromise | null;
}

/**
 * What the events of a change mean to the lines that they name, in the order in which they first name them. Of a line that
 * is named more than once the first event says how it was, and the last one how it is then.
 * @param etaOf the day of a batch before the change
 */
export function changedPromises(
  events: readonly DomainEvent[],
  etaOf: (batchRef: string) => string | null,
): ChangedPromise[] {
  const changed = new Map<string, ChangedPromise>();
  for (const event of events) {
    const change = changeIn(event, etaOf);
    if (!change) continue;
    const known = changed.get(change.orderId);
    changed.set(change.orderId, known ? { ...change, before: known.before } : change);
  }
  return [...changed.values()];
}

function changeIn(
  event: DomainEvent,
  etaOf: (batchRef: string) => string | null,
): ChangedPromise | undefined {
  if (event instanceof Deallocated) {
    const { orderId, qty, batchRef } = event;
    return { orderId, qty, before: { batchRef, eta: etaOf(batchRef) }, state: 'out of stock', after: null };
  }
  if (event instanceof PromiseChanged) {
    const { orderId, qty, state, batchRef, eta, previousBatchRef, previousEta } = event;
    const before = { batchRef: previousBatchRef, eta: previousEta };
    return { orderId, qty, before, state, after: { batchRef, eta } };
  }
  if (event instanceof Allocated || event instanceof Reserved) {
    const { orderId, qty, batchRef, eta } = event;
    const state = event instanceof Reserved ? 'reserved' : 'allocated';
    return { orderId, qty, before: null, state, after: { batchRef, eta } };
  }
  if (event instanceof OutOfStock || event instanceof Waitlisted) {
    const { orderId, qty } = event;
    const state = event instanceof Waitlisted ? 'waiting' : 'out of stock';
    return { orderId, qty, before: null, state, after: null };
  }
  return undefined;
}
