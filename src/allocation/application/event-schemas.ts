import { LARGEST_QUANTITY } from '../../syntax';
import { adjustmentReasons, type DomainEvent, type EventType, eventTypes } from '../domain/events';

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

const previousQty = pieces('Pieces that it held before.', 0);
const availableAfterCut = {
  ...available,
  description: `${available.description} Negative when lines have to go; they follow.`,
};
const qtyOfLine = pieces('Pieces of the line.');
const priority = {
  type: 'integer',
  description: 'The priority of the line: larger is served first; 0 as a rule.',
  examples: [0],
};
const wait = {
  type: 'boolean',
  description: 'Whether the line waits when no batch can take it.',
  examples: [false],
};
const askedSequence = {
  type: 'integer',
  minimum: 1,
  description: 'The age of the line: the number of the event that first told of it. Smaller is older.',
  examples: [12],
};
const instant = (description: string) => ({
  type: 'string',
  format: 'date-time',
  description,
  examples: ['2031-01-15T12:00:00.000Z'],
});
const day = (description: string) => ({
  type: 'string',
  format: 'date',
  description,
  examples: ['2031-01-15'],
});
const orNull = <Schema extends { type: string; description: string }>(schema: Schema, meaning: string) => ({
  ...schema,
  type: [schema.type, 'null'],
  description: `${schema.description} ${meaning}`,
});
const expiresAt = instant('Until when the line is reserved.');
const causes = ['asked', 'moved', 'displaced', 'wait-list'];
const causesMean =
  'Why the line has the batch: it was asked for, moved to a better batch, displaced from another one, or had waited.';
const reserveFor = {
  type: ['integer', 'null'],
  minimum: 1,
  description:
    'Seconds for which the waiting line is reserved once a batch can take it; null: it is allocated for good.',
  examples: [null],
};
const lastPromise = {
  type: ['object', 'null'],
  required: ['batchRef', 'eta'],
  properties: { batchRef, eta },
  description: 'What was promised before the line was displaced and had to wait; null: nothing.',
  examples: [null],
};
const line = { sku, orderId, qty: qtyOfLine };
const terms = { priority, wait, askedSequence };

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
      previousQty,
      available: availableAfterCut,
    },
  },
  StockAdjusted: {
    version: 1,
    description:
      'Pieces of a batch were found to be there, or not to be there. Lines that it lost follow as Deallocated.',
    properties: {
      sku,
      batchRef,
      qty: pieces('Pieces that it holds now.', 0),
      previousQty,
      available: availableAfterCut,
      reason: { type: 'string', enum: adjustmentReasons, description: 'Why.', examples: ['damaged'] },
      note: { type: ['string', 'null'], description: 'What somebody noted.', examples: ['Forklift.'] },
    },
  },
  BatchArrived: {
    version: 1,
    description:
      'A batch that was in transit is in the warehouse. Lines that it has too few pieces for follow as Deallocated.',
    properties: {
      sku,
      batchRef,
      previousEta: day('Day on which it was expected.'),
      qty: pieces('Pieces that came.', 0),
      previousQty: pieces('Pieces that were expected.', 0),
      available: availableAfterCut,
    },
  },
  BatchEtaChanged: {
    version: 1,
    description: 'A batch in transit is expected on another day. Lines that move to another batch follow.',
    properties: {
      sku,
      batchRef,
      eta: day('Day on which it is expected now.'),
      previousEta: day('Day on which it was expected before.'),
      available,
    },
  },
  Allocated: {
    version: 3,
    description: 'An order line is promised for good from a batch.',
    properties: {
      ...{ ...line, batchRef, eta, available, priority, wait },
      askedSequence: orNull(askedSequence, 'Null: not recorded.'),
      cause: {
        type: ['string', 'null'],
        enum: [...causes, null],
        description: `${causesMean} Null: not recorded.`,
        examples: ['asked'],
      },
    },
  },
  Reserved: {
    version: 1,
    description: 'An order line holds pieces of a batch for a while.',
    properties: {
      ...{ ...line, batchRef, eta, available, ...terms, expiresAt },
      cause: { type: 'string', enum: causes, description: causesMean, examples: ['asked'] },
    },
  },
  ReservationExtended: {
    version: 1,
    description: 'An order line is reserved for longer.',
    properties: {
      ...{ ...line, batchRef, eta, ...terms, expiresAt },
      previousExpiresAt: instant('Until when it was reserved before.'),
    },
  },
  ReservationConfirmed: {
    version: 1,
    description: 'An order line that was reserved is promised for good from the batch that it has.',
    properties: { ...line, batchRef, eta, ...terms },
  },
  ReservationExpired: {
    version: 1,
    description: 'The reservation of an order line ran out; its pieces are back in the batch.',
    properties: {
      ...{ ...line, batchRef, available, ...terms },
      expiresAt: instant('When it ran out.'),
    },
  },
  Deallocated: {
    version: 2,
    description: 'An order line is no longer promised; its pieces are back in the batch.',
    properties: {
      ...{ ...line, batchRef, available },
      reason: {
        type: ['string', 'null'],
        enum: ['given back', 'moved', 'displaced', null],
        description:
          'Why: it is not wanted any more, or the next event of the line says where it is now. Null: not recorded.',
        examples: ['given back'],
      },
    },
  },
  OutOfStock: {
    version: 2,
    description: 'No batch could take an order line; nothing is held for it.',
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
  Waitlisted: {
    version: 1,
    description: 'An order line waits until a batch can take it.',
    properties: { ...line, priority, askedSequence, reserveFor, lastPromise },
  },
  WaitCancelled: {
    version: 1,
    description: 'An order line was taken off the wait-list.',
    properties: line,
  },
  Dispatched: {
    version: 1,
    description: 'The pieces of an order line have left the warehouse.',
    properties: {
      ...{ ...line, batchRef, available },
      dispatched: pieces('Pieces that have left the batch so far, these included.'),
      ...terms,
    },
  },
  TermsChanged: {
    version: 1,
    description: 'An order line is wanted on other terms. Its batch, or that it waits, stays as it is.',
    properties: {
      ...line,
      state: {
        type: 'string',
        enum: ['reserved', 'allocated', 'waiting'],
        description: 'How the line stands.',
      },
      batchRef: orNull(batchRef, 'Null: it waits.'),
      eta,
      ...terms,
      previousPriority: { ...priority, description: 'The priority that it had before.' },
      expiresAt: orNull(expiresAt, 'Null: it is not reserved.'),
      reserveFor,
      lastPromise,
    },
  },
  PromiseChanged: {
    version: 1,
    description: 'The customer of an order line has to be told another day.',
    properties: {
      ...line,
      state: { type: 'string', enum: ['reserved', 'allocated'], description: 'How the line stands.' },
      batchRef,
      eta,
      previousBatchRef: { ...batchRef, description: 'The batch that was promised before.' },
      previousEta: { ...eta, description: `${eta.description} What was promised before.` },
      ...terms,
      expiresAt: orNull(expiresAt, 'Null: it is not reserved.'),
    },
  },
};

/**
 * Fields that statements read from stored events (`data->>'qty'`), for verifying views, the audit and mails, past the
 * upcasters. So no upcaster may rename, drop or change one, and a type that has it keeps it.
 */
export const frozenFields = [
  'orderId',
  'batchRef',
  'previousBatchRef',
  'qty',
  'previousQty',
  'dispatched',
  'eta',
  'previousEta',
] as const;

type Data = Record<string, unknown>;

/** For each type, how to make version n + 1 of the data from version n, at index n - 1. */
const upcasters: Partial<Record<EventType, readonly ((data: Data) => Data)[]>> = {
  Allocated: [
    // Version 1 did not say when the batch arrives.
    (data) => ({ eta: null, ...data }),
    // Version 2 knew neither terms nor that a line is older than its batch.
    (data) => ({ priority: 0, wait: false, askedSequence: null, cause: null, ...data }),
  ],
  // Version 1 of Deallocated did not say why.
  Deallocated: [(data) => ({ reason: null, ...data })],
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
