import { adjustmentReasons, type ByEventType, type DomainEvent, type EventType, forEvent } from './events';

/** Why a batch has more or fewer pieces than before. */
export const movementReasons = [
  'purchased',
  'quantity set',
  'arrived',
  'dispatched',
  ...adjustmentReasons,
] as const;
export type MovementReason = (typeof movementReasons)[number];

/**
 * A change of what a batch has (rule 18). The movements of a batch add up to its pieces that have not left it: those in
 * the warehouse, or expected of one that is in transit, whether they are promised or not.
 */
export interface Movement {
  readonly batchRef: string;
  /** Pieces; negative when they went, 0 when a batch arrived with what was expected. */
  readonly pieces: number;
  readonly reason: MovementReason;
  readonly note: string | null;
  /** The order with which the pieces left. */
  readonly orderId: string | null;
}

const none = () => undefined;

const movements: ByEventType<[], Movement | undefined> = {
  BatchCreated: ({ batchRef, qty }) => movement(batchRef, qty, 'purchased'),
  BatchQuantityChanged: ({ batchRef, qty, previousQty }) =>
    movement(batchRef, qty - previousQty, 'quantity set'),
  StockAdjusted: ({ batchRef, qty, previousQty, reason, note }) => ({
    ...movement(batchRef, qty - previousQty, reason),
    note,
  }),
  BatchArrived: ({ batchRef, qty, previousQty }) => movement(batchRef, qty - previousQty, 'arrived'),
  BatchEtaChanged: none,
  Allocated: none,
  Reserved: none,
  ReservationExtended: none,
  ReservationConfirmed: none,
  ReservationExpired: none,
  Deallocated: none,
  OutOfStock: none,
  Waitlisted: none,
  WaitCancelled: none,
  Dispatched: ({ batchRef, qty, orderId }) => ({ ...movement(batchRef, -qty, 'dispatched'), orderId }),
  TermsChanged: none,
  PromiseChanged: none,
};

/** The types of events that are movements. */
export const movementTypes = (Object.keys(movements) as EventType[]).filter(
  (type) => movements[type] !== none,
);

/** The movement that the event is; undefined when its batch has what it had before. */
export function movementOf(event: DomainEvent): Movement | undefined {
  return forEvent(movements, event);
}

function movement(batchRef: string, pieces: number, reason: MovementReason): Movement {
  return { batchRef, pieces, reason, note: null, orderId: null };
}
