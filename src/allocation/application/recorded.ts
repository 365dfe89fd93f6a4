import type { Correlation } from '../../correlation';
import { newId } from '../../ids';
import type { DomainEvent } from '../domain/events';
import type { Product } from '../domain/product';

/**
 * An event as it was committed, with what a reader needs to know about it. This is what the EventBus
 * carries: a handler decorated with `@EventsHandler(Allocated)` gets a `Recorded<Allocated>`.
 */
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
  readonly event: E;
}

/**
 * The events that the product has raised after its first `from` ones, as they are about to be committed.
 * @param correlation who asked for the work that raised them
 */
export function recordEvents(
  product: Product,
  from: number,
  correlation: Correlation,
  occurredAt: Date,
): Recorded[] {
  return product.events.slice(from).map((event, index) => ({
    id: newId(),
    sequence: product.loadedVersion + from + index + 1,
    occurredAt,
    correlationId: correlation.correlationId,
    causationId: correlation.causationId,
    event,
  }));
}
