import type { Correlation } from '../../correlation';
import type { RequestPart } from '../../idempotent-request';
import type { Order } from '../domain/order';

/** Somebody else went on with the order meanwhile. */
export class Superseded extends Error {}

/** Which request an order was last stored for. */
export type OrderCorrelation = Pick<Correlation, 'correlationId' | 'causationId' | 'traceparent' | 'keyId'>;

/** For how long an unfinished order is left to whoever stored it. */
export class OrderLease {
  /** @param seconds at least twice as long as it takes to be answered about one line, which is ten seconds at most */
  constructor(readonly seconds = 24) {}

  /** For so many milliseconds something more may be begun for the order: it is answered before the lease ends. */
  get usableMs(): number {
    return this.seconds * 500;
  }
}

/** An order that somebody else began with. */
export interface TakenOver {
  readonly order: Order;
  readonly correlation: OrderCorrelation;
}

/** Where orders are stored, each with the step that it has reached. Every call throws Unavailable. */
export abstract class Orders {
  /**
   * @param request to be recorded as carried out, in the same transaction
   * @returns false when there is an order of this id, which stays as it is; the request is recorded all the same
   * @throws KeyInUse when it is recorded already; then nothing is stored
   */
  abstract add(order: Order, request?: RequestPart): Promise<boolean>;

  /** @returns undefined when there is none of this id */
  abstract find(id: string): Promise<Order | undefined>;

  /** As `find`, for who only wants to know: it takes nothing from those who change orders. */
  abstract look(id: string): Promise<Order | undefined>;

  /**
   * Stores the order after a change. One that is unfinished is left to whoever stored it for a while (OrderLease).
   * @param request to be recorded as carried out, in the same transaction
   * @returns false when it was changed by somebody else meanwhile; then nothing is stored
   * @throws KeyInUse when the request is recorded already; then nothing is stored
   */
  abstract save(order: Order, request?: RequestPart): Promise<boolean>;

  /**
   * Takes over some unfinished orders that nobody has gone on with for too long: those who began with them cannot store
   * them any more. What is done for them goes on belonging to the request that it was begun for.
   */
  abstract takeOver(limit: number): Promise<TakenOver[]>;

  /** Leaves an unfinished order alone for so many milliseconds. */
  abstract putOff(order: Order, pauseMs: number): Promise<void>;

  /** Whether another order holds one of the SKUs for a moment that it may give back again, since it is being placed. */
  abstract hasRivals(orderId: string, skus: readonly string[]): Promise<boolean>;
}
