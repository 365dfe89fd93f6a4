import { Logger } from '@nestjs/common';
import type { IncomingMessage } from '../../src/messaging/broker/broker';
import { MemoryBroker } from '../support/memory-broker';
import { type BrokerRig, brokerContract } from './broker.contract';

Logger.overrideLogger(false);

brokerContract('memory', async (): Promise<BrokerRig> => {
  const brokers: MemoryBroker[] = [];
  const channel = 'batch_quantity_changed';
  let sent = 0;
  return {
    channel,
    open: () => {
      const broker = new MemoryBroker();
      brokers.push(broker);
      return broker;
    },
    send: async (body) => {
      sent += 1;
      const message: IncomingMessage = { id: `message-${sent}`, channel, body: Buffer.from(body) };
      // There is nothing outside of the process: the newest instance stands for all.
      brokers.at(-1)!.send(message);
    },
    listen: async () => ({
      get orderIds() {
        return brokers.flatMap(({ published }) => published.map(({ data }) => data.orderId as string));
      },
    }),
    kill: async () => {},
    close: async () => {},
  };
});
