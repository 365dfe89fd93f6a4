import type { Redis } from 'ioredis';
import type { EventType } from '../../allocation/contracts';
import { type Guarantees, MessageBroker, type MessageHandler, type OutgoingEvent } from './broker';
import { RedisConnections } from './redis-connections';
import { PubSubOptions, RedisPubSubListener } from './redis-pub-sub-listener';

/** The channels of the book's service. */
export const CHANGE_BATCH_QUANTITY = 'change_batch_quantity';
export const LINE_ALLOCATED = 'line_allocated';

/** Whether a batch holds the line for good from an event of that type on. */
const allocates: Readonly<Record<EventType, boolean>> = {
  BatchCreated: false,
  BatchQuantityChanged: false,
  StockAdjusted: false,
  BatchArrived: false,
  BatchEtaChanged: false,
  Allocated: true,
  Reserved: false,
  ReservationExtended: false,
  ReservationConfirmed: true,
  ReservationExpired: false,
  Deallocated: false,
  OutOfStock: false,
  Waitlisted: false,
  WaitCancelled: false,
  Dispatched: false,
  TermsChanged: false,
  PromiseChanged: false,
};

/**
 * Redis pub/sub, as the book does it: whoever does not listen at the moment has missed it.
 *
 * In comes `change_batch_quantity` `{"batchref", "qty"}`; out goes `line_allocated`
 * `{"orderid", "sku", "qty", "batchref"}` for each line that a batch holds for good: for
 * `Allocated` and `ReservationConfirmed`, and nothing for other events.
 */
export class RedisPubSubBroker extends MessageBroker {
  override readonly guarantees: Guarantees = {
    outgoing: 'at most once',
    incoming: 'at most once',
    survivesRestart: false,
  };
  private readonly connections: RedisConnections;
  private readonly commands: Redis;
  private listener?: RedisPubSubListener;

  constructor(
    url: string,
    private readonly options = new PubSubOptions(),
  ) {
    super();
    this.connections = new RedisConnections(url);
    this.commands = this.connections.open();
  }

  override async publish(events: readonly OutgoingEvent[], fence: number): Promise<void> {
    const allocated = events.filter(({ type }) => allocates[type as EventType]);
    if (allocated.length === 0) return;
    const messages = allocated.map(({ data }) => ['PUBLISH', LINE_ALLOCATED, lineAllocated(data)]);
    await this.connections.runFenced(this.commands, `${LINE_ALLOCATED}:fence`, fence, messages);
  }

  override async subscribe(handler: MessageHandler): Promise<void> {
    const { connections, commands, options } = this;
    this.listener = new RedisPubSubListener(connections, commands, CHANGE_BATCH_QUANTITY, handler, options);
    this.listener.start();
  }

  override async unsubscribe(): Promise<void> {
    await this.listener?.stop();
  }

  override async close(): Promise<void> {
    await this.unsubscribe();
    this.connections.closeAll();
  }
}

/** The keys and their order are the book's. */
function lineAllocated({ orderId, sku, qty, batchRef }: Record<string, unknown>): string {
  return JSON.stringify({ orderid: orderId, sku, qty, batchref: batchRef });
}
