import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { EventBus, type IEventPublisher } from '@nestjs/cqrs';
import { setImmediate } from 'node:timers/promises';
import type { GroupHandler, Recorded, RecordedEventHandler } from '../allocation/contracts';
import { runWithCorrelation } from '../correlation';
import { isAnnounced } from '../database/errors';
import { Deliveries, type FailedDelivery } from './deliveries';
import { withTimeout } from './with-timeout';

/** Where `@EventsHandler` keeps the event classes of a handler; the package does not export the name. */
const EVENTS_HANDLER_METADATA = '__eventsHandler__';

type Handler = RecordedEventHandler & Partial<GroupHandler>;

/** So many events of one SKU are handed over before others have a turn on the event loop. */
const SLICE = 1_000;

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
export class EventDispatcher implements IEventPublisher<Recorded>, OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger(EventDispatcher.name);
  private readonly handlersOf = new Map<unknown, Handler[]>();
  private readonly handlersByName = new Map<string, Handler>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly eventBus: EventBus<Recorded>,
    private readonly deliveries: Deliveries,
    private readonly times: DispatchTimes,
  ) {}

  /** Refuses sagas, as long as the module of `@nestjs/cqrs` has not found them: they would never hear of an event. */
  onModuleInit(): void {
    this.eventBus.registerSagas = (sagas = []) => {
      if (sagas.length === 0) return;
      const names = sagas.map(({ name }) => String(name)).join(', ');
      throw new Error(
        `Sagas are not supported (${names}): a crash would lose the events that they wait for. ` +
          'Write an event handler that sends the command; its events are delivered until it succeeds',
      );
    };
  }

  /** @throws Error when two handlers have one name, since deliveries are kept by the handler's name */
  onApplicationBootstrap(): void {
    for (const { instance, metatype } of this.discovery.getProviders()) {
      if (!metatype || !instance) continue;
      const events = (Reflect.getMetadata(EVENTS_HANDLER_METADATA, metatype) ?? []) as unknown[];
      if (events.length > 0) this.register(instance as Handler, events);
    }
    this.eventBus.publisher = this;
  }

  /** The same for one event. */
  async publish(recorded: Recorded): Promise<ReadonlySet<string>> {
    return this.publishAll([recorded]);
  }

  /**
   * Hands the events to their handlers, who see those of a SKU in this order. Resolves when all handlers have
   * settled, or after `publisherMs`. Never throws.
   * @returns the SKUs with events that not all handlers have had by then
   */
  async publishAll(events: Recorded[]): Promise<ReadonlySet<string>> {
    const pending = new Set(events.map(({ event }) => event.sku));
    await withTimeout(this.times.publisherMs, this.dispatch(events, pending)).catch(() =>
      this.logger.warn(
        { requestId: events[0].correlationId },
        `Handlers of ${[...pending].slice(0, 3).join(', ')} are slow; whoever waited for them goes on`,
      ),
    );
    return new Set(pending);
  }

  /**
   * Hands the events to all their handlers and settles their deliveries. Never throws.
   * @param pending SKUs; those of which all handlers have had all events are taken out
   */
  async dispatch(events: readonly Recorded[], pending = new Set<string>()): Promise<void> {
    const [few, many] = [[] as Recorded[][], [] as Recorded[][]];
    for (const group of bySku(events)) (group.length > SLICE ? many : few).push(group);
    const handled = await this.call(few.flatMap((group) => this.callsFor(group)));
    this.settle(few.flat(), handled, pending);
    for (const group of many) await this.dispatchLarge(group, pending);
  }

  /** So many events that they are handed over in slices, with turns for others in between. */
  private async dispatchLarge(events: readonly Recorded[], pending: Set<string>): Promise<void> {
    const whole = await this.call(this.callsFor(events, 'together'));
    for (let next = 0; next < events.length; next += SLICE) {
      const slice = events.slice(next, next + SLICE);
      const single = await this.call(this.callsFor(slice, 'singly'));
      const isLast = next + SLICE >= events.length;
      const ids = new Set(slice.map(({ id }) => id));
      const failures = [...whole.filter(({ eventId }) => ids.has(eventId)), ...single];
      this.settle(slice, failures, isLast ? pending : new Set());
      await setImmediate();
    }
  }

  /** Notes what has been delivered, and takes the SKUs without failures out of those that are pending. */
  private settle(events: readonly Recorded[], failures: FailedDelivery[], pending: Set<string>): void {
    const failed = new Set(failures.map(({ eventId }) => eventId));
    const skus = new Set<string>();
    for (const { event } of events) skus.add(event.sku);
    for (const { id, event } of events) if (failed.has(id)) skus.delete(event.sku);
    for (const sku of skus) pending.delete(sku);
    this.deliveries.settle(
      events.map(({ id }) => id),
      failures,
    );
  }

  /** The calls that hand events of one SKU to their handlers: to some all together, to most one by one. */
  private callsFor(events: readonly Recorded[], which?: 'together' | 'singly'): Call[] {
    const calls: Call[] = [];
    const together = new Map<Handler, Recorded[]>();
    for (const recorded of events) {
      for (const handler of this.handlersOf.get(recorded.event.constructor) ?? []) {
        if (!handler.handleAll) {
          if (which !== 'together') calls.push({ handler, events: [recorded] });
          continue;
        }
        const group = together.get(handler);
        if (group) group.push(recorded);
        else together.set(handler, [recorded]);
      }
    }
    if (which !== 'singly') for (const [handler, group] of together) calls.push({ handler, events: group });
    return calls;
  }

  /** @returns what failed, or took longer than `handlerMs` */
  private async call(calls: readonly Call[]): Promise<FailedDelivery[]> {
    const failures: FailedDelivery[] = [];
    const unsettled = new Set(calls);
    const fail = (call: Call, error: unknown) => {
      // A handler that was cut off may still fail on its own later, which is one failure all the same.
      if (!unsettled.delete(call)) return;
      for (const { id } of call.events)
        failures.push({ handler: call.handler.constructor.name, eventId: id, error });
      this.logFailure(call, error);
    };
    const handling = calls.map((call) =>
      handle(call).then(
        () => void unsettled.delete(call),
        (error: unknown) => fail(call, error),
      ),
    );
    // One clock for all of them: a clock for each costs more than many a handler.
    await withTimeout(this.times.handlerMs, Promise.all(handling)).catch((error: unknown) => {
      for (const call of unsettled) fail(call, error);
    });
    return failures;
  }

  /**
   * Hands the event to one handler once more.
   * @throws what the handler throws; Error when there is no such handler any more, or it was cut off
   */
  async redeliver(handlerName: string, recorded: Recorded): Promise<void> {
    const handler = this.handlersByName.get(handlerName);
    if (!handler) throw new Error(`There is no handler ${handlerName}`);
    await withTimeout(this.times.handlerMs, handle({ handler, events: [recorded] }));
  }

  private register(handler: Handler, events: unknown[]): void {
    const { name } = handler.constructor;
    if (this.handlersByName.has(name))
      throw new Error(`Two event handlers are called ${name}; rename one of them`);
    this.handlersByName.set(name, handler);
    for (const event of events) this.handlersOf.set(event, [...(this.handlersOf.get(event) ?? []), handler]);
  }

  private logFailure({ handler, events }: Call, error: unknown): void {
    // The trouble has a line of its own.
    if (isAnnounced(error)) return;
    const [{ id, correlationId, event }] = events;
    const more = events.length > 1 ? ` and ${events.length - 1} more events` : '';
    this.logger.error(
      { err: error, eventId: id, requestId: correlationId },
      `${handler.constructor.name} failed to handle ${event.constructor.name} of ${event.sku}${more}; it will be tried again`,
    );
  }
}

/** Events on their way to one of their handlers, which is handed more than one only if it takes all together. */
interface Call {
  readonly handler: Handler;
  readonly events: readonly Recorded[];
}

/** In an async function a handler that throws at once fails like one that rejects. */
async function handle({ handler, events }: Call): Promise<void> {
  const [first] = events;
  const correlation = { correlationId: first.correlationId, causationId: first.id };
  await runWithCorrelation(correlation, () =>
    handler.handleAll ? handler.handleAll(events) : handler.handle(first.event, first),
  );
}

function bySku(events: readonly Recorded[]): Iterable<Recorded[]> {
  const groups = new Map<string, Recorded[]>();
  for (const recorded of events) {
    const group = groups.get(recorded.event.sku);
    if (group) group.push(recorded);
    else groups.set(recorded.event.sku, [recorded]);
  }
  return groups.values();
}
