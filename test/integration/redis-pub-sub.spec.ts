import { Redis } from 'ioredis';
import { BrokerUnavailable, type OutgoingEvent } from '../../src/messaging/broker/broker';
import { RedisPubSubBroker } from '../../src/messaging/broker/redis-pub-sub-broker';
import { PubSubOptions } from '../../src/messaging/broker/redis-pub-sub-listener';
import { captureLog } from '../support/captured-log';
import { describeWithRedis, RedisServer } from '../support/redis-server';
import { Stopwatch } from '../support/stalls';
import { TcpProxy } from '../support/tcp-proxy';
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
const options = { ...new PubSubOptions(), standbyMs: 20 };
/** Of those that lose their lease when a test says so, and not because the machine stood still. */
const patient = { ...options, leaseMs: 60_000 };
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
    broker = new RedisPubSubBroker(server.url, { ...options, pingMs: 50 });
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
    broker.publish([event('Allocated', line)], 1).then(
      () => true,
      () => false,
    );
  /** Sends until somebody has got it. */
  const send = (message: string) =>
    until(async () => (await client.publish('change_batch_quantity', message)) === 1);

  test('tells of allocated lines, and of nothing else, in the words of the book', async () => {
    const listener = await listen();
    await broker.publish(
      [
        event('BatchCreated', { sku: 'LAMP', batchRef: 'batch-1', qty: 2, eta: null }),
        event('Deallocated', line),
        event('Allocated', line),
        event('OutOfStock', { sku: 'LAMP', orderId: 'order-2', qty: 3 }),
        event('Allocated', { ...line, orderId: 'order-ß "3"', more: 'things' }),
      ],
      1,
    );

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
    expect(log.filter((line) => line.includes('be reached'))).toEqual([
      expect.stringContaining('cannot be reached'),
      expect.stringContaining('can be reached again'),
    ]);
  });

  test('starts without Redis, refuses to publish at once, and works when it is there', async () => {
    await server.kill();
    await until(() => log.length > 0);
    await subscribe();
    const watch = new Stopwatch();
    for (let n = 1; n <= 10; n += 1)
      await expect(broker.publish([event('Allocated', line)], 1)).rejects.toThrow(BrokerUnavailable);
    // Waiting for an answer would take 20 seconds.
    expect(watch.stop()).toBeLessThan(15_000);
    await server.restart();
    await send('"late"');

    await until(() => heard.length === 1);
    await until(published);
  });

  test('gives up waiting for Redis that does not answer', async () => {
    await until(published);
    server.freeze();
    const watch = new Stopwatch();
    await expect(broker.publish([event('Allocated', line)], 1)).rejects.toThrow(BrokerUnavailable);
    expect(watch.stop()).toBeLessThan(20_000);
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
    // Redis may send it once more to the connection that was given up.
    await until(async () => {
      await client.publish('change_batch_quantity', '"after"');
      return heard.includes('"after"');
    });
  });

  describe('of several instances', () => {
    let proxy: TcpProxy;
    let first: RedisPubSubBroker;
    let standby: RedisPubSubBroker;
    /** The connection of the first that listens, as Redis counts them. */
    let connection: string;
    const got: string[] = [];
    let reaction: () => Promise<void>;

    beforeEach(async () => {
      got.length = 0;
      reaction = async () => {};
      proxy = await TcpProxy.to(server.url);
    });
    afterEach(async () => {
      await Promise.all([first.close(), standby.close()]);
      await proxy.stop();
    });

    /** The first listens, and the other one stands by. */
    const startBoth = async (options: PubSubOptions) => {
      first = new RedisPubSubBroker(proxy.url, options);
      standby = new RedisPubSubBroker(server.url, options);
      await first.subscribe(async ({ body }) => {
        got.push(Buffer.from(body).toString());
        await reaction();
      });
      await send('"begin"');
      await until(() => got.length === 1);
      [connection] = await listening();
      await standby.subscribe(async ({ body }) => void heard.push(Buffer.from(body).toString()));
    };

    /** Cuts the first off from Redis. Both soon know. */
    const cut = async () => {
      proxy.cut();
      await until(async () => !(await listening()).includes(connection));
      await until(() => log.join().includes('cannot be reached'));
    };
    /** The lease of one that was cut off runs out. */
    const endLease = () => client.del('stock-allocation:listener');
    const listening = async () =>
      [...String(await client.client('LIST', 'TYPE', 'PUBSUB')).matchAll(/^id=(\d+)/gm)].map(([, id]) => id);
    const listeners = async () => (await client.pubsub('NUMSUB', 'change_batch_quantity'))[1];

    test('one listens, and another goes on when it stops, after what it had in hand', async () => {
      await startBoth(patient);
      let finish!: () => void;
      reaction = () => new Promise((resolve) => (finish = resolve));
      for (const message of ['"1"', '"2"']) await send(message);
      await until(() => got.length === 2);
      const closing = first.close();
      // Nobody takes over before it is done.
      await until(async () => (await listeners()) === 0);
      finish();
      await until(() => got.length === 3);
      expect(heard).toEqual([]);
      finish();
      await closing;
      await send('"3"');

      await until(() => heard.length === 1);
      expect([got, heard]).toEqual([['"begin"', '"1"', '"2"'], ['"3"']]);
    });

    test('another goes on within the time of the lease when one dies', async () => {
      await startBoth(options);
      const died = new Stopwatch();
      await cut();
      await send('"next"');
      expect(died.stop()).toBeLessThan(options.leaseMs + 10_000);

      await until(() => heard.length === 1);
      expect([got, heard]).toEqual([['"begin"'], ['"next"']]);
    });

    test('what waits at one that was cut off is dropped once another has listened', async () => {
      await startBoth(patient);
      let finish!: () => void;
      reaction = () => new Promise((resolve) => (finish = resolve));
      for (const message of ['"in hand"', '"old"', '"old too"']) await send(message);
      await until(() => got.length === 2);
      await cut();
      await endLease();
      await send('"newer"');
      await until(() => heard.length === 1);
      // It comes back, and is the one that listens after the other has stopped.
      proxy.open();
      await standby.close();
      await until(async () => (await listeners()) === 1);
      reaction = async () => {};
      finish();
      await send('"newest"');

      await until(() => got.includes('"newest"'));
      expect(log.join()).toContain('another instance has taken over');
      expect(got).toEqual(['"begin"', '"in hand"', '"newest"']);
    });

    test('what waits is dealt with after an outage in which nobody else has listened', async () => {
      await startBoth(patient);
      let finish!: () => void;
      reaction = () => new Promise((resolve) => (finish = resolve));
      for (const message of ['"in hand"', '"waits"']) await send(message);
      await until(() => got.length === 2);
      await standby.close();
      await cut();
      await endLease();
      finish();
      proxy.open();

      await until(() => got.includes('"waits"'));
      finish();
    });
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
