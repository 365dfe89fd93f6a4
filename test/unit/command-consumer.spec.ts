import { Logger } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { CommandBus } from '@nestjs/cqrs';
import {
  AdjustStock,
  Allocate,
  BatchNotFound,
  ChangeBatchEta,
  ChangeBatchQuantity,
  ConfirmReservation,
  CreateBatch,
  Deallocate,
  Dispatch,
  DuplicateMessage,
  OrderLine,
  RecordArrival,
} from '../../src/allocation/contracts';
import { type Correlation, currentCorrelation } from '../../src/correlation';
import { type IncomingMessage, Unprocessable } from '../../src/messaging/broker/broker';
import { MemoryBroker } from '../support/memory-broker';
import { CommandConsumer } from '../../src/messaging/entrypoints/command-consumer';
import { Unavailable } from '../../src/unavailable';
import { until } from '../support/until';

/** A CommandBus that remembers its commands, and then does what it is told to. */
class RecordingCommandBus {
  readonly commands: unknown[] = [];
  readonly correlations: Correlation[] = [];
  outcome: () => Promise<void> = async () => {};

  async execute(command: unknown): Promise<void> {
    this.commands.push(command);
    this.correlations.push(currentCorrelation());
    await this.outcome();
  }
}

const logged: unknown[][] = [];
const log = (...words: unknown[]) => void logged.push(words);

describe('the command consumer', () => {
  let bus: RecordingCommandBus;
  let broker: MemoryBroker;
  let consumer: CommandConsumer;

  beforeAll(() => Logger.overrideLogger({ log, warn: log, error: log }));
  afterAll(() => Logger.overrideLogger(['log', 'warn', 'error']));
  beforeEach(() => {
    logged.length = 0;
    bus = new RecordingCommandBus();
    broker = new MemoryBroker();
    consumer = new CommandConsumer(broker, bus as unknown as CommandBus, {} as HttpAdapterHost);
  });
  afterEach(() => broker.close());

  const message = (
    channel: string,
    body: unknown,
    about: Partial<IncomingMessage> = {},
  ): IncomingMessage => ({
    id: 'message-1',
    channel,
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    ...about,
  });

  test.each([
    [
      'batch_created',
      { ref: 'b1', sku: 'LAMP', qty: 7, eta: '2030-01-31' },
      new CreateBatch('b1', 'LAMP', 7, '2030-01-31'),
    ],
    ['batch_created', { ref: 'b1', sku: 'LAMP', qty: 7, eta: null }, new CreateBatch('b1', 'LAMP', 7, null)],
    [
      'batch_created',
      { ref: 'b1', sku: 'LAMP', qty: 7, colour: 'red' },
      new CreateBatch('b1', 'LAMP', 7, null),
    ],
    ['batch_quantity_changed', { batchref: 'b1', qty: 0 }, new ChangeBatchQuantity('b1', 0)],
    // A batch that was stored under such a name before these were refused.
    ['batch_quantity_changed', { batchref: ' b\t1', qty: 0 }, new ChangeBatchQuantity(' b\t1', 0)],
    ['change_batch_quantity', { batchref: 'b1', qty: 25, id: 3 }, new ChangeBatchQuantity('b1', 25)],
    ['batch_eta_changed', { batchref: 'b1', eta: '2030-02-28' }, new ChangeBatchEta('b1', '2030-02-28')],
    ['batch_arrived', { batchref: 'b1' }, new RecordArrival('b1')],
    ['batch_arrived', { batchref: 'b1', qty: 0 }, new RecordArrival('b1', 0)],
    ['stock_adjusted', { batchref: 'b1', delta: 3, reason: 'found' }, new AdjustStock('b1', 3, 'found')],
    [
      'stock_adjusted',
      { batchref: 'b1', delta: -2, reason: 'damaged', note: 'Two legs are broken' },
      new AdjustStock('b1', -2, 'damaged', 'Two legs are broken'),
    ],
    ['line_ordered', { orderid: 'o1', sku: 'LAMP', qty: 3 }, new Allocate(new OrderLine('o1', 'LAMP', 3))],
    [
      'line_ordered',
      { orderid: 'o1', sku: 'LAMP', qty: 3, priority: -1, wait: true, reserve_for: 900 },
      new Allocate(new OrderLine('o1', 'LAMP', 3), { priority: -1, wait: true, reserveFor: 900 }),
    ],
    ['line_confirmed', { orderid: 'o1', sku: 'LAMP' }, new ConfirmReservation('o1', 'LAMP')],
    ['line_dispatched', { orderid: 'o1', sku: 'LAMP' }, new Dispatch('o1', 'LAMP')],
    ['line_cancelled', { orderid: 'o1', sku: 'LAMP' }, new Deallocate('o1', 'LAMP')],
  ])('makes a command of %s %j', async (channel, body, command) => {
    await consumer.consume(message(channel, body));

    expect(bus.commands).toEqual([command]);
    expect(bus.commands[0]).toBeInstanceOf(command.constructor);
    expect(consumer.counts).toEqual({ carriedOut: 1, duplicate: 0, refused: 0, failed: 0 });
  });

  test.each([
    ['ref', 'batch_created', { ref: '', sku: 'LAMP', qty: 7 }],
    ['ref', 'batch_created', { ref: 'x'.repeat(256), sku: 'LAMP', qty: 7 }],
    ['sku', 'batch_created', { ref: 'b1', sku: 'LA\0MP', qty: 7 }],
    ['sku', 'batch_created', '{"ref": "b1", "sku": "\\ud800", "qty": 7}'],
    ['sku', 'batch_created', { ref: 'b1', sku: 5, qty: 7 }],
    ['qty', 'batch_created', { ref: 'b1', sku: 'LAMP', qty: 0 }],
    ['eta', 'batch_created', { ref: 'b1', sku: 'LAMP', qty: 7, eta: '2030-02-30' }],
    ['eta', 'batch_created', { ref: 'b1', sku: 'LAMP', qty: 7, eta: '' }],
    ['ref', 'batch_created', { ref: '..', sku: 'LAMP', qty: 7 }],
    ['sku', 'batch_created', { ref: 'b1', sku: 'LAMP\n', qty: 7 }],
    [
      'ETA is unknown; did you mean eta?',
      'batch_created',
      { ref: 'b1', sku: 'LAMP', qty: 7, ETA: '2030-01-31' },
    ],
    ['qtty is unknown; did you mean qty?', 'batch_quantity_changed', { batchref: 'b1', qtty: 7 }],
    ['qty', 'batch_quantity_changed', { batchref: 'b1' }],
    ['qty', 'batch_quantity_changed', { batchref: 'b1', qty: '7' }],
    ['qty', 'batch_quantity_changed', { batchref: 'b1', qty: 1.5 }],
    ['qty', 'batch_quantity_changed', { batchref: 'b1', qty: -1 }],
    ['qty', 'batch_quantity_changed', { batchref: 'b1', qty: 2_147_483_648 }],
    ['batchref', 'change_batch_quantity', { qty: 7 }],
    ['batchref', 'change_batch_quantity', '{"__proto__": {"batchref": "b1", "qty": 7}}'],
    ['eta must be a day', 'batch_eta_changed', { batchref: 'b1', eta: null }],
    ['eta must be a day', 'batch_eta_changed', { batchref: 'b1' }],
    ['qty must be a whole number from 0', 'batch_arrived', { batchref: 'b1', qty: -1 }],
    ['qty must be a whole number', 'batch_arrived', { batchref: 'b1', qty: null }],
    ['delta must be a whole number', 'stock_adjusted', { batchref: 'b1', delta: '2', reason: 'found' }],
    ['reason must be one of damaged,', 'stock_adjusted', { batchref: 'b1', delta: 2, reason: 'stolen' }],
    ['reason must be one of damaged,', 'stock_adjusted', { batchref: 'b1', delta: 2 }],
    ['orderid', 'line_ordered', { orderid: '..', sku: 'LAMP', qty: 3 }],
    ['wait must be true or false', 'line_ordered', { orderid: 'o1', sku: 'LAMP', qty: 3, wait: 'true' }],
    ['priority must be', 'line_ordered', { orderid: 'o1', sku: 'LAMP', qty: 3, priority: 0.5 }],
    ['reserve_for must be', 'line_ordered', { orderid: 'o1', sku: 'LAMP', qty: 3, reserve_for: 0 }],
    [
      'reserve_fro is unknown; did you mean reserve_for?',
      'line_ordered',
      { orderid: 'o1', sku: 'LAMP', qty: 3, reserve_fro: 900 },
    ],
    ['sku', 'line_dispatched', { orderid: 'o1' }],
    ['JSON', 'change_batch_quantity', '{"batchref": "b1", "qty": 7'],
    ['JSON', 'change_batch_quantity', ''],
    ['object', 'change_batch_quantity', '[]'],
    ['object', 'change_batch_quantity', 'null'],
    ['longer', 'change_batch_quantity', `{"batchref": "b1", "qty": 7, "x": ${'['.repeat(1e5)}`],
  ])('refuses a bad %s in %s (%#)', async (complaint, channel, body) => {
    const consuming = consumer.consume(message(channel, body));

    await expect(consuming).rejects.toThrow(Unprocessable);
    await expect(consuming).rejects.toThrow(complaint);
    expect(bus.commands).toEqual([]);
    expect(consumer.counts).toEqual({ carriedOut: 0, duplicate: 0, refused: 1, failed: 0 });
  });

  test('refuses what is not UTF-8, which could be taken for another reference', async () => {
    const body = Buffer.from('{"batchref": "b\xff", "qty": 7}', 'latin1');

    await expect(consumer.consume(message('change_batch_quantity', '', { body }))).rejects.toThrow('UTF-8');
  });

  test('logs the beginning of what it refuses, and no more', async () => {
    const body = { batchref: 'b1', qty: -1, comment: 'x'.repeat(10_000) };

    await expect(consumer.consume(message('change_batch_quantity', body))).rejects.toThrow(Unprocessable);
    const text = JSON.stringify(logged);
    expect(text).toContain('message-1');
    expect(text).toContain('qty must be a whole number');
    expect(text).toContain('batchref');
    expect(text.length).toBeLessThan(1_000);
  });

  test('works on behalf of the message', async () => {
    await consumer.consume(
      message('change_batch_quantity', { batchref: 'b1', qty: 1 }, { correlationId: 'order-7' }),
    );
    await consumer.consume(message('change_batch_quantity', { batchref: 'b1', qty: 1 }));

    expect(bus.correlations).toEqual([
      { correlationId: 'order-7', causationId: 'message-1', messageId: 'message-1' },
      { correlationId: 'message-1', causationId: 'message-1', messageId: 'message-1' },
    ]);
  });

  test('gives a message without an id one for the log, but none that a repetition could be known by', async () => {
    const anonymous = message('change_batch_quantity', { batchref: 'b1', qty: 1 }, { id: undefined });
    await consumer.consume(anonymous);
    await consumer.consume(anonymous);

    const [first, second] = bus.correlations;
    expect(first.correlationId).toBe(first.causationId);
    expect(first.correlationId).not.toBe(second.correlationId);
    expect(first.messageId).toBeUndefined();
  });

  test('takes a refusal of the business for the fault of the message, and hands on why', async () => {
    bus.outcome = () => Promise.reject(new BatchNotFound('b1'));
    const consuming = consumer.consume(message('change_batch_quantity', { batchref: 'b1', qty: 1 }));

    await expect(consuming).rejects.toThrow(Unprocessable);
    await expect(consuming).rejects.toThrow('There is no batch b1');
    expect(consumer.counts.refused).toBe(1);
  });

  test.each([new Unavailable('no database'), new Error('a bug')])(
    'lets a message come again after %p',
    async (error) => {
      bus.outcome = () => Promise.reject(error);

      await expect(
        consumer.consume(message('change_batch_quantity', { batchref: 'b1', qty: 1 })),
      ).rejects.toBe(error);
      expect(consumer.counts).toEqual({ carriedOut: 0, duplicate: 0, refused: 0, failed: 1 });
    },
  );

  test('is done with a message that was carried out before', async () => {
    bus.outcome = () => Promise.reject(new DuplicateMessage('Message message-1 was carried out before'));
    await consumer.consume(message('change_batch_quantity', { batchref: 'b1', qty: 1 }));

    expect(consumer.counts).toEqual({ carriedOut: 0, duplicate: 1, refused: 0, failed: 0 });
  });

  test('goes on after messages that it refused, until it is told to stop', async () => {
    await consumer.start();
    broker.send(message('change_batch_quantity', 'nonsense'));
    broker.send(message('change_batch_quantity', { batchref: 'b1', qty: 1 }));
    await until(() => consumer.counts.carriedOut === 1);
    await consumer.onModuleDestroy();
    broker.send(message('change_batch_quantity', { batchref: 'b1', qty: 2 }));
    await broker.close();

    expect(broker.dead).toHaveLength(1);
    expect(bus.commands).toEqual([new ChangeBatchQuantity('b1', 1)]);
  });

  test('does nothing without a broker', async () => {
    const idle = new CommandConsumer(undefined, bus as unknown as CommandBus, {} as HttpAdapterHost);
    await idle.start();
    await idle.onModuleDestroy();
  });
});
