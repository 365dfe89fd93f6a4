/**
 * What happened to a product, in the past tense. Quantities are pieces, days are `YYYY-MM-DD`, and
 * `available` is what the batch has left to promise afterwards: so a reader knows the state of a batch
 * from the newest event alone, in whatever order events reach it.
 */

export class BatchCreated {
  constructor(
    readonly sku: string,
    readonly batchRef: string,
    readonly qty: number,
    readonly eta: string | null,
  ) {}
}

/**
 * The batch holds `qty` pieces now, after `previousQty`. When `available` is negative, the lines that no
 * longer fit follow as Deallocated at once.
 */
export class BatchQuantityChanged {
  constructor(
    readonly sku: string,
    readonly batchRef: string,
    readonly qty: number,
    readonly previousQty: number,
    readonly available: number,
  ) {}
}

/** The line is promised from this batch, which arrives on `eta` (null: it is in the warehouse). */
export class Allocated {
  constructor(
    readonly sku: string,
    readonly orderId: string,
    readonly qty: number,
    readonly batchRef: string,
    readonly eta: string | null,
    readonly available: number,
  ) {}
}

/** The line is no longer promised; its pieces are back in the batch. */
export class Deallocated {
  constructor(
    readonly sku: string,
    readonly orderId: string,
    readonly qty: number,
    readonly batchRef: string,
    readonly available: number,
  ) {}
}

/**
 * No batch could take the line; it is not allocated. `available` is what all batches of the SKU have left together:
 * 0 when the SKU is sold out, more when no single batch has enough; null in events that did not record it.
 */
export class OutOfStock {
  constructor(
    readonly sku: string,
    readonly orderId: string,
    readonly qty: number,
    readonly available: number | null,
  ) {}
}

export type DomainEvent = BatchCreated | BatchQuantityChanged | Allocated | Deallocated | OutOfStock;

/** Every type of event by its name, which is how it is stored and sent. */
export const eventTypes = { BatchCreated, BatchQuantityChanged, Allocated, Deallocated, OutOfStock } as const;

export type EventType = keyof typeof eventTypes;

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

const changesOfAvailable: ByEventType<[], number> = {
  BatchCreated: ({ qty }) => qty,
  BatchQuantityChanged: ({ qty, previousQty }) => qty - previousQty,
  Allocated: ({ qty }) => -qty,
  Deallocated: ({ qty }) => qty,
  OutOfStock: () => 0,
};

/** How many pieces more all batches of the SKU have left together after the event; negative: so many fewer. */
export function changeOfAvailable(event: DomainEvent): number {
  return forEvent(changesOfAvailable, event);
}

/** The name of an event's type. */
export function eventTypeOf(event: DomainEvent): EventType {
  return event.constructor.name as EventType;
}
