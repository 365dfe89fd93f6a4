import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { EventBus, type IEventPublisher } from '@nestjs/cqrs';
import { setImmediate } from 'node:timers/promises';
import type { CommitPublisher, Recorded } from '../../allocation/contracts';
import { addTo, groupBy } from '../../group-by';
import { LogSequencer } from '../../log/contracts';
import { checkRecorded } from './bus-checks';
import { callsOf, DispatchTimes, type FailedDelivery, type HandlerCall, HandlerCalls } from './handler-calls';
import { HandledEvents } from './handled-events';
import { HandlerRegistry, type RegisteredHandler } from './handler-registry';
import { withTimeout } from '../../with-timeout';

/** Events of one SKU that are handed over at most before others have a turn on the event loop. */
const SLICE = 1_000;

/**
 * Hands events to their handlers right after the commit. The EventBus's own way returns before the handlers have run
 * and leaves a handler dead that threw; this one waits for all of them, each fails alone, and none is forgotten: what
 * a crash keeps from them, they get from the log.
 */
@Injectable()
export class EventDispatcher implements IEventPublisher<Recorded>, CommitPublisher, OnApplicationBootstrap {
  private readonly logger = new Logger(EventDispatcher.name);

  constructor(
    private readonly eventBus: EventBus<Recorded>,
    private readonly handlers: HandlerRegistry,
    private readonly calls: HandlerCalls,
    private readonly handledEvents: HandledEvents,
    private readonly sequencer: LogSequencer,
    private readonly times: DispatchTimes,
  ) {}

  /** Takes over from `NoDelivery`. */
  onApplicationBootstrap(): void {
    this.eventBus.publisher = this;
  }

  /** Publishes one event, as `publishAll` does several. */
  publish(recorded: Recorded): Promise<ReadonlySet<string>> {
    return this.publishAll([recorded]);
  }

  /**
   * Hands the events to their handlers, who see those of a SKU in this order. Resolves when all handlers have
   * settled, or after `publisherMs`. Never rejects.
   * @returns the SKUs with events that not all handlers have had by then
   * @throws Error that says what to do, at once, when one is no event of a commit: who publishes need not await this
   */
  publishAll(events: readonly Recorded[]): Promise<ReadonlySet<string>> {
    checkRecorded(events);
    return this.handOver(events);
  }

  private async handOver(events: readonly Recorded[]): Promise<ReadonlySet<string>> {
    this.sequencer.wake();
    const pending = new Set(events.map(({ event }) => event.sku));
    await withTimeout(this.times.publisherMs, this.dispatch(events, pending)).catch(() =>
      this.logger.warn(
        { requestId: events[0].correlationId },
        `Handlers of ${[...pending].slice(0, 3).join(', ')} are slow; whoever waited for them goes on`,
      ),
    );
    return new Set(pending);
  }

  /** Takes the SKUs out of `pending` of which all handlers have had all events. Never throws. */
  private async dispatch(events: readonly Recorded[], pending: Set<string>): Promise<void> {
    const [few, many] = [[] as Recorded[][], [] as Recorded[][]];
    for (const group of groupBy(events, ({ event }) => event.sku).values())
      (group.length > SLICE ? many : few).push(group);
    const failures = await this.calls.make(few.flatMap((group) => this.callsFor(group)));
    this.note(few.flat(), failures, pending);
    for (const group of many) await this.dispatchLarge(group, pending);
  }

  /** Hands over more events than a slice: one slice after the other, with turns for others in between. */
  private async dispatchLarge(events: readonly Recorded[], pending: Set<string>): Promise<void> {
    const whole = await this.calls.make(this.callsFor(events, 'together'));
    let haveAllHad = true;
    for (let next = 0; next < events.length; next += SLICE) {
      const slice = events.slice(next, next + SLICE);
      const single = await this.calls.make(this.callsFor(slice, 'singly'));
      const isLast = next + SLICE >= events.length;
      const inSlice = new Set(slice);
      const failures = [...whole.filter(({ event }) => inSlice.has(event)), ...single];
      haveAllHad &&= failures.length === 0;
      this.note(slice, failures, isLast && haveAllHad ? pending : new Set());
      await setImmediate();
    }
  }

  /** Notes what has been handled, and takes the SKUs without failures out of those that are pending. */
  private note(events: readonly Recorded[], failures: readonly FailedDelivery[], pending: Set<string>): void {
    const failed = new Set(failures.map(({ event }) => event));
    const skus = new Set<string>();
    for (const { event } of events) skus.add(event.sku);
    for (const recorded of events) if (failed.has(recorded)) skus.delete(recorded.event.sku);
    for (const sku of skus) pending.delete(sku);
    this.handledEvents.note(events, failures);
  }

  /** The calls that hand events of one SKU to their handlers: to some all together, to most one by one. */
  private callsFor(events: readonly Recorded[], which?: 'together' | 'singly'): HandlerCall[] {
    const eventsOf = new Map<RegisteredHandler, Recorded[]>();
    for (const recorded of events) {
      for (const handler of this.handlers.listeningTo(recorded.event)) {
        if (which && (which === 'together') !== (handler.instance.handleAll !== undefined)) continue;
        addTo(eventsOf, handler, recorded);
      }
    }
    return [...eventsOf].flatMap(([handler, group]) => callsOf(handler, group));
  }
}
