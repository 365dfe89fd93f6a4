import { Injectable, Logger } from '@nestjs/common';
import { UnhandledExceptionBus } from '@nestjs/cqrs';
import type { Recorded } from '../../allocation/contracts';
import { runWithCorrelation } from '../../correlation';
import { isTraced, SpanKind, traced } from '../../tracing';
import { isAnnounced } from '../../unavailable';
import { handlerCalls } from './delivery-diagnostics';
import type { RegisteredHandler } from './handler-registry';
import { withTimeout } from '../../with-timeout';

/** Events of one SKU on their way to one handler, which is handed more than one only if it takes all together. */
export interface HandlerCall {
  readonly handler: RegisteredHandler;
  readonly events: readonly Recorded[];
}

/** A handler that failed on an event. */
export interface FailedDelivery {
  /** Its name. */
  readonly handler: string;
  readonly event: Recorded;
  readonly error: unknown;
}

/** How long events may take, in milliseconds. */
export class DispatchTimes {
  /** A handler that is not done by then is cut off, which counts as a failure. */
  readonly handlerMs: number = 5_000;
  /** Whoever publishes waits no longer than this; the handlers go on. */
  readonly publisherMs: number = 1_000;
}

/** Calls handlers, each of which fails alone. */
@Injectable()
export class HandlerCalls {
  private readonly logger = new Logger(HandlerCalls.name);

  constructor(
    private readonly times: DispatchTimes,
    private readonly unhandled: UnhandledExceptionBus,
  ) {}

  /**
   * Makes the calls side by side. Never throws.
   * @param when `now`: the events were committed a moment ago, and somebody waits; `later`: they come from the log
   * @returns what failed, or took longer than `handlerMs`
   */
  async make(calls: readonly HandlerCall[], when: 'now' | 'later' = 'now'): Promise<FailedDelivery[]> {
    const failures: FailedDelivery[] = [];
    const unsettled = new Set(calls);
    const began = performance.now();
    const settle = (call: HandlerCall, failed: boolean) => {
      if (!unsettled.delete(call)) return false;
      report(call, began, failed);
      return true;
    };
    const fail = (call: HandlerCall, error: unknown) => {
      // A handler that was cut off may still fail on its own later, which is one failure all the same.
      if (!settle(call, true)) return;
      for (const event of call.events) {
        failures.push({ handler: call.handler.name, event, error });
        this.unhandled.publish({ cause: event.event, exception: error });
      }
      this.logFailure(call, error);
    };
    const handling = calls.map((call) =>
      handle(call, when).then(
        () => void settle(call, false),
        (error: unknown) => fail(call, error),
      ),
    );
    // One timeout for all calls: a timer for each costs more than many handlers do.
    await withTimeout(this.times.handlerMs, Promise.all(handling)).catch((error: unknown) => {
      for (const call of unsettled) fail(call, error);
    });
    return failures;
  }

  /** Makes a call for events from the log. @throws what the handler throws; Error when it was cut off */
  async makeOne(call: HandlerCall): Promise<void> {
    const began = performance.now();
    try {
      await withTimeout(this.times.handlerMs, handle(call, 'later'));
      report(call, began, false);
    } catch (error) {
      report(call, began, true);
      throw error;
    }
  }

  private logFailure({ handler, events }: HandlerCall, error: unknown): void {
    // The outage has been logged already.
    if (isAnnounced(error)) return;
    const [{ id, correlationId, event }] = events;
    const more = events.length > 1 ? ` and ${events.length - 1} more events` : '';
    this.logger.error(
      { err: error, eventId: id, requestId: correlationId },
      `${handler.name} failed to handle ${event.constructor.name} of ${event.sku}${more}; it will be tried again`,
    );
  }
}

/** The calls that hand events of one SKU to a handler: to one that takes them together a single one. */
export function callsOf(handler: RegisteredHandler, events: readonly Recorded[]): HandlerCall[] {
  if (handler.instance.handleAll) return [{ handler, events }];
  return events.map((recorded) => ({ handler, events: [recorded] }));
}

function report({ handler: { name } }: HandlerCall, began: number, failed: boolean): void {
  if (handlerCalls.hasSubscribers)
    handlerCalls.publish({ handler: name, seconds: (performance.now() - began) / 1_000, failed });
}

/** In an async function a handler that throws at once fails like one that rejects. */
async function handle(call: HandlerCall, when: 'now' | 'later'): Promise<void> {
  const { handler, events } = call;
  const [{ event, id, traceparent }] = events;
  if (!isTraced()) return run(call, traceparent);
  await traced(
    `handle ${event.constructor.name}`,
    {
      kind: when === 'now' ? SpanKind.INTERNAL : SpanKind.CONSUMER,
      attributes: {
        'stock_allocation.handler': handler.name,
        'stock_allocation.sku': event.sku,
        'messaging.message.id': id,
        'messaging.batch.message_count': events.length,
      },
      // What comes later may be long after the trace that led to it.
      parent: { traceparent: when === 'now' ? traceparent : undefined },
      links: when === 'now' ? [] : events.map((each) => each.traceparent),
    },
    (own) => run(call, own),
  );
}

async function run({ handler: { instance }, events }: HandlerCall, traceparent?: string): Promise<void> {
  const [first] = events;
  const { correlationId, id: causationId } = first;
  await runWithCorrelation({ correlationId, causationId, traceparent }, () =>
    instance.handleAll ? instance.handleAll(events) : instance.handle(first.event, first),
  );
}
