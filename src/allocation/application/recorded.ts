import type { Correlation } from '../../correlation';
import { newId } from '../../ids';
import type { DomainEvent } from '../domain/events';
import type { Product } from '../domain/product';

/** An event as it was committed, with what a reader needs to know about it. This is what the EventBus carries. */
export interface Recorded<E extends DomainEvent = DomainEvent> {
  /** UUID v7. */
  readonly id: string;
  /** Counts the events of this SKU, from 1 and without gaps. */
  readonly sequence: number;
  readonly occurredAt: Date;
  /** The request or message that all of this began with. */
  readonly correlationId: string;
  /** The command or message that caused this very event. */
  readonly causationId: string;
  /** The trace that it belongs to (W3C Trace Context), if whoever asked said so. */
  readonly traceparent?: string;
  /** The id of the key by which it was caused, right after it was committed; readers of the log are not told. */
  readonly keyId?: string;
  readonly event: E;
}

/**
 * A handler of events. Decorated with `@EventsHandler(Allocated)` it gets every Allocated, as `@nestjs/cqrs` documents it,
 * and beside it how the event was recorded.
 */
export interface RecordedEventHandler<E extends DomainEvent = DomainEvent> {
  handle(event: E, recorded: Recorded<E>): unknown;
}

/**
 * What a handler of events may have besides `handle`: then it gets the events that a commit has of one SKU at once,
 * and fails or succeeds on all of them. `handle` gets those whose delivery has to be made good for.
 */
export interface GroupHandler {
  /** @param events of one SKU, in the order of their sequence */
  handleAll(events: readonly Recorded[]): Promise<void>;
}

/**
 * The events that the product has raised since it was loaded, from number `from` (counted from 0) to before number
 * `to`, as they are about to be committed.
 * @param correlation who asked for the work that raised them
 */
export function recordEvents(
  product: Product,
  from: number,
  to: number,
  correlation: Correlation,
  occurredAt: Date,
): Recorded[] {
  return product.events.slice(from, to).map((event, index) => ({
    id: newId(),
    sequence: product.loadedVersion + from + index + 1,
    occurredAt,
    correlationId: correlation.correlationId,
    causationId: correlation.causationId,
    traceparent: correlation.traceparent,
    keyId: correlation.keyId,
    event,
  }));
}
