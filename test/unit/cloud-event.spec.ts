import { cloudEventOf, type StoredEvent } from '../../src/log/contracts';

const stored: StoredEvent = {
  id: '01990a5c-7e00-7000-8000-0123456789ab',
  type: 'Allocated',
  schemaVersion: 2,
  sku: 'SMALL-TABLE',
  sequence: 7,
  occurredAt: new Date('2031-01-01T12:00:00Z'),
  correlationId: 'request-1',
  causationId: 'request-2',
  data: {
    sku: 'SMALL-TABLE',
    orderId: 'order-001',
    qty: 10,
    batchRef: 'batch-001',
    eta: null,
    available: 90,
  },
};

test('an event is told as a CloudEvent, with its data as they were recorded', () => {
  expect(cloudEventOf(stored)).toEqual({
    specversion: '1.0',
    id: '01990a5c-7e00-7000-8000-0123456789ab',
    source: '/stock-allocation',
    type: 'allocation.Allocated.v2',
    subject: 'SMALL-TABLE',
    time: '2031-01-01T12:00:00.000Z',
    sequence: '0000000000000000007',
    correlationid: 'request-1',
    causationid: 'request-2',
    datacontenttype: 'application/json',
    data: stored.data,
  });
});

test('a CloudEvent names the trace that it belongs to, if there is one', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  expect(cloudEventOf({ ...stored, traceparent })).toMatchObject({ traceparent });
  expect(JSON.stringify(cloudEventOf(stored))).not.toContain('traceparent');
});

test('sequences compare as texts as they do as numbers', () => {
  const sequences = [1, 9, 10, 99, 100, Number.MAX_SAFE_INTEGER];
  const texts = sequences.map((sequence) => cloudEventOf({ ...stored, sequence }).sequence);
  expect(texts.toSorted()).toEqual(texts);
});
