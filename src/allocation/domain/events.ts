/**
 * What happened to a product, in the past tense. Quantities are pieces, days are `YYYY-MM-DD`, and each event says how
 * what it tells of is afterwards: so a reader knows the state of a batch and of a line from the newest event alone, in
 * whatever order events reach it.
 */
import {
  BatchArrived,
  BatchCreated,
  BatchEtaChanged,
  BatchQuantityChanged,
  StockAdjusted,
} from './batch-events';
import {
  Allocated,
  Deallocated,
  Dispatched,
  OutOfStock,
  PromiseChanged,
  ReservationConfirmed,
  ReservationExpired,
  ReservationExtended,
  Reserved,
  TermsChanged,
  WaitCancelled,
  Waitlisted,
} from './line-events';

export * from './batch-events';
export * from './line-events';

/** Every type of event by its name, which is how it is stored and sent. */
export const eventTypes = {
  BatchCreated,
  BatchQuantityChanged,
  StockAdjusted,
  BatchArrived,
  BatchEtaChanged,
  Allocated,
  Reserved,
  ReservationExtended,
  ReservationConfirmed,
  ReservationExpired,
  Deallocated,
  OutOfStock,
  Waitlisted,
  WaitCancelled,
  Dispatched,
  TermsChanged,
  PromiseChanged,
} as const;

export type EventType = keyof typeof eventTypes;
export type DomainEvent = InstanceType<(typeof eventTypes)[EventType]>;

/**
 * Something for each type of event. Wherever code depends on the type, it is looked up in such a table: a new type does
 * not compile before somebody has thought of it in every one of them.
 */
export type ByEventType<Arguments extends unknown[], Result> = {
  readonly [Type in EventType]: (
    event: InstanceType<(typeof eventTypes)[Type]>,
    ...more: Arguments
  ) => Result;
};

/** What the table has for the event. */
export function forEvent<Arguments extends unknown[], Result>(
  table: ByEventType<Arguments, Result>,
  event: DomainEvent,
  ...more: Arguments
): Result {
  const of = table[eventTypeOf(event)] as (event: DomainEvent, ...more: Arguments) => Result;
  return of(event, ...more);
}

const gain = ({ qty, previousQty }: { qty: number; previousQty: number }) => qty - previousQty;
const none = () => 0;

const changesOfAvailable: ByEventType<[], number> = {
  BatchCreated: ({ qty }) => qty,
  BatchQuantityChanged: gain,
  StockAdjusted: gain,
  BatchArrived: gain,
  BatchEtaChanged: none,
  Allocated: ({ qty }) => -qty,
  Reserved: ({ qty }) => -qty,
  ReservationExtended: none,
  ReservationConfirmed: none,
  ReservationExpired: ({ qty }) => qty,
  Deallocated: ({ qty }) => qty,
  OutOfStock: none,
  Waitlisted: none,
  WaitCancelled: none,
  // The pieces were promised already.
  Dispatched: none,
  TermsChanged: none,
  PromiseChanged: none,
};

/** How many pieces more all batches of the SKU have left together after the event; negative: so many fewer. */
export function changeOfAvailable(event: DomainEvent): number {
  return forEvent(changesOfAvailable, event);
}

/** The name of an event's type. */
export function eventTypeOf(event: DomainEvent): EventType {
  return event.constructor.name as EventType;
}
