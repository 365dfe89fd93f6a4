import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import {
  type DeliveredEvent,
  EVENT_TYPES,
  OrderedDelivery,
  type OrderedReader,
  Readers,
  toRecorded,
} from '../../log/contracts';
import { HandlerCalls } from './handler-calls';
import { HandlerRegistry, type RegisteredHandler } from './handler-registry';
import { RetryPolicy } from './retry-policy';
import { NotListening, SkippedEvents, UnknownType } from './skipped-events';

/** Hands events to the handlers that ask for order: from the log, those of each SKU one after the other. */
@Injectable()
export class OrderedHandlers implements OnApplicationBootstrap {
  constructor(
    private readonly delivery: OrderedDelivery,
    private readonly readers: Readers,
    private readonly handlers: HandlerRegistry,
    private readonly calls: HandlerCalls,
    private readonly skippedEvents: SkippedEvents,
    private readonly retryPolicy: RetryPolicy,
  ) {}

  /** Before the first command: a handler that is new and begins now misses nothing from then on. */
  async onApplicationBootstrap(): Promise<void> {
    const { ordered } = this.handlers;
    if (ordered.length === 0) return;
    for (const { name, beginsWith } of ordered) await this.readers.register(name, 'handler', beginsWith);
    const readers = ordered.map((handler) => this.readerFor(handler));
    this.delivery.follow(() => Promise.resolve(readers));
    this.delivery.refresh();
  }

  private readerFor(handler: RegisteredHandler): OrderedReader {
    return {
      name: handler.name,
      // What it does not listen to; so events of types that only a newer version knows come, too, and are noted.
      filter: { exceptTypes: EVENT_TYPES.filter((type) => !handler.types.has(type)) },
      begin: () => this.skippedEvents.deliverKnown([handler]),
      deliver: (event) => this.deliver(handler, event),
      pauseAfter: (attempts) =>
        attempts < this.retryPolicy.attempts ? this.retryPolicy.pauseAfter(attempts) : 'give up',
    };
  }

  private async deliver(handler: RegisteredHandler, event: DeliveredEvent): Promise<void> {
    const recorded = toRecorded(event);
    const { position, type } = event;
    if (recorded) {
      // Another version failed on it, and may have it when it is due again.
      if (!handler.types.has(type)) throw new NotListening(handler.name, type);
      return this.calls.makeOne({ handler, events: [recorded] });
    }
    if (position === undefined) throw new UnknownType(type);
    await this.skippedEvents.note([handler], [{ position, type }]);
  }
}
