import { MOST_PIECES } from './batch';
import type { Line } from './line';
import { OrderLine } from './order-line';

/** A wish that the business refuses. The message is meant for the one who wished. */
export abstract class DomainError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

/** No batch of this SKU was ever created (rule 6; the wording is the book's). */
export class InvalidSku extends DomainError {
  constructor(sku: string) {
    super(`Invalid sku ${sku}`);
  }
}

/** The reference belongs to a batch with other content, both when it was created and now (rule 8). */
export class BatchConflict extends DomainError {
  constructor(batchRef: string, difference: string) {
    super(`Batch ${batchRef} exists already with ${difference}`);
  }
}

/** The order has a line of this SKU already, with another quantity (rule 4). */
export class LineConflict extends DomainError {
  constructor(line: OrderLine, knownQty: number, state: Line['state'] = 'allocated') {
    const way = state === 'dispatched' ? 'ask with another order' : 'deallocate that line before asking';
    super(`Order ${line.orderId} has ${knownQty} of ${line.sku} ${state} already; ${way} for ${line.qty}`);
  }
}

/** Something happened to the batch that the asker did not know of. */
export class BatchChanged extends DomainError {
  constructor(batchRef: string) {
    super(`Batch ${batchRef} has changed since you looked at it; look again before you change it`);
  }
}

export class BatchNotFound extends DomainError {
  constructor(batchRef: string) {
    super(`There is no batch ${batchRef}`);
  }
}

/** The batch is in the warehouse, so that nothing is expected of it any more (rules 16 and 17). */
export class BatchArrivedAlready extends DomainError {
  constructor(batchRef: string, wish: string) {
    super(`Batch ${batchRef} is in the warehouse already; ${wish}`);
  }
}

/** Goods that have not arrived can't leave (rule 14). */
export class BatchNotArrived extends DomainError {
  constructor(batchRef: string, eta: string) {
    super(`Batch ${batchRef} has not arrived; it is expected on ${eta}`);
  }
}

/** More pieces would have left the batch than it ever had (rule 14), or it would have more than can be counted. */
export class QuantityOutOfBounds extends DomainError {
  constructor(batchRef: string, qty: number, dispatched: number) {
    super(
      qty < dispatched
        ? `Batch ${batchRef} can't hold ${qty}, since ${dispatched} of its pieces were dispatched`
        : `Batch ${batchRef} can't hold more than ${MOST_PIECES} pieces`,
    );
  }
}

/** The order has the line in a state in which this can't be done to it; the message says in which, and what to do. */
export class LineNotConfirmed extends DomainError {
  constructor({ orderId, sku }: OrderLine, state: 'reserved' | 'waiting') {
    const way = state === 'reserved' ? 'confirm it first' : 'no batch could take it yet';
    super(`The line of ${sku} of order ${orderId} is ${state}; ${way}`);
  }
}

/** The pieces of the line have left the warehouse, and nothing brings them back (rule 15). */
export class LineDispatched extends DomainError {
  constructor({ orderId, sku }: OrderLine) {
    super(`The line of ${sku} of order ${orderId} was dispatched; it can't be changed any more`);
  }
}

/** The reservation ran out, and its pieces may be somebody else's by now (rule 11). */
export class ExpiredReservation extends DomainError {
  constructor({ orderId, sku }: OrderLine) {
    super(`The reservation of ${sku} for order ${orderId} has expired; ask for the line again`);
  }
}

export class LineNotAllocated extends DomainError {
  constructor(orderId: string, sku: string) {
    super(`Order ${orderId} has no allocated line of ${sku}`);
  }
}
