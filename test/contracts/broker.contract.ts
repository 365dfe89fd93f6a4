import {
  BrokerUnavailable,
  Fenced,
  type IncomingMessage,
  type MessageBroker,
  type MessageHandler,
  type OutgoingEvent,
  Unprocessable,
} from '../../src/messaging/broker/broker';
import { Unavailable } from '../../src/unavailable';
import { randomOrderId, randomRef, randomSku } from '../support/random-refs';
import { until } from '../support/until';

/** A kind of broker, and other systems that use it. */
export interface BrokerRig {
  /** A broker for one more instance of the service. */
  open(): MessageBroker;
  /** The channel that `send` sends to. */
  readonly channel: string;
  /** Sends a message in, once whoever subscribed can get it. */
  send(body: string): Promise<void>;
  /** Receives what is sent out, from now on; what came before only if the broker keeps it. */
  listen(): Promise<{ readonly orderIds: string[] }>;
  /** Cuts the broker off from all others, as if its instance had died. */
  kill(broker: MessageBroker): Promise<void>;
  close(): Promise<void>;
}

const text = ({ body }: IncomingMessage) => Buffer.from(body).toString();

export function allocatedEvent(orderId: string): OutgoingEvent {
  const sku = randomSku();
  return {
    id: crypto.randomUUID(),
    type: 'Allocated',
    schemaVersion: 2,
    sku,
    sequence: 7,
    occurredAt: '2030-01-31T12:00:00.000Z',
    correlationId: 'request-1',
    causationId: 'request-1',
    data: { sku, orderId, qty: 3, batchRef: 'batch-001', eta: null },
  };
}

/** What every broker promises, and each as much as it says it does. */
export function brokerContract(name: string, openRig: () => Promise<BrokerRig>): void {
  describe(`broker: ${name}`, () => {
    let rig: BrokerRig;
    let broker: MessageBroker;
    const opened: MessageBroker[] = [];
    const open = () => {
      const another = rig.open();
      opened.push(another);
      return another;
    };

    beforeEach(async () => {
      rig = await openRig();
      broker = open();
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((one) => one.close()));
      await rig.close();
    });

    /** Subscribes with a handler that remembers what it got, and then does what `handler` does. */
    const remember = async (handler: MessageHandler = async () => {}, subscriber = broker) => {
      const got: IncomingMessage[] = [];
      await subscriber.subscribe(async (message) => {
        got.push(message);
        await handler(message);
      });
      return got;
    };

    test('sends events out in the order in which it is given them', async () => {
      const heard = await rig.listen();
      const orders = Array.from({ length: 20 }, () => randomOrderId());
      await broker.publish(orders.slice(0, 12).map(allocatedEvent), 1);
      await Promise.all(orders.slice(12).map((orderId) => broker.publish([allocatedEvent(orderId)], 1)));

      await until(() => heard.orderIds.length >= orders.length);
      expect(heard.orderIds).toEqual(orders);
    });

    test('has nothing to do for no events', async () => {
      await broker.publish([], 1);
    });

    test('keeps events for those who come later, if it sends at least once', async () => {
      const [early, late] = [randomOrderId(), randomOrderId()];
      await broker.publish([allocatedEvent(early)], 1);
      const heard = await rig.listen();
      await broker.publish([allocatedEvent(late)], 1);

      await until(() => heard.orderIds.includes(late));
      expect(heard.orderIds).toEqual(broker.guarantees.outgoing === 'at least once' ? [early, late] : [late]);
    });

    test('takes nothing from an instance that another has taken over from', async () => {
      const [mine, others] = [randomOrderId(), randomOrderId()];
      await broker.publish([allocatedEvent(others)], 1);
      await expect(broker.publish([allocatedEvent(mine)], 0)).rejects.toThrow(Fenced);
      await expect(broker.publish([allocatedEvent(mine)], 1)).resolves.toBeUndefined();
    });

    test('refuses to publish once it is closed', async () => {
      await broker.close();
      await expect(broker.publish([allocatedEvent(randomOrderId())], 1)).rejects.toThrow(BrokerUnavailable);
    });

    test('hands a message over as it was sent', async () => {
      const got = await remember();
      const body = `{"batchref": "${randomRef()} ß→", "qty": 25}`;
      await rig.send(body);

      await until(() => got.length === 1);
      expect(got.map(text)).toEqual([body]);
      expect(got[0].channel).toBe(rig.channel);
    });

    test('hands messages over one at a time, in the order in which they were sent', async () => {
      let [busy, busiest] = [0, 0];
      const got = await remember(async () => {
        busy += 1;
        busiest = Math.max(busiest, busy);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
        busy -= 1;
      });
      const bodies = Array.from({ length: 20 }, (_, index) => `{"qty": ${index}}`);
      for (const body of bodies) await rig.send(body);

      await until(() => got.length === bodies.length && busy === 0);
      expect(got.map(text)).toEqual(bodies);
      expect(busiest).toBe(1);
    });

    test('gives each message an id of its own, if it can hand one over twice', async () => {
      const got = await remember();
      await rig.send('{}');
      await rig.send('{}');

      await until(() => got.length === 2);
      const ids = new Set(got.map(({ id }) => id));
      expect(ids.size).toBe(broker.guarantees.incoming === 'at least once' ? 2 : 1);
      if (broker.guarantees.incoming === 'at most once') expect([...ids]).toEqual([undefined]);
    });

    test('hands a message over again that failed, before all later ones, if it does at least once', async () => {
      let failures = 0;
      const got = await remember(async () => {
        failures += 1;
        if (failures <= 2) throw new Error('not now');
      });
      await rig.send('"first"');
      await rig.send('"second"');

      await until(() => got.some((message) => text(message) === '"second"'));
      const again = broker.guarantees.incoming === 'at least once';
      expect(got.map(text)).toEqual(
        again ? ['"first"', '"first"', '"first"', '"second"'] : ['"first"', '"second"'],
      );
      if (again) expect(got[1].id).toBe(got[0].id);
    });

    test('gives up a message that fails for ever', async () => {
      const got = await remember(async (message) => {
        if (text(message) === '"first"') throw new Error('never');
      });
      await rig.send('"first"');
      await rig.send('"second"');

      await until(() => got.some((message) => text(message) === '"second"'));
      expect(got).toHaveLength(1 + (broker.guarantees.incoming === 'at least once' ? 5 : 1));
    });

    test('does not give up a message while the service cannot look at it, if it hands over at least once', async () => {
      let attempts = 0;
      const got = await remember(async () => {
        attempts += 1;
        if (attempts <= 7) throw new Unavailable('no database');
      });
      await rig.send('"first"');
      await rig.send('"second"');

      await until(() => got.some((message) => text(message) === '"second"'));
      expect(got).toHaveLength(1 + (broker.guarantees.incoming === 'at least once' ? 8 : 1));
    });

    test('hands a message over only once that is at fault', async () => {
      const got = await remember(async (message) => {
        if (text(message) === '"first"') throw new Unprocessable('nonsense');
      });
      await rig.send('"first"');
      await rig.send('"second"');

      await until(() => got.length === 2);
      expect(got.map(text)).toEqual(['"first"', '"second"']);
    });

    test('delivers to one instance at a time', async () => {
      const other = open();
      const got = await remember();
      const gotByOther = await remember(undefined, other);
      const bodies = Array.from({ length: 20 }, (_, index) => `{"qty": ${index}}`);
      for (const body of bodies) await rig.send(body);

      await until(() => got.length + gotByOther.length >= bodies.length);
      await broker.publish([allocatedEvent(randomOrderId())], 1);
      expect([got.map(text), gotByOther.map(text)].toSorted((a, b) => a.length - b.length)).toEqual([
        [],
        bodies,
      ]);
    });

    test('keeps what is sent while no instance is there, and what a dead one had in hand, if it survives that', async () => {
      let letGo!: () => void;
      const got = await remember(() => new Promise((resolve) => (letGo = resolve)));
      await rig.send('"in hand"');
      await until(() => got.length === 1);
      await rig.kill(broker);
      letGo();
      if (broker.guarantees.survivesRestart) await rig.send('"while away"');
      const gotByNext = await remember(undefined, open());
      await rig.send('"marker"');

      await until(() => gotByNext.some((message) => text(message) === '"marker"'));
      const survived = broker.guarantees.survivesRestart ? ['"in hand"', '"while away"'] : [];
      expect(gotByNext.map(text)).toEqual([...survived, '"marker"']);
    });

    test('lets the message under way finish when it unsubscribes, and hands over no other', async () => {
      let finish!: () => void;
      const finished = new Promise<void>((resolve) => (finish = resolve));
      const got = await remember(() => finished);
      await rig.send('"under way"');
      await until(() => got.length === 1);

      let unsubscribed = false;
      const unsubscribing = broker.unsubscribe().then(() => (unsubscribed = true));
      await new Promise((resolve) => setImmediate(resolve));
      expect(unsubscribed).toBe(false);
      finish();
      await unsubscribing;
      await broker.publish([allocatedEvent(randomOrderId())], 1);

      // Whoever comes next gets neither that message nor anything less than all later ones.
      const gotByNext = await remember(undefined, open());
      await rig.send('"later"');
      await until(() => gotByNext.length > 0);
      expect(gotByNext.map(text)).toEqual(['"later"']);
      expect(got.map(text)).toEqual(['"under way"']);
    });
  });
}
