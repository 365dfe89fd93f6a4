import { Redis } from 'ioredis';
import { BrokerUnavailable, type OutgoingEvent } from '../../src/messaging/broker/broker';
import { RedisPubSubBroker } from '../../src/messaging/broker/redis-pub-sub-broker';
import { captureLog } from '../support/captured-log';
import { describeWithRedis, RedisServer } from '../support/redis-server';
import { until } from '../support/until';

const event = (type: string, data: Record<string, unknown>): OutgoingEvent => ({
  id: '01990a5c-7e00-7000-8000-0123456789ab',
  type,
  schemaVersion: 1,
  sku: 'LAMP',
  sequence: 3,
  occurredAt: '2030-01-31T12:00:00.000Z',
  correlationId: 'request-1',
  causationId: 'command-1',
  data,
});
const line = { sku: 'LAMP', orderId: 'order-1', qty: 2, batchRef: 'batch-1', eta: null };

describeWithRedis('Redis pub/sub', () => {
  const log = captureLog();
  let server: RedisServer;
  let client: Redis;
  let broker: RedisPubSubBroker;
  const heard: string[] = [];

  beforeEach(async () => {
    log.length = 0;
    heard.length = 0;
    server = await RedisServer.start();
    client = new Redis(server.url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
    client.on('error', () => {});
    broker = new RedisPubSubBroker(server.url, 50);
  });
  afterEach(async () => {
    await broker.close();
    client.disconnect();
    await server.stop();
  });

  const listen = async () => {
    const listener = client.duplicate();
    listener.on('error', () => {});
    listener.on('message', (channel: string, message: string) => heard.push(`${channel} ${message}`));
    await listener.subscribe('line_allocated');
    return listener;
  };
  const subscribe = () => broker.subscribe(async ({ body }) => void heard.push(Buffer.from(body).toString()));
  const published = () =>
    broker.publish([event('Allocated', line)]).then(
      () => true,
      () => false,
    );
  /** Sends until somebody has got it. */
  const send = (message: string) =>
    until(async () => (await client.publish('change_batch_quantity', message)) === 1);

  test('tells of allocated lines, and of nothing else, in the words of the book', async () => {
    const listener = await listen();
    await broker.publish([
      event('BatchCreated', { sku: 'LAMP', batchRef: 'batch-1', qty: 2, eta: null }),
      event('Deallocated', line),
      event('Allocated', line),
      event('OutOfStock', { sku: 'LAMP', orderId: 'order-2', qty: 3 }),
      event('Allocated', { ...line, orderId: 'order-ß "3"', more: 'things' }),
    ]);

    await until(() => heard.length === 2);
    expect(heard).toEqual([
      'line_allocated {"orderid":"order-1","sku":"LAMP","qty":2,"batchref":"batch-1"}',
      'line_allocated {"orderid":"order-ß \\"3\\"","sku":"LAMP","qty":2,"batchref":"batch-1"}',
    ]);
    listener.disconnect();
  });

  test('listens again after Redis was away', async () => {
    await subscribe();
    await send('"before"');
    await until(() => heard.length === 1);
    await server.kill();
    await server.restart();
    await send('"after"');

    await until(() => heard.length === 2);
    expect(log).toEqual([
      expect.stringContaining('cannot be reached'),
      expect.stringContaining('can be reached again'),
    ]);
  });

  test('starts without Redis, refuses to publish at once, and works when it is there', async () => {
    await server.kill();
    await until(() => log.length > 0);
    await subscribe();
    const asked = Date.now();
    await expect(broker.publish([event('Allocated', line)])).rejects.toThrow(BrokerUnavailable);
    expect(Date.now() - asked).toBeLessThan(1_500);
    await server.restart();
    await send('"late"');

    await until(() => heard.length === 1);
    await until(published);
  });

  test('gives up waiting for Redis that does not answer', async () => {
    await until(published);
    server.freeze();
    const asked = Date.now();
    await expect(broker.publish([event('Allocated', line)])).rejects.toThrow(BrokerUnavailable);
    expect(Date.now() - asked).toBeLessThan(4_000);
    server.thaw();
    await until(published);
  });

  test('notices Redis that does not answer while it only listens', async () => {
    await subscribe();
    await send('"before"');
    server.freeze();
    await until(() => log.length > 0);
    expect(log[0]).toContain('no answer');
    server.thaw();
    await send('"after"');

    await until(() => heard.includes('"after"'));
  });

  test('tries to listen until it is allowed to', async () => {
    await client.acl('SETUSER', 'default', 'resetchannels');
    await subscribe();
    await until(() => log.length > 0);
    await client.acl('SETUSER', 'default', 'allchannels');
    await send('"at last"');

    await until(() => heard.length === 1);
    expect(log).toEqual([expect.stringMatching(/Cannot listen to change_batch_quantity yet: .*NOPERM/)]);
  });
});
