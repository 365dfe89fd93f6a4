import 'reflect-metadata';
import Ajv, { type AnySchema } from 'ajv';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import specs from '@asyncapi/specs';
import { Command } from '@nestjs/cqrs';
import {
  Allocated,
  BatchArrived,
  BatchCreated,
  BatchEtaChanged,
  BatchQuantityChanged,
  Deallocated,
  Dispatched,
  OutOfStock,
  PromiseChanged,
  readEvent,
  ReservationConfirmed,
  ReservationExpired,
  ReservationExtended,
  Reserved,
  StockAdjusted,
  TermsChanged,
  WaitCancelled,
  Waitlisted,
} from '../../src/allocation/contracts';
import { eventTypeOf, eventTypes } from '../../src/allocation/domain/events';
import { AppModule } from '../../src/app.module';
import { asyncApiDocument } from '../../src/messaging/asyncapi';
import { commandOf } from '../../src/messaging/entrypoints/command-messages';
import { eventDataSchema } from '../../src/messaging/entrypoints/redis-messages';

const DAY = '2031-01-15';
const expiresAt = '2031-01-15T12:00:00.000Z';
const line = { sku: 'LAMP', orderId: 'o1', qty: 3 };
const terms = { priority: 10, wait: true, askedSequence: 4 };

test('the description of the messages is a valid AsyncAPI 3 document', () => {
  const ajv = new Ajv({ strict: false, logger: false, meta: false, validateSchema: false });
  addFormats(ajv);
  const { '3.0.0': schema } = specs.schemas as unknown as Record<string, AnySchema>;
  const validate = ajv.compile(schema);
  void validate(JSON.parse(JSON.stringify(asyncApiDocument(AppModule.messages))));
  expect(validate.errors).toBeNull();
});

test('every reference in the description of the messages leads somewhere', () => {
  const document = JSON.parse(JSON.stringify(asyncApiDocument(AppModule.messages))) as Record<
    string,
    unknown
  >;
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path);
  expect(references.length).toBeGreaterThan(10);
  const find = (path: string) =>
    path.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
  expect(references.filter((path) => find(path) === undefined)).toEqual([]);
});

test('every message that comes in has an example, which is understood', () => {
  const document = JSON.parse(JSON.stringify(asyncApiDocument(AppModule.messages))) as {
    operations: Record<string, { action: string; channel: { $ref: string } }>;
    components: { messages: Record<string, { examples: { payload: Record<string, string> }[] }> };
  };
  const received = Object.values(document.operations).filter(({ action }) => action === 'receive');
  expect(received).toHaveLength(10);
  for (const { channel } of received) {
    const name = channel.$ref.split('/').at(-1)!;
    const [{ payload }] = document.components.messages[name].examples;
    const body = Buffer.from(payload.data ?? JSON.stringify(payload));
    expect(commandOf({ channel: name, body })).toBeInstanceOf(Command);
  }
});

describe('the schema of the data of', () => {
  const ajv = new Ajv2020({ strict: false });
  addFormats(ajv);

  test.each([
    new BatchCreated('LAMP', 'b1', 10, null),
    new BatchQuantityChanged('LAMP', 'b1', 0, 10, -3),
    new Allocated('LAMP', 'o1', 3, 'b1', '2031-01-15', 7),
    new Deallocated('LAMP', 'o1', 3, 'b1', 10),
    new OutOfStock('LAMP', 'o1', 3, 2),
    new OutOfStock('LAMP', 'o1', 3, null),
    new StockAdjusted('LAMP', 'b1', 8, 10, 5, 'damaged', null),
    new BatchArrived('LAMP', 'b1', DAY, 8, 10, -1),
    new BatchEtaChanged('LAMP', 'b1', DAY, '2031-01-10', 5),
    new Allocated('LAMP', 'o1', 3, 'b1', DAY, 7, 10, true, 4, 'wait-list'),
    new Reserved({ ...line, batchRef: 'b1', eta: DAY, available: 7, ...terms, expiresAt, cause: 'asked' }),
    new ReservationExtended({
      ...{ ...line, batchRef: 'b1', eta: null, ...terms },
      ...{ expiresAt, previousExpiresAt: expiresAt },
    }),
    new ReservationConfirmed({ ...line, batchRef: 'b1', eta: null, ...terms }),
    new ReservationExpired({ ...line, batchRef: 'b1', available: 10, ...terms, expiresAt }),
    new Deallocated('LAMP', 'o1', 3, 'b1', 10, 'displaced'),
    new Waitlisted({ ...line, priority: 0, askedSequence: 4, reserveFor: null, lastPromise: null }),
    new Waitlisted({
      ...{ ...line, priority: 0, askedSequence: 4, reserveFor: 60 },
      lastPromise: { batchRef: 'b1', eta: DAY },
    }),
    new WaitCancelled('LAMP', 'o1', 3),
    new Dispatched({ ...line, batchRef: 'b1', available: 7, dispatched: 3, ...terms }),
    new TermsChanged({
      ...{ ...line, ...terms, state: 'waiting', batchRef: null, eta: null, previousPriority: 0 },
      ...{ expiresAt: null, reserveFor: 60, lastPromise: null },
    }),
    new PromiseChanged({
      ...{ ...line, ...terms, state: 'reserved', batchRef: 'b1', eta: DAY, expiresAt },
      ...{ previousBatchRef: 'b2', previousEta: null },
    }),
  ])('an event fits it, and nothing less', (event) => {
    const validate = ajv.compile(eventDataSchema(eventTypeOf(event)));
    const data = JSON.parse(JSON.stringify(event)) as Record<string, unknown>;
    expect(validate(data)).toBe(true);
    expect(validate({ ...data, colour: 'red' })).toBe(true);
    for (const field of Object.keys(data)) {
      const { [field]: _, ...less } = data;
      expect(validate(less)).toBe(false);
    }
  });

  test('an event of an older version is read as one of the newest', () => {
    expect(readEvent('OutOfStock', 1, { sku: 'LAMP', orderId: 'o1', qty: 3 })).toEqual(
      new OutOfStock('LAMP', 'o1', 3, null),
    );
    expect(readEvent('OutOfStock', 2, { sku: 'LAMP', orderId: 'o1', qty: 3, available: 2 })).toEqual(
      new OutOfStock('LAMP', 'o1', 3, 2),
    );
    const allocated = { sku: 'LAMP', orderId: 'o1', qty: 3, batchRef: 'b1', available: 7 };
    expect(readEvent('Allocated', 1, allocated)).toEqual(
      new Allocated('LAMP', 'o1', 3, 'b1', null, 7, 0, false, null, null),
    );
    expect(readEvent('Allocated', 2, { ...allocated, eta: DAY })).toEqual(
      new Allocated('LAMP', 'o1', 3, 'b1', DAY, 7, 0, false, null, null),
    );
    expect(readEvent('Deallocated', 1, allocated)).toEqual(new Deallocated('LAMP', 'o1', 3, 'b1', 7, null));
  });

  test('every type of event is in the repository', () => {
    expect(
      Object.keys(
        (asyncApiDocument(AppModule.messages) as { components: { schemas: object } }).components.schemas,
      ),
    ).toEqual(expect.arrayContaining(Object.keys(eventTypes)));
  });
});
