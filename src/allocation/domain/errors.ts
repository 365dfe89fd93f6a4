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
  constructor(reference: string, difference: string) {
    super(`Batch ${reference} exists already with ${difference}`);
  }
}

/** The order has a line of this SKU already, with another quantity (rule 4). */
export class LineConflict extends DomainError {
  constructor(line: OrderLine, allocatedQty: number) {
    super(
      `Order ${line.orderId} has ${allocatedQty} of ${line.sku} allocated already; ` +
        `deallocate that line before asking for ${line.qty}`,
    );
  }
}

/** Something happened to the batch that the asker did not know of. */
export class BatchChanged extends DomainError {
  constructor(reference: string) {
    super(`Batch ${reference} has changed since you looked at it; look again before you change it`);
  }
}

export class BatchNotFound extends DomainError {
  constructor(reference: string) {
    super(`There is no batch ${reference}`);
  }
}

export class LineNotAllocated extends DomainError {
  constructor(orderId: string, sku: string) {
    super(`Order ${orderId} has no allocated line of ${sku}`);
  }
}
