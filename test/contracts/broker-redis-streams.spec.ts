import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import type { MessageBroker } from '../../src/messaging/broker/broker';
import { StreamReaderOptions } from '../../src/messaging/broker/redis-stream-reader';
import {
  ALLOCATION_EVENTS,
  BATCH_QUANTITY_CHANGED,
  RedisStreamsBroker,
} from '../../src/messaging/broker/redis-streams-broker';
import { describeWithRedis, RedisServer } from '../support/redis-server';
import { TcpProxy } from '../support/tcp-proxy';
import { brokerContract, type BrokerRig } from './broker.contract';

Logger.overrideLogger(false);

describeWithRedis('the contract on Redis streams', () => {
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

  brokerContract('Redis streams', async (): Promise<BrokerRig> => {
    await client.flushall();
    const proxies = [await TcpProxy.to(server.url)];
    const proxyOf = new Map<MessageBroker, TcpProxy>();
    proxies.push(await TcpProxy.to(server.url));
    const options = {
      ...new StreamReaderOptions(),
      leaseMs: 5_000,
      standbyMs: 20,
      stopMs: 500,
      longestPauseMs: 20,
    };
    return {
      channel: BATCH_QUANTITY_CHANGED,
      open: () => {
        const proxy = proxies[proxyOf.size];
        const broker = new RedisStreamsBroker(proxy.url, options);
        proxyOf.set(broker, proxy);
        return broker;
      },
      send: async (body) => void (await client.xadd(BATCH_QUANTITY_CHANGED, '*', 'data', body)),
      listen: async () => {
        const orderIds: string[] = [];
        const reader = client.duplicate();
        const read = async () => {
          for (let after = '0'; ;) {
            const reply = await reader.xread('BLOCK', 0, 'STREAMS', ALLOCATION_EVENTS, after);
            for (const [id, fields] of reply?.[0][1] ?? []) {
              after = id;
              orderIds.push(JSON.parse(fields[fields.indexOf('data') + 1]).orderId);
            }
          }
        };
        void read().catch(() => {});
        readers.push(reader);
        return { orderIds };
      },
      kill: async (broker) => proxyOf.get(broker)!.cut(),
      close: async () => {
        for (const reader of readers.splice(0)) reader.disconnect();
        await Promise.all(proxies.map((proxy) => proxy.stop()));
      },
    };
  });
  const readers: Redis[] = [];
});
