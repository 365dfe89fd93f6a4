import type { LineOfOrder } from './order';

/** What the rules of orders refuse. The message is meant for the one who asked. */
export abstract class OrderError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

/** No order of this id was placed as a whole. */
export class UnknownOrder extends OrderError {
  constructor(orderId: string) {
    super(`No order ${orderId} was placed as a whole`);
  }
}

/** The order was placed with other content, or has lines that were asked for one by one. */
export class OrderConflict extends OrderError {
  constructor(orderId: string, reason: 'other content' | 'lines of its own') {
    super(
      reason === 'other content'
        ? `Order ${orderId} was placed already with other content; use another orderId`
        : `Order ${orderId} has lines that were asked for one by one; use another orderId, or go on with these`,
    );
  }
}

/** The order cannot be had as a whole, so nothing is held for it. */
export class OrderShort extends OrderError {
  /** @param lines those that are short */
  constructor(
    readonly orderId: string,
    readonly lines: readonly LineOfOrder[],
  ) {
    super(`Order ${orderId} is short of ${lines.map(missing).join(', ')}; nothing is held for it`);
  }
}

function missing({ sku, qty, shortage }: LineOfOrder): string {
  return `${sku} (${shortage?.available ?? 0} of ${qty})`;
}

/** A line of the order cannot have another quantity, and keeps what it has. */
export class QuantityNotAvailable extends OrderError {
  /**
   * @param held as the line is
   * @param most pieces that it can have at most
   */
  constructor(
    readonly orderId: string,
    held: LineOfOrder,
    readonly qty: number,
    readonly most: number,
  ) {
    super(
      `Order ${orderId} keeps its ${held.qty} of ${held.sku}: ${qty} are not available in one batch, ${most} would be`,
    );
  }
}

/** Nothing can be done about the order any more. */
export class OrderClosed extends OrderError {
  constructor(orderId: string, state: string) {
    super(`Order ${orderId} is ${state}; place another one`);
  }
}

/** The reservation of the order ran out before it was confirmed, and what was left of it was given back. */
export class OrderExpired extends OrderError {
  constructor(orderId: string) {
    super(`The reservation of order ${orderId} has expired; place another one`);
  }
}

/** Lines of the order cannot leave the warehouse yet. */
export class OrderNotReady extends OrderError {
  constructor(orderId: string, reasons: readonly string[]) {
    super(`Order ${orderId} cannot leave yet: ${reasons.join(', ')}`);
  }
}

/** Lines of the order have left the warehouse. */
export class OrderDispatched extends OrderError {
  constructor(orderId: string, skus: readonly string[]) {
    super(
      `Of order ${orderId} ${skus.join(', ')} has left the warehouse; give back the other lines one by one`,
    );
  }
}

/** The order has no such line that is held. */
export class NoSuchLine extends OrderError {
  constructor(orderId: string, sku: string) {
    super(`Order ${orderId} holds no line of ${sku}`);
  }
}
