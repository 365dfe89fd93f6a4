import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import type { MessageBroker } from '../../src/messaging/broker/broker';
import {
  CHANGE_BATCH_QUANTITY,
  LINE_ALLOCATED,
  RedisPubSubBroker,
} from '../../src/messaging/broker/redis-pub-sub-broker';
import { PubSubOptions } from '../../src/messaging/broker/redis-pub-sub-listener';
import { describeWithRedis, RedisServer } from '../support/redis-server';
import { TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';
import { brokerContract, type BrokerRig } from './broker.contract';

Logger.overrideLogger(false);

describeWithRedis('the contract on Redis pub/sub', () => {
  let server: RedisServer;
  let client: Redis;

  beforeAll(async () => {
    server = await RedisServer.start();
    client = new Redis(server.url);
  });
  afterAll(async () => {
    client.disconnect();
    await server.stop();
  });

  brokerContract('Redis pub/sub', async (): Promise<BrokerRig> => {
    const proxies = [await TcpProxy.to(server.url), await TcpProxy.to(server.url)];
    const proxyOf = new Map<MessageBroker, TcpProxy>();
    const listeners: Redis[] = [];
    const options = { ...new PubSubOptions(), leaseMs: 5_000, standbyMs: 20 };
    const listenersOf = async (channel: string) => Number((await client.pubsub('NUMSUB', channel))[1]);
    return {
      channel: CHANGE_BATCH_QUANTITY,
      open: () => {
        const proxy = proxies[proxyOf.size];
        const broker = new RedisPubSubBroker(proxy.url, options);
        proxyOf.set(broker, proxy);
        return broker;
      },
      send: async (body) => {
        await until(async () => (await client.publish(CHANGE_BATCH_QUANTITY, body)) === 1);
      },
      listen: async () => {
        const orderIds: string[] = [];
        const listener = client.duplicate();
        listeners.push(listener);
        listener.on('message', (_, body: string) => orderIds.push(JSON.parse(body).orderid));
        await listener.subscribe(LINE_ALLOCATED);
        return { orderIds };
      },
      kill: async (broker) => {
        proxyOf.get(broker)!.cut();
        await until(async () => (await listenersOf(CHANGE_BATCH_QUANTITY)) === 0);
      },
      close: async () => {
        for (const listener of listeners) listener.disconnect();
        await Promise.all(proxies.map((proxy) => proxy.stop()));
      },
    };
  });
});
