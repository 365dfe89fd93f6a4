import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Redis } from 'ioredis';
import { AppModule, loadConfig } from '../../src/app.module';
import { COMMAND_STREAMS } from '../../src/messaging/broker/redis-streams-broker';
import { createApp } from '../../src/http/create-app';
import { randomOrderId, randomRef, randomSku } from '../support/random-refs';
import { describeWithRedis, RedisServer } from '../support/redis-server';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

describeWithRedis('the service on Redis', () => {
  let server: RedisServer;
  let client: Redis;
  let database: TestDatabase;
  let app: NestFastifyApplication;

  beforeEach(async () => {
    server = await RedisServer.start();
    client = new Redis(server.url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
    client.on('error', () => {});
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await app.close();
    client.disconnect();
    await server.stop();
    await database.drop();
  });

  const create = async (mode: 'pubsub' | 'streams') => {
    const settings = {
      DATABASE_URL: database.url,
      REDIS_URL: server.url,
      REDIS_MODE: mode,
      LOG_LEVEL: 'silent',
    };
    const config = loadConfig(settings);
    app = await createApp(config, AppModule.forRoot(config), AppModule.apis);
  };
  const listen = () => app.listen({ port: 0, host: '127.0.0.1' });
  const start = async (mode: 'pubsub' | 'streams') => {
    await create(mode);
    await listen();
  };
  const post = async (url: string, payload: object) =>
    (await app.inject({ method: 'POST', url, payload })).statusCode;
  const batch = async (batchRef: string) =>
    (await app.inject({ url: `/v1/batches/${batchRef}` })).json<Record<string, unknown>>();
  const purchased = async (batchRef: string) => (await batch(batchRef)).purchasedQuantity;
  const send = (stream: string, data: object, ...fields: string[]) =>
    client.xadd(stream, '*', 'data', JSON.stringify(data), ...fields);
  const isDealtWith = async (stream: string) => {
    const [group] = (await client.xinfo('GROUPS', stream).catch(() => [])) as unknown[][];
    const of = (name: string) => group[group.indexOf(name) + 1];
    const [last] = await client.xrevrange(stream, '+', '-', 'COUNT', 1);
    return group && of('pending') === 0 && (!last || of('last-delivered-id') === last[0]);
  };
  const allDealtWith = async () => {
    for (const stream of COMMAND_STREAMS) await until(() => isDealtWith(stream));
  };

  describe('streams', () => {
    test('takes in batches and their quantities, also those that were sent before it started', async () => {
      const [batchRef, sku] = [randomRef(), randomSku()];
      await send(
        'batch_created',
        { ref: batchRef, sku, qty: 10, eta: '2030-01-31' },
        'correlationid',
        'shipment-7',
      );
      await send('batch_quantity_changed', { batchref: batchRef, qty: 7 });
      await start('streams');
      await allDealtWith();

      expect(await batch(batchRef)).toMatchObject({ sku, purchasedQuantity: 7, eta: '2030-01-31' });
      await until(async () => (await client.xlen('allocation_events')) === 2);
      const [[, created]] = await client.xrange('allocation_events', '-', '+');
      expect(created).toEqual(
        expect.arrayContaining(['type', 'BatchCreated', 'correlationId', 'shipment-7']),
      );
    });

    test('takes in nothing before it listens: then it is ready, and no command of the command line', async () => {
      const batchRef = randomRef();
      await create('streams');
      await app.init();
      await send('batch_created', { ref: batchRef, sku: randomSku(), qty: 10 });
      await post('/v1/batches', { ref: randomRef(), sku: randomSku(), qty: 1 });
      await until(async () => (await client.xlen('allocation_events')) === 1);
      expect(await client.xinfo('GROUPS', 'batch_created')).toEqual([]);
      await listen();
      await allDealtWith();

      expect(await purchased(batchRef)).toBe(10);
    });

    test('does not let an older quantity that comes again overwrite a newer one', async () => {
      const [batchRef, sku] = [randomRef(), randomSku()];
      await start('streams');
      await send('batch_created', { ref: batchRef, sku, qty: 10 });
      await send('batch_quantity_changed', { batchref: batchRef, qty: 20 }, 'id', 'older');
      await send('batch_quantity_changed', { batchref: batchRef, qty: 30 }, 'id', 'newer');
      await send('batch_quantity_changed', { batchref: batchRef, qty: 20 }, 'id', 'older');
      await allDealtWith();

      expect(await purchased(batchRef)).toBe(30);
    });

    test('does not carry out a message twice whose acknowledgement was lost', async () => {
      const [batchRef, sku] = [randomRef(), randomSku()];
      await start('streams');
      await send('batch_created', { ref: batchRef, sku, qty: 10 });
      const older = (await send('batch_quantity_changed', { batchref: batchRef, qty: 20 }))!;
      await send('batch_quantity_changed', { batchref: batchRef, qty: 30 });
      await allDealtWith();
      await app.close();
      // As if the instance had died between its commit and the acknowledgement.
      const claim = ['batch_quantity_changed', 'stock-allocation', 'dead', 0, older] as const;
      await client.xclaim(...claim, 'FORCE');
      await start('streams');
      await allDealtWith();

      expect(await purchased(batchRef)).toBe(30);
      expect(await client.exists('batch_quantity_changed:dead')).toBe(0);
    });

    test('takes a batch that comes again after its quantity was changed for what it is', async () => {
      const created = { ref: randomRef(), sku: randomSku(), qty: 10 };
      await start('streams');
      await send('batch_created', created);
      await send('batch_quantity_changed', { batchref: created.ref, qty: 7 });
      await allDealtWith();
      // Of another sender, with an id of its own.
      await send('batch_created', created);
      await allDealtWith();

      expect(await purchased(created.ref)).toBe(7);
      expect(await client.exists('batch_created:dead')).toBe(0);
    });

    test('takes in the lives of a batch and of its lines (rules 11 to 18)', async () => {
      const [batchRef, sku] = [randomRef(), randomSku()];
      const [cart, waiting] = [randomOrderId(), randomOrderId()];
      const line = async (order: string) =>
        (await app.inject({ url: `/v1/allocations/${order}` })).json<{ lines: object[] }>().lines[0];
      await start('streams');
      await send('batch_created', { ref: batchRef, sku, qty: 10, eta: '2030-01-31' });
      await send('line_ordered', { orderid: cart, sku, qty: 8, reserve_for: 900 });
      await send('line_ordered', { orderid: waiting, sku, qty: 4, wait: true, priority: 5 });
      await send('batch_eta_changed', { batchref: batchRef, eta: '2030-02-28' });
      await allDealtWith();
      expect(await line(cart)).toMatchObject({ state: 'reserved', eta: '2030-02-28' });
      expect(await line(waiting)).toMatchObject({ state: 'waiting', place: 1, priority: 5 });

      await send('batch_arrived', { batchref: batchRef, qty: 11 });
      await send('line_confirmed', { orderid: cart, sku });
      await send('line_dispatched', { orderid: cart, sku });
      for (let times = 0; times < 2; times += 1)
        await send('stock_adjusted', { batchref: batchRef, delta: 2, reason: 'found' }, 'id', 'count-7');
      await allDealtWith();
      expect(await line(cart)).toMatchObject({ state: 'dispatched' });
      expect(await line(waiting)).toMatchObject({ state: 'allocated', batchRef });
      expect(await batch(batchRef)).toMatchObject({
        purchasedQuantity: 13,
        eta: null,
        dispatchedQuantity: 8,
      });

      await send('line_cancelled', { orderid: waiting, sku });
      await allDealtWith();
      expect(await line(waiting)).toMatchObject({ state: 'deallocated' });
      for (const stream of COMMAND_STREAMS) expect(await client.exists(`${stream}:dead`)).toBe(0);
    });

    test('moves a change of stock aside that cannot be, with the field or the reason', async () => {
      const [batchRef, sku] = [randomRef(), randomSku()];
      await start('streams');
      await send('batch_created', { ref: batchRef, sku, qty: 1 });
      await send('stock_adjusted', { batchref: batchRef, delta: -1, reason: 'stolen' });
      await send('batch_arrived', { batchref: batchRef, qty: 2 });
      await send('line_dispatched', { orderid: 'nobody', sku });
      await allDealtWith();

      const errorOf = async (stream: string) => {
        const [[, fields]] = await client.xrange(`${stream}:dead`, '-', '+');
        return fields[fields.indexOf('error') + 1];
      };
      expect(await errorOf('stock_adjusted')).toMatch(/^reason must be one of damaged, lost/);
      expect(await errorOf('batch_arrived')).toBe(
        `Batch ${batchRef} is in the warehouse already; adjust its quantity`,
      );
      expect(await errorOf('line_dispatched')).toBe(`Order nobody has no allocated line of ${sku}`);
    });

    test('moves aside what the business refuses, and goes on', async () => {
      const [batchRef, sku] = [randomRef(), randomSku()];
      await start('streams');
      await send('batch_quantity_changed', { batchref: batchRef, qty: 20 });
      await send('batch_created', { ref: batchRef, sku, qty: 10 });
      await send('batch_created', { ref: batchRef, sku, qty: 11 });
      await send('batch_created', { ref: batchRef, sku, qty: 10 });
      await allDealtWith();

      const [[, early]] = await client.xrange('batch_quantity_changed:dead', '-', '+');
      expect(early).toEqual(expect.arrayContaining(['error', `There is no batch ${batchRef}`]));
      const conflicts = await client.xrange('batch_created:dead', '-', '+');
      expect(conflicts).toHaveLength(1);
      expect(conflicts[0][1].join()).toContain('exists already');
    });
  });

  describe('pub/sub', () => {
    test('takes in quantities and tells of allocated lines, as the book’s service does', async () => {
      const [batchRef, otherRef, sku, orderid] = [randomRef(), randomRef(), randomSku(), randomOrderId()];
      const heard: string[] = [];
      const listener = client.duplicate();
      listener.on('message', (_, message: string) => heard.push(message));
      await listener.subscribe('line_allocated');
      await start('pubsub');
      await post('/add_batch', { ref: batchRef, sku, qty: 10, eta: null });
      await post('/add_batch', { ref: otherRef, sku, qty: 100, eta: '2030-01-31' });
      await post('/allocate', { orderid, sku, qty: 10 });
      await until(() => heard.length === 1);
      const change = JSON.stringify({ batchref: batchRef, qty: 5 });
      await until(async () => (await client.publish('change_batch_quantity', change)) === 1);

      await until(() => heard.length === 2);
      expect(heard).toEqual([
        `{"orderid":"${orderid}","sku":"${sku}","qty":10,"batchref":"${batchRef}"}`,
        `{"orderid":"${orderid}","sku":"${sku}","qty":10,"batchref":"${otherRef}"}`,
      ]);
      listener.disconnect();
    });

    test('survives nonsense', async () => {
      const [batchRef, sku] = [randomRef(), randomSku()];
      await start('pubsub');
      await post('/add_batch', { ref: batchRef, sku, qty: 10, eta: null });
      const nonsense = [
        '',
        'nonsense',
        '[]',
        '{}',
        '{"batchref": 5, "qty": {}}',
        `{"batchref": "${randomRef()}", "qty": 1}`,
      ];
      await until(async () => (await client.publish('change_batch_quantity', '0')) === 1);
      for (const message of nonsense) await client.publish('change_batch_quantity', message);
      await client.publish('change_batch_quantity', JSON.stringify({ batchref: batchRef, qty: 5 }));

      await until(async () => (await purchased(batchRef)) === 5);
    });
  });

  test.each(['pubsub', 'streams'] as const)(
    'works without Redis, and with it once it is there: %s',
    async (mode) => {
      const [batchRef, sku] = [randomRef(), randomSku()];
      await server.kill();
      await start(mode);
      expect(await post('/v1/batches', { ref: batchRef, sku, qty: 10 })).toBe(201);
      expect(await post('/v1/allocations', { orderId: randomOrderId(), sku, qty: 1 })).toBe(202);
      await server.restart();

      const change = { batchref: batchRef, qty: 5 };
      if (mode === 'streams') await send('batch_quantity_changed', change);
      else
        await until(
          async () => (await client.publish('change_batch_quantity', JSON.stringify(change))) === 1,
        );
      await until(async () => (await purchased(batchRef)) === 5);
    },
  );
});
