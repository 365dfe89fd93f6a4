import { type EventType, eventSchemas } from '../../allocation/contracts';
import { CHANGE_BATCH_QUANTITY, LINE_ALLOCATED } from '../broker/redis-pub-sub-broker';
import { ALLOCATION_EVENTS, COMMAND_STREAMS } from '../broker/redis-streams-broker';
import { documentationOf } from '../../http/requests/fields';
import type { MessageApi } from '../asyncapi';
import { messageTypes } from './command-messages';

type Schema = Record<string, unknown>;

const ref = (path: string) => ({ $ref: `#/${path}` });
const text = (description: string, more: Schema = {}): Schema => ({ type: 'string', description, ...more });

const eventTypes = Object.keys(eventSchemas) as EventType[];

const streamTitles: Readonly<Record<(typeof COMMAND_STREAMS)[number], string>> = {
  batch_created: 'Stock that was bought (stream)',
  batch_quantity_changed: 'Changed quantities (stream)',
  batch_eta_changed: 'Changed days of arrival (stream)',
  batch_arrived: 'Batches that arrived (stream)',
  stock_adjusted: 'Adjustments of stock (stream)',
  line_ordered: 'Order lines (stream)',
  line_confirmed: 'Reserved order lines that are wanted for good (stream)',
  line_dispatched: 'Order lines that left the warehouse (stream)',
  line_cancelled: 'Order lines that are not wanted any more (stream)',
};

/** Every message that goes in or out over Redis, from the schemas that the code itself uses. */
export const redisMessages: MessageApi = {
  channels: {
    [ALLOCATION_EVENTS]: {
      address: ALLOCATION_EVENTS,
      title: 'Every event (stream)',
      description: 'At least once; of each SKU in the order of `sequence`.',
      messages: Object.fromEntries(eventTypes.map((type) => [type, ref(`components/messages/${type}`)])),
    },
    [LINE_ALLOCATED]: {
      address: LINE_ALLOCATED,
      title: 'Allocated lines (pub/sub)',
      description: 'At most once: whoever does not listen at the moment has missed it.',
      messages: { lineAllocated: ref('components/messages/lineAllocated') },
    },
    ...Object.fromEntries(
      COMMAND_STREAMS.map((name) => [
        name,
        commandChannel(name, streamTitles[name], 'At least once; carried out once for each message id.'),
      ]),
    ),
    [CHANGE_BATCH_QUANTITY]: commandChannel(
      CHANGE_BATCH_QUANTITY,
      'Changed quantities (pub/sub)',
      'At most once.',
    ),
  },
  operations: {
    ...operations('send', [ALLOCATION_EVENTS, LINE_ALLOCATED], 'What the service tells.'),
    ...operations('receive', [...COMMAND_STREAMS, CHANGE_BATCH_QUANTITY], 'What the service is told to do.'),
  },
  messages: {
    ...Object.fromEntries(eventTypes.map((type) => [type, eventMessage(type)])),
    lineAllocated: lineAllocatedMessage(),
    ...Object.fromEntries(
      Object.entries(messageTypes).map(([name, type]) => [
        name,
        commandMessage(name, type, name !== CHANGE_BATCH_QUANTITY),
      ]),
    ),
  },
  schemas: {
    ...Object.fromEntries(eventTypes.map((type) => [type, eventDataSchema(type)])),
    ...Object.fromEntries(Object.entries(messageTypes).map(([name, type]) => [name, schemaOfClass(type)])),
  },
};

function commandChannel(address: string, title: string, description: string): object {
  return { address, title, description, messages: { [address]: ref(`components/messages/${address}`) } };
}

function operations(
  action: 'send' | 'receive',
  channels: readonly string[],
  description: string,
): Record<string, object> {
  return Object.fromEntries(
    channels.map((name) => [`${action}_${name}`, { action, description, channel: ref(`channels/${name}`) }]),
  );
}

/** The JSON Schema of an event's data. */
export function eventDataSchema(type: EventType): Schema {
  const { version, description, properties } = eventSchemas[type];
  return {
    type: 'object',
    description: `${description} Version ${version}.`,
    required: Object.keys(properties),
    properties,
  };
}

function eventMessage(type: EventType): object {
  const { version, description } = eventSchemas[type];
  // The values of a stream's fields are texts.
  const fields = {
    id: text('UUID v7; the same when the event comes again.', { format: 'uuid' }),
    type: text('Which event it is.', { const: type }),
    schemaVersion: text('The version of `data`.', { const: String(version) }),
    sku: text('The product.'),
    sequence: text('Counts the events of the SKU, from 1 and without gaps.', { pattern: '^[1-9][0-9]*$' }),
    occurredAt: text('When it was committed.', { format: 'date-time' }),
    correlationId: text('The request or message that all of this began with.'),
    causationId: text('The request or message that caused this event.'),
    data: text('JSON.', {
      contentMediaType: 'application/json',
      contentSchema: ref(`components/schemas/${type}`),
    }),
  };
  return {
    name: type,
    title: type,
    summary: description,
    payload: {
      type: 'object',
      required: Object.keys(fields),
      properties: {
        ...fields,
        traceparent: text(
          'The trace that it belongs to (W3C Trace Context), if the request that caused it had one.',
        ),
      },
    },
    correlationId: { location: '$message.payload#/correlationId' },
  };
}

function lineAllocatedMessage(): object {
  const { orderId, sku, qty, batchRef } = eventSchemas.Allocated.properties;
  const properties = { orderid: orderId, sku, qty, batchref: batchRef };
  return {
    name: LINE_ALLOCATED,
    title: 'Line allocated',
    summary: 'An order line is promised from a batch, as the service of the book says it.',
    payload: { type: 'object', required: Object.keys(properties), properties },
  };
}

function commandMessage(name: string, type: new () => object, isStream: boolean): object {
  const example = Object.fromEntries(
    Object.entries(documentationOf(type)).map(([field, documentation]) => [field, documentation.example]),
  );
  if (!isStream) {
    return {
      name,
      title: name,
      payload: ref(`components/schemas/${name}`),
      examples: [{ payload: example }],
    };
  }
  const properties = {
    data: text('JSON.', {
      contentMediaType: 'application/json',
      contentSchema: ref(`components/schemas/${name}`),
    }),
    id: text(
      "The sender's own id of the message. A message that comes again with the same id is not carried out again.",
    ),
    correlationid: text('Goes along into the events that follow.'),
    traceparent: text('The trace that the message belongs to (W3C Trace Context).'),
  };
  const payload = { type: 'object', required: ['data'], properties };
  return {
    ...{ name, title: name, payload },
    examples: [{ payload: { id: 'message-001', data: JSON.stringify(example) } }],
  };
}

function schemaOfClass(type: new () => object): Schema {
  const fields = Object.entries(documentationOf(type));
  return {
    type: 'object',
    required: fields.flatMap(([name, { required = true }]) => (required ? [name] : [])),
    properties: Object.fromEntries(
      fields.map(([name, { required: _, nullable, example, type: kind, ...rest }]) => {
        const jsonType = kind === String ? 'string' : kind;
        return [name, { ...rest, type: nullable ? [jsonType, 'null'] : jsonType, examples: [example] }];
      }),
    ),
  };
}
