import {
  type Allocated,
  type ByEventType,
  type DomainEvent,
  forEvent,
  type OutOfStock,
  type Reserved,
  type Waitlisted,
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
    const change = forEvent(changes, event, etaOf);
    if (!change) continue;
    const known = changed.get(change.orderId);
    changed.set(change.orderId, known ? { ...change, before: known.before } : change);
  }
  return [...changed.values()];
}

const none = () => undefined;

/** What each event means to its line; its first argument beside it is the day of a batch before the change. */
const changes: ByEventType<[(batchRef: string) => string | null], ChangedPromise | undefined> = {
  BatchCreated: none,
  BatchQuantityChanged: none,
  StockAdjusted: none,
  BatchArrived: none,
  BatchEtaChanged: none,
  Allocated: (event) => placed(event, 'allocated'),
  Reserved: (event) => placed(event, 'reserved'),
  // Nobody's promise is another one by what customers do themselves, or by time.
  ReservationExtended: none,
  ReservationConfirmed: none,
  ReservationExpired: none,
  Deallocated: ({ orderId, qty, batchRef }, etaOf) => {
    const before = { batchRef, eta: etaOf(batchRef) };
    return { orderId, qty, before, state: 'out of stock', after: null };
  },
  OutOfStock: (event) => unserved(event, 'out of stock'),
  Waitlisted: (event) => unserved(event, 'waiting'),
  WaitCancelled: none,
  Dispatched: none,
  TermsChanged: none,
  PromiseChanged: ({ orderId, qty, state, batchRef, eta, previousBatchRef, previousEta }) => {
    const before = { batchRef: previousBatchRef, eta: previousEta };
    return { orderId, qty, before, state, after: { batchRef, eta } };
  },
};

function placed(
  { orderId, qty, batchRef, eta }: Allocated | Reserved,
  state: 'allocated' | 'reserved',
): ChangedPromise {
  return { orderId, qty, before: null, state, after: { batchRef, eta } };
}

function unserved(
  { orderId, qty }: OutOfStock | Waitlisted,
  state: 'out of stock' | 'waiting',
): ChangedPromise {
  return { orderId, qty, before: null, state, after: null };
}
