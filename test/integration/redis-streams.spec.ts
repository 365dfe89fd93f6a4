import { Redis } from 'ioredis';
import {
  BrokerUnavailable,
  type IncomingMessage,
  type MessageHandler,
  type OutgoingEvent,
  Unprocessable,
} from '../../src/messaging/broker/broker';
import { StreamReaderOptions } from '../../src/messaging/broker/redis-stream-reader';
import { RedisStreamsBroker } from '../../src/messaging/broker/redis-streams-broker';
import { Unavailable } from '../../src/unavailable';
import { captureLog } from '../support/captured-log';
import { describeWithRedis, RedisServer } from '../support/redis-server';
import { TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';

const GROUP = 'stock-allocation';
const event: OutgoingEvent = {
  id: '01990a5c-7e00-7000-8000-0123456789ab',
  type: 'OutOfStock',
  schemaVersion: 1,
  sku: 'LAMP',
  sequence: 3,
  occurredAt: '2030-01-31T12:00:00.000Z',
  correlationId: 'request-1',
  causationId: 'command-1',
  data: { sku: 'LAMP', orderId: 'order-ß', qty: 2 },
};

describeWithRedis('Redis streams', () => {
  const log = captureLog();
  let server: RedisServer;
  let client: Redis;
  const brokers: RedisStreamsBroker[] = [];
  const got: IncomingMessage[] = [];

  const start = async (...settings: string[]) => {
    server = await RedisServer.start(...settings);
    client = new Redis(server.url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
    client.on('error', () => {});
  };
  beforeEach(() => {
    log.length = 0;
    got.length = 0;
  });
  afterEach(async () => {
    await Promise.all(brokers.splice(0).map((broker) => broker.close()));
    client.disconnect();
    await server.stop();
  });

  const open = (options: Partial<StreamReaderOptions> = {}, url = server.url) => {
    const quick = { leaseMs: 1_000, standbyMs: 20, stopMs: 500, longestPauseMs: 20 };
    const broker = new RedisStreamsBroker(url, { ...new StreamReaderOptions(), ...quick, ...options });
    brokers.push(broker);
    return broker;
  };
  /** A handler that remembers what it gets, and then does what `handler` does. */
  const remember =
    (handler: MessageHandler = async () => {}): MessageHandler =>
    async (message) => {
      got.push(message);
      await handler(message);
    };
  const bodies = () => got.map(({ body }) => Buffer.from(body).toString());
  const send = (stream: string, data: string, ...fields: string[]) =>
    client.xadd(stream, '*', 'data', data, ...fields) as Promise<string>;
  const change = (data: string, ...fields: string[]) => send('batch_quantity_changed', data, ...fields);
  const pendingOf = async (stream = 'batch_quantity_changed') =>
    (await client.xpending(stream, GROUP))[0] as number;
  const dead = (stream = 'batch_quantity_changed') => client.xrange(`${stream}:dead`, '-', '+');
  const groupOf = (stream: string) => client.xgroup('CREATE', stream, GROUP, '0', 'MKSTREAM');

  describe('going out', () => {
    test('carry each event with the fields of its envelope', async () => {
      await start();
      await open().publish([event], 1);

      const [[, fields]] = await client.xrange('allocation_events', '-', '+');
      expect(fields).toEqual([
        ...['id', '01990a5c-7e00-7000-8000-0123456789ab', 'type', 'OutOfStock', 'schemaVersion', '1'],
        ...['sku', 'LAMP', 'sequence', '3', 'occurredAt', '2030-01-31T12:00:00.000Z'],
        ...['correlationId', 'request-1', 'causationId', 'command-1'],
        ...['data', '{"sku":"LAMP","orderId":"order-ß","qty":2}'],
      ]);
    });

    test('carry the trace that an event belongs to, if there is one', async () => {
      await start();
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      await open().publish(
        [
          { ...event, traceparent },
          { ...event, traceparent: undefined },
        ],
        1,
      );

      const entries = await client.xrange('allocation_events', '-', '+');
      expect(entries.map(([, fields]) => fields[fields.indexOf('traceparent') + 1])).toEqual([
        traceparent,
        'id',
      ]);
    });

    test('are refused when Redis has no room for them', async () => {
      await start();
      await client.config('SET', 'maxmemory', '1');
      await expect(open().publish([event, event], 1)).rejects.toThrow(BrokerUnavailable);
      await client.config('SET', 'maxmemory', '0');

      expect(await client.exists('allocation_events')).toBe(0);
    });

    test('are refused at once while Redis is away, and taken when it is back', async () => {
      await start();
      const broker = open();
      await broker.publish([event], 1);
      await server.kill();
      await until(() => log.length > 0);

      const asked = Date.now();
      for (let n = 1; n <= 10; n += 1)
        await expect(broker.publish([event], 1)).rejects.toThrow(BrokerUnavailable);
      // Waiting for an answer would take 20 seconds.
      expect(Date.now() - asked).toBeLessThan(15_000);
      await server.restart();
      await until(() =>
        broker.publish([event], 1).then(
          () => true,
          () => false,
        ),
      );
    });

    test('are refused at once when Redis dies before it has answered', async () => {
      await start();
      const broker = open();
      await broker.publish([event], 1);
      server.freeze();
      const publishing = broker.publish([event], 1);
      publishing.catch(() => {});
      await server.kill();

      await expect(publishing).rejects.toThrow(BrokerUnavailable);
      await expect(publishing).rejects.not.toThrow(/timed out|no answer/);
    });

    test('are refused soon when Redis does not answer, and taken when it does again', async () => {
      await start();
      const broker = open();
      await broker.publish([event], 1);
      server.freeze();

      const asked = Date.now();
      await expect(broker.publish([event], 1)).rejects.toThrow(BrokerUnavailable);
      expect(Date.now() - asked).toBeLessThan(20_000);
      server.thaw();
      await until(() =>
        broker.publish([event], 1).then(
          () => true,
          () => false,
        ),
      );
    });
  });

  describe('an outage', () => {
    test('of which nobody is told ends with a new connection', async () => {
      await start();
      const proxy = await TcpProxy.to(server.url);
      const broker = open({}, proxy.url);
      await broker.publish([event], 1);
      const connections = async () =>
        Number(/total_connections_received:(\d+)/.exec(await client.info('stats'))![1]);
      const before = await connections();
      proxy.freeze();

      await expect(broker.publish([event], 1)).rejects.toThrow(BrokerUnavailable);
      await until(async () => (await connections()) > before);
      await proxy.stop();
    });

    test('is logged once when it begins and once when it ends, without the password', async () => {
      await start('--requirepass', 's3cret');
      const broker = open({}, server.url.replace('//', '//:s3cret@'));
      await broker.subscribe(remember());
      await broker.publish([event], 1);
      await server.kill();
      await until(() => log.length > 0);
      for (let attempt = 0; attempt < 20; attempt += 1) {
        await expect(broker.publish([event], 1)).rejects.not.toThrow('s3cret');
      }
      await server.restart();
      await until(() =>
        broker.publish([event], 1).then(
          () => true,
          () => false,
        ),
      );

      expect(log).toEqual([
        expect.stringMatching(/Redis at 127\.0\.0\.1:\d+ cannot be reached: .+; trying again/),
        expect.stringMatching(/can be reached again/),
      ]);
      expect(log.join()).not.toContain('s3cret');
    });

    test('begins when Redis refuses the password, and tells it to nobody', async () => {
      await start('--requirepass', 'right');
      const broker = open({}, server.url.replace('//', '//:s3cret@'));
      await broker.subscribe(remember());
      const refusal = await broker.publish([event], 1).catch((error: Error) => error);

      expect(refusal).toBeInstanceOf(BrokerUnavailable);
      expect((refusal as Error).message).toContain('WRONGPASS');
      expect(
        JSON.stringify([log, refusal, (refusal as Error).cause, (refusal as Error).stack]),
      ).not.toContain('s3cret');
      expect(log).toHaveLength(1);
    });

    test('at the start is waited for', async () => {
      await start();
      await server.kill();
      const broker = open();
      await broker.subscribe(remember());
      await expect(broker.publish([event], 1)).rejects.toThrow(BrokerUnavailable);
      await server.restart();
      await change('"late"');

      await until(() => got.length === 1);
      await until(() =>
        broker.publish([event], 1).then(
          () => true,
          () => false,
        ),
      );
    });

    test('that loses all data is survived: the group is made again, from the first message on', async () => {
      await start();
      const broker = open();
      await broker.subscribe(remember());
      await change('"before"');
      await until(() => got.length === 1);
      await server.kill();
      await server.restart();
      await change('"after"');

      await until(() => got.length === 2);
      expect(bodies()).toEqual(['"before"', '"after"']);
      await until(async () => (await pendingOf()) === 0);
    });

    test('that keeps the data loses no message: what was not acknowledged comes again, by the same id', async () => {
      await start('--appendonly', 'yes', '--appendfsync', 'always');
      let goOn!: () => void;
      const interrupted = new Promise<void>((resolve) => (goOn = resolve));
      await open().subscribe(remember(() => (got.length === 1 ? interrupted : Promise.resolve())));
      await change('"in hand"');
      await change('"next"');
      await until(() => got.length === 1);
      await server.kill();
      goOn();
      await server.restart();

      await until(() => got.length === 3);
      expect(bodies()).toEqual(['"in hand"', '"in hand"', '"next"']);
      expect(got[1].id).toBe(got[0].id);
      await until(async () => (await pendingOf()) === 0);
      expect(await dead()).toEqual([]);
    });

    test('without an end of the connection is noticed: Redis that answers no more is left', async () => {
      await start();
      await open({ blockMs: 100 }).subscribe(remember());
      await change('"before"');
      await until(() => got.length === 1);
      server.freeze();
      await until(() => log.length > 0);
      server.thaw();
      await change('"after"');

      await until(() => got.length === 2);
    });
  });

  test('that are emptied under a running reader are read on', async () => {
    await start();
    await open().subscribe(remember());
    await change('"before"');
    await until(() => got.length === 1);
    await client.flushall();
    await change('"after"');

    await until(() => got.length === 2);
  });

  test('of another type are complained about once, and read when that is mended', async () => {
    await start();
    await client.set('batch_created', 'a text');
    await open().subscribe(remember());
    await until(() => log.length > 0);
    await change('"waiting"');
    await until(async () => /xgroup\|create:calls=\d\d/.test(await client.info('commandstats')));
    expect(log.filter((line) => line.includes('WRONGTYPE'))).toHaveLength(1);
    await client.del('batch_created');

    await until(() => got.length === 1);
  });

  test('know a message by its sender’s id if it has one, and by that of its stream otherwise', async () => {
    await start();
    await open().subscribe(remember());
    const anonymous = await change('{}', 'correlationid', 'no good');
    await until(() => got.length === 1);
    await send('batch_created', '{}', 'id', 'a-1', 'correlationid', 'c-1');

    await until(() => got.length === 2);
    expect(got[0]).toMatchObject({ id: `batch_quantity_changed/${anonymous}`, correlationId: undefined });
    expect(got[1]).toMatchObject({
      id: 'batch_created/id/a-1',
      channel: 'batch_created',
      correlationId: 'c-1',
    });
  });

  test('are read as one, in the order of time', async () => {
    await start();
    const sent = Array.from({ length: 40 }, (_, index) => `"${index}"`);
    for (const [index, data] of sent.entries()) {
      const stream = index % 3 === 0 ? 'batch_created' : 'batch_quantity_changed';
      // As Redis numbers them: by its clock, and counted within a millisecond.
      await client.xadd(stream, `${1_000 + Math.floor(index / 4)}-${index % 4}`, 'data', data);
    }
    await open().subscribe(remember());

    await until(() => got.length === sent.length);
    expect(bodies()).toEqual(sent);
  });

  describe('a message', () => {
    test('that is at fault is moved aside at once, with what is wrong with it', async () => {
      await start();
      await open().subscribe(remember(() => Promise.reject(new Unprocessable('qty must be a whole number'))));
      const id = await change('{"qty": "x"}', 'id', 'a-1', 'more', 'things');

      await until(async () => (await dead()).length === 1);
      const [[, fields]] = await dead();
      expect(fields).toEqual([
        ...['data', '{"qty": "x"}', 'id', 'a-1', 'more', 'things'],
        ...['error', 'qty must be a whole number', 'entry', id],
      ]);
      await until(async () => (await pendingOf()) === 0);
      expect(got).toHaveLength(1);
    });

    test.each([
      ['data', ['id', 'a-1']],
      ['id', ['data', '{}', 'id', 'not visible ☃']],
      ['ID is unknown; did you mean id?', ['data', '{}', 'ID', 'po-1']],
      ['Data is unknown; did you mean data?', ['Data', '{}']],
      ['id', ['data', '{}', 'id', 'x'.repeat(129)]],
    ])('with a bad field %s is moved aside, and does not stop the others', async (field, fields) => {
      await start();
      await open().subscribe(remember());
      await client.xadd('batch_created', '*', ...fields);
      await send('batch_created', '"good"');

      await until(() => got.length === 1);
      expect(bodies()).toEqual(['"good"']);
      const [[, deadFields]] = await dead('batch_created');
      expect(deadFields.slice(0, -4)).toEqual(fields);
      expect(deadFields[deadFields.indexOf('error') + 1]).toContain(`field ${field}`);
    });

    test('that keeps failing is moved aside after the fifth time', async () => {
      await start();
      await open().subscribe(remember(() => Promise.reject(new Error('a bug'))));
      await change('{}');

      await until(async () => (await dead()).length === 1);
      expect(got).toHaveLength(5);
      expect((await dead())[0][1]).toEqual(expect.arrayContaining(['error', 'a bug']));
      await until(async () => (await pendingOf()) === 0);
    });

    test('that brings down one instance after the other is moved aside before it meets the next', async () => {
      await start();
      await groupOf('batch_quantity_changed');
      const id = await change('"deadly"');
      await change('"harmless"');
      await client.xreadgroup('GROUP', GROUP, 'dead', 'COUNT', 1, 'STREAMS', 'batch_quantity_changed', '>');
      await client.xclaim('batch_quantity_changed', GROUP, 'dead', 0, id, 'RETRYCOUNT', 5, 'JUSTID');
      await open().subscribe(remember());

      await until(() => got.length === 1);
      expect(bodies()).toEqual(['"harmless"']);
      expect(await dead()).toHaveLength(1);
    });

    test('that waited out a broken database is not held to have failed', async () => {
      await start();
      const outcomes = [
        ...Array.from({ length: 9 }, () => new Unavailable('no database')),
        new Error('a bug'),
      ];
      await open().subscribe(
        remember(async () => {
          const error = outcomes.shift();
          if (error) throw error;
        }),
      );
      await change('{}');

      await until(async () => got.length === 11 && (await pendingOf()) === 0);
      expect(await dead()).toEqual([]);
    });

    test('whose handler hangs counts as failed after a while', async () => {
      await start();
      await open({ handlerMs: 50 }).subscribe(
        remember(() => (got.length === 1 ? new Promise(() => {}) : Promise.resolve())),
      );
      await change('{}');

      await until(async () => got.length === 2 && (await pendingOf()) === 0);
    });

    test('that was deleted while it was pending is let go', async () => {
      await start();
      await groupOf('batch_quantity_changed');
      const id = await change('"deleted"');
      await client.xreadgroup('GROUP', GROUP, 'dead', 'STREAMS', 'batch_quantity_changed', '>');
      await client.xdel('batch_quantity_changed', id);
      await open().subscribe(remember());
      await change('"next"');

      await until(() => got.length === 1);
      expect(bodies()).toEqual(['"next"']);
      await until(async () => (await pendingOf()) === 0);
    });
  });

  describe('of an instance that died', () => {
    const takeAndDie = async () => {
      await client.xreadgroup('GROUP', GROUP, 'dead', 'COUNT', 1, 'STREAMS', 'batch_quantity_changed', '>');
    };

    test('messages are taken over before new ones, and its consumer is forgotten', async () => {
      await start();
      await groupOf('batch_quantity_changed');
      await change('"in hand"');
      await change('"new"');
      await takeAndDie();
      const isIdle = async () => {
        const [dead] = (await client.xinfo('CONSUMERS', 'batch_quantity_changed', GROUP)) as unknown[][];
        return Number(dead[dead.indexOf('idle') + 1]) > 5;
      };
      await until(isIdle);
      await open({ claimMs: 1 }).subscribe(remember());

      await until(() => got.length === 2);
      expect(bodies()).toEqual(['"in hand"', '"new"']);
      const consumers = (await client.xinfo('CONSUMERS', 'batch_quantity_changed', GROUP)) as string[][];
      expect(consumers).toHaveLength(1);
      expect(consumers.flat()).not.toContain('dead');
    });

    test('messages are claimed in time when it died after another had begun to read', async () => {
      await start();
      await open({ claimMs: 200, blockMs: 50 }).subscribe(remember());
      await change('"first"');
      await until(() => got.length === 1);
      // A reader that is late to learn that it lost its lease may get a message, and die with it.
      await client
        .multi()
        .xadd('batch_quantity_changed', '*', 'data', '"in hand"')
        .xreadgroup('GROUP', GROUP, 'dead', 'STREAMS', 'batch_quantity_changed', '>')
        .exec();

      await until(() => bodies().includes('"in hand"'));
    });

    test('the next one goes on where it stopped, so that no older message comes after a newer one', async () => {
      await start();
      const proxy = await TcpProxy.to(server.url);
      let letGo!: () => void;
      const stuck = new Promise<void>((resolve) => (letGo = resolve));
      const applied: string[] = [];
      const apply = async ({ body }: IncomingMessage) => void applied.push(Buffer.from(body).toString());
      // Its lease ends when it is cut off, and not because the machine stood still.
      const patient = { leaseMs: 60_000 };
      await open(patient, proxy.url).subscribe(async (message) => {
        await apply(message);
        if (applied.length === 2) await stuck;
      });
      for (const data of ['"1"', '"2"', '"3"', '"4"']) await change(data);
      await until(() => applied.length === 2);
      await open(patient).subscribe(apply);
      const askedForLease = async () =>
        Number(/eval:calls=(\d+)/.exec(await client.info('commandstats'))![1]);
      const before = await askedForLease();
      await until(async () => (await askedForLease()) > before + 10);
      expect(applied).toEqual(['"1"', '"2"']);
      proxy.cut();
      await until(() => log.join().includes('cannot be reached'));
      await client.del(`${GROUP}:reader`);

      await until(() => applied.includes('"4"'));
      expect(applied).toEqual(['"1"', '"2"', '"2"', '"3"', '"4"']);
      letGo();
      await proxy.stop();
    });
  });

  test('change hands at once when the one that reads is closed', async () => {
    await start();
    const longLease = { leaseMs: 60_000 };
    const first = open(longLease);
    await first.subscribe(remember());
    await change('"first"');
    await until(() => got.length === 1);
    await open(longLease).subscribe(remember());
    await first.close();
    await change('"second"');

    await until(() => got.length === 2);
  });
});
