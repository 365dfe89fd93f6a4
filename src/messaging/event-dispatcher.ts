import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { EventBus, type IEventHandler, type IEventPublisher } from '@nestjs/cqrs';
import type { Recorded } from '../allocation/contracts';
import { correlated } from '../correlation';
import { Deliveries, type FailedDelivery } from './deliveries';
import { within } from './within';

/** Where `@EventsHandler` keeps the event classes of a handler; the package does not export the name. */
const EVENTS_HANDLER_METADATA = '__eventsHandler__';

/** How long events may take, in milliseconds. */
export class DispatchTimes {
  /** A handler that is not done by then is cut off, which counts as a failure. */
  readonly handlerMs: number = 5_000;
  /** Whoever publishes waits no longer than this; the handlers go on. */
  readonly publisherMs: number = 1_000;
}

/**
 * Hands events to their handlers. The EventBus's own way returns before the handlers have run and leaves
 * a handler dead that threw; this one waits for all of them, each fails alone, and none is forgotten.
 */
@Injectable()
export class EventDispatcher implements IEventPublisher<Recorded>, OnApplicationBootstrap {
  private readonly logger = new Logger(EventDispatcher.name);
  private readonly handlersOf = new Map<unknown, IEventHandler<Recorded>[]>();
  private readonly handlersByName = new Map<string, IEventHandler<Recorded>>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly eventBus: EventBus<Recorded>,
    private readonly deliveries: Deliveries,
    private readonly times: DispatchTimes,
  ) {}

  /** @throws Error when two handlers have one name, since deliveries are kept by the handler's name */
  onApplicationBootstrap(): void {
    for (const { instance, metatype } of this.discovery.getProviders()) {
      if (!metatype || !instance) continue;
      const events = (Reflect.getMetadata(EVENTS_HANDLER_METADATA, metatype) ?? []) as unknown[];
      if (events.length > 0) this.register(instance as IEventHandler<Recorded>, events);
    }
    this.eventBus.publisher = this;
  }

  /** Resolves when all handlers have settled, or after `publisherMs`. */
  async publish(recorded: Recorded): Promise<void> {
    await this.publishAll([recorded]);
  }

  /** The same for several events. Handlers see them in this order. */
  async publishAll(events: Recorded[]): Promise<void> {
    await within(this.times.publisherMs, this.dispatch(events)).catch(() =>
      this.logger.warn(
        { requestId: events[0].correlationId },
        `Handlers of ${events[0].event.sku} are slow; whoever waited for them goes on`,
      ),
    );
  }

  /** Hands the events to all their handlers and settles their deliveries. Never throws. */
  async dispatch(events: readonly Recorded[]): Promise<void> {
    const failures: FailedDelivery[] = [];
    const unsettled = new Set<Call>();
    const fail = (call: Call, error: unknown) => {
      // A handler that was cut off may still fail on its own later, which is one failure all the same.
      if (!unsettled.delete(call)) return;
      failures.push({ handler: call.handler.constructor.name, eventId: call.recorded.id, error });
      this.logFailure(call, error);
    };
    for (const recorded of events) {
      for (const handler of this.handlersOf.get(recorded.event.constructor) ?? [])
        unsettled.add({ handler, recorded });
    }
    const handling = Array.from(unsettled, (call) =>
      handle(call).then(
        () => void unsettled.delete(call),
        (error: unknown) => fail(call, error),
      ),
    );
    // One clock for all of them: a clock for each costs more than many a handler.
    await within(this.times.handlerMs, Promise.all(handling)).catch((error: unknown) => {
      for (const call of unsettled) fail(call, error);
    });
    this.deliveries.settle(
      events.map(({ id }) => id),
      failures,
    );
  }

  /**
   * Hands the event to one handler once more.
   * @throws what the handler throws; Error when there is no such handler any more, or it was cut off
   */
  async redeliver(handlerName: string, recorded: Recorded): Promise<void> {
    const handler = this.handlersByName.get(handlerName);
    if (!handler) throw new Error(`There is no handler ${handlerName}`);
    await within(this.times.handlerMs, handle({ handler, recorded }));
  }

  private register(handler: IEventHandler<Recorded>, events: unknown[]): void {
    const { name } = handler.constructor;
    if (this.handlersByName.has(name))
      throw new Error(`Two event handlers are called ${name}; rename one of them`);
    this.handlersByName.set(name, handler);
    for (const event of events) this.handlersOf.set(event, [...(this.handlersOf.get(event) ?? []), handler]);
  }

  private logFailure({ handler, recorded: { id, correlationId, event } }: Call, error: unknown): void {
    this.logger.error(
      { err: error, eventId: id, requestId: correlationId },
      `${handler.constructor.name} failed to handle ${event.constructor.name} of ${event.sku}; it will be tried again`,
    );
  }
}

/** An event on its way to one of its handlers. */
interface Call {
  readonly handler: IEventHandler<Recorded>;
  readonly recorded: Recorded;
}

/** In an async function a handler that throws at once fails like one that rejects. */
async function handle({ handler, recorded }: Call): Promise<void> {
  const correlation = { correlationId: recorded.correlationId, causationId: recorded.id };
  await correlated(correlation, () => handler.handle(recorded) as unknown);
}
