import { Command } from '@nestjs/cqrs';
import type { Order, Wish } from '../domain/order';

/** What became of an order that was asked for. */
export interface PlacedOrder {
  /** At rest; or 'short', when it cannot be had. */
  readonly order: Order;
  /** Whether it was placed by this command, and not before. */
  readonly isNew: boolean;
}

/** Several lines are wanted as one. */
export class PlaceOrder extends Command<PlacedOrder> {
  constructor(
    readonly orderId: string,
    readonly wish: Wish,
    /** Where the customer gets mails. */
    readonly email?: string,
  ) {
    super();
  }
}

/** An order that is reserved is wanted for good. */
export class ConfirmOrder extends Command<Order> {
  constructor(readonly orderId: string) {
    super();
  }
}

/** All that is held for an order leaves the warehouse. */
export class DispatchOrder extends Command<Order> {
  constructor(readonly orderId: string) {
    super();
  }
}

/** An order is wanted no more. */
export class CancelOrder extends Command<Order> {
  constructor(readonly orderId: string) {
    super();
  }
}

/** A line of an order is wanted with another quantity. */
export class ChangeLineOfOrder extends Command<Order> {
  constructor(
    readonly orderId: string,
    readonly sku: string,
    readonly qty: number,
  ) {
    super();
  }
}

/**
 * Closes these orders if they have no open line left. Answers those that are still being processed, or whose lines cannot
 * be seen yet: ask for them again, since no further event may tell of their lines.
 */
export class CloseOrders extends Command<string[]> {
  constructor(readonly orderIds: readonly string[]) {
    super();
  }
}
