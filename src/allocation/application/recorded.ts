import type { DomainEvent } from '../domain/events';

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
