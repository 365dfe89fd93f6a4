import { type ByEventType, type DomainEvent, forEvent } from './events';
import type { Line, LinePromise } from './line';

/** What a line is, whatever its state. What does not apply to that is null. */
interface LineFields {
  readonly orderId: string;
  readonly sku: string;
  /** Pieces. */
  readonly qty: number;
  /** The batch of a line that is reserved, allocated or dispatched. */
  readonly batchRef: string | null;
  /** When that batch arrives; null: it is in the warehouse. */
  readonly eta: string | null;
  readonly priority: number;
  readonly wait: boolean;
  /** When a reservation ends, as by Date.toISOString. */
  readonly expiresAt: string | null;
  /** For how long a waiting line is reserved once there is a batch for it, in seconds. */
  readonly reserveFor: number | null;
  /** What a waiting line was told last: which batch it had, and for when. */
  readonly lastPromise: LinePromise | null;
}

/** A line that its product knows. */
export interface KnownLine extends LineFields {
  readonly state: Line['state'];
  readonly askedSequence: number;
}

/** A line that its product has forgotten: it was given back, or refused. */
interface ForgottenLine extends LineFields {
  readonly state: 'deallocated' | 'out of stock';
  readonly askedSequence: null;
}

export type LineAfter = KnownLine | ForgottenLine;

/** Whether the product of the line knows it. */
export function isKnown(line: LineAfter): line is KnownLine {
  return line.askedSequence !== null;
}

const nothing = () => undefined;

const linesAfter: ByEventType<[number], LineAfter | undefined> = {
  BatchCreated: nothing,
  BatchQuantityChanged: nothing,
  StockAdjusted: nothing,
  BatchArrived: nothing,
  BatchEtaChanged: nothing,
  Allocated: (event, sequence) => held(event, 'allocated', event.eta, event.askedSequence ?? sequence, null),
  Reserved: (event) => held(event, 'reserved', event.eta, event.askedSequence, event.expiresAt),
  ReservationExtended: (event) => held(event, 'reserved', event.eta, event.askedSequence, event.expiresAt),
  ReservationConfirmed: (event) => held(event, 'allocated', event.eta, event.askedSequence, null),
  ReservationExpired: (event) => unserved(event, 'expired', event.wait, null, null),
  Deallocated: (event) => forgotten(event, 'deallocated'),
  OutOfStock: (event) => forgotten(event, 'out of stock'),
  Waitlisted: (event) => unserved(event, 'waiting', true, event.reserveFor, event.lastPromise),
  WaitCancelled: (event) => forgotten(event, 'deallocated'),
  // Only what is in the warehouse can leave it.
  Dispatched: (event) => held(event, 'dispatched', null, event.askedSequence, null),
  TermsChanged: (event) =>
    event.state === 'waiting'
      ? unserved(event, event.state, event.wait, event.reserveFor, event.lastPromise)
      : held(event, event.state, event.eta, event.askedSequence, event.expiresAt),
  PromiseChanged: (event) => held(event, event.state, event.eta, event.askedSequence, event.expiresAt),
};

/**
 * How a line is after an event, for every store and every view.
 * @param sequence of the event
 * @returns undefined when it tells of no line
 */
export function lineAfter(event: DomainEvent, sequence: number): LineAfter | undefined {
  return forEvent(linesAfter, event, sequence);
}

// Field by field: an object that is spread costs thirty times as much, and every allocation comes by here.
function held(
  {
    orderId,
    sku,
    qty,
    batchRef,
    priority,
    wait,
  }: Pick<KnownLine, 'orderId' | 'sku' | 'qty' | 'batchRef' | 'priority' | 'wait'>,
  state: KnownLine['state'],
  eta: string | null,
  askedSequence: number,
  expiresAt: string | null,
): KnownLine {
  return {
    orderId,
    sku,
    qty,
    state,
    batchRef,
    eta,
    priority,
    wait,
    askedSequence,
    expiresAt,
    reserveFor: null,
    lastPromise: null,
  };
}

function unserved(
  {
    orderId,
    sku,
    qty,
    priority,
    askedSequence,
  }: Pick<KnownLine, 'orderId' | 'sku' | 'qty' | 'priority' | 'askedSequence'>,
  state: KnownLine['state'],
  wait: boolean,
  reserveFor: number | null,
  lastPromise: LinePromise | null,
): KnownLine {
  return {
    orderId,
    sku,
    qty,
    state,
    batchRef: null,
    eta: null,
    priority,
    wait,
    askedSequence,
    expiresAt: null,
    reserveFor,
    lastPromise,
  };
}

function forgotten(
  { orderId, sku, qty }: Pick<LineAfter, 'orderId' | 'sku' | 'qty'>,
  state: ForgottenLine['state'],
): ForgottenLine {
  return {
    orderId,
    sku,
    qty,
    state,
    batchRef: null,
    eta: null,
    priority: 0,
    wait: false,
    askedSequence: null,
    expiresAt: null,
    reserveFor: null,
    lastPromise: null,
  };
}
