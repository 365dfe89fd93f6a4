import { LARGEST_QUANTITY } from '../../syntax';
import { type DomainEvent, type EventType, eventTypes } from '../domain/events';

/** The data of one type of event: its newest version and its JSON Schema (draft 2020-12). */
export interface EventSchema {
  readonly version: number;
  readonly description: string;
  readonly properties: Readonly<Record<string, object>>;
}

const sku = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  description: 'Names the product.',
  examples: ['RED-CHAIR'],
};
const orderId = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  description: 'The order of the line.',
  examples: ['order-001'],
};
const batchRef = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  description: 'The batch.',
  examples: ['batch-001'],
};
const eta = {
  type: ['string', 'null'],
  format: 'date',
  description: 'Day on which the batch arrives; null: it is in the warehouse.',
  examples: ['2031-01-15'],
};
const available = {
  type: 'integer',
  description: 'Pieces that the batch has left to promise afterwards.',
  examples: [90],
};
const pieces = (description: string, minimum = 1) => ({
  type: 'integer',
  minimum,
  maximum: LARGEST_QUANTITY,
  description,
  examples: [10],
});

/** Every field of every type of event. All are required; readers must ignore fields that they do not know. */
export const eventSchemas: Readonly<Record<EventType, EventSchema>> = {
  BatchCreated: {
    version: 1,
    description: 'Stock was bought: it is in the warehouse, or arrives on its ETA.',
    properties: { sku, batchRef, qty: pieces('Pieces bought.'), eta },
  },
  BatchQuantityChanged: {
    version: 1,
    description: 'A batch holds more or less than before. Lines that it lost follow as Deallocated.',
    properties: {
      sku,
      batchRef,
      qty: pieces('Pieces that it holds now.', 0),
      previousQty: pieces('Pieces that it held before.', 0),
      available: {
        ...available,
        description: `${available.description} Negative when lines have to go; they follow.`,
      },
    },
  },
  Allocated: {
    version: 2,
    description: 'An order line is promised from a batch.',
    properties: { sku, orderId, qty: pieces('Pieces of the line.'), batchRef, eta, available },
  },
  Deallocated: {
    version: 1,
    description: 'An order line is no longer promised; its pieces are back in the batch.',
    properties: { sku, orderId, qty: pieces('Pieces of the line.'), batchRef, available },
  },
  OutOfStock: {
    version: 2,
    description: 'No batch could take an order line; it is not allocated.',
    properties: {
      sku,
      orderId,
      qty: pieces('Pieces that the line wanted.'),
      available: {
        type: ['integer', 'null'],
        minimum: 0,
        description:
          'Pieces that all batches of the SKU had left together. 0: nothing at all; more: no batch alone had ' +
          'enough; null: not recorded.',
        examples: [3],
      },
    },
  },
};

type Data = Record<string, unknown>;

/** For each type, how to make version n + 1 of the data from version n, at index n - 1. */
const upcasters: Partial<Record<EventType, readonly ((data: Data) => Data)[]>> = {
  // Version 1 of Allocated did not say when the batch arrives.
  Allocated: [(data) => ({ eta: null, ...data })],
  // Version 1 of OutOfStock did not say what was left.
  OutOfStock: [(data) => ({ available: null, ...data })],
};

/**
 * Makes an event from stored data, whatever version wrote it. Fields that this code does not know are
 * left out, whether an older or a newer one wrote them.
 * @returns undefined for a type that this code does not know
 */
export function readEvent(type: string, version: number, stored: Data): DomainEvent | undefined {
  if (!Object.hasOwn(eventTypes, type)) return undefined;
  const known = type as EventType;
  const data = (upcasters[known] ?? []).slice(version - 1).reduce((older, upcast) => upcast(older), stored);
  const fields = Object.keys(eventSchemas[known].properties).map((name) => [name, data[name]]);
  return Object.assign(
    Object.create(eventTypes[known].prototype as object),
    Object.fromEntries(fields),
  ) as DomainEvent;
}
