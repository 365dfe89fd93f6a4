import type { EventFilter } from '../event-log';
import type { LoggedEvent, StoredEvent } from '../stored-event';

/** Whoever wants the events of each SKU one after the other, in their order. */
export interface OrderedReader {
  /** Under which it is registered with `Readers`. */
  readonly name: string;
  /** The events that it wants. */
  readonly filter: EventFilter;

  /**
   * Hands an event over. Events of other SKUs come at the same time, those behind this one of its SKU only when it
   * resolves. An event may come again that was handed over before.
   * @throws TryLater when nothing can be handed over for a while; anything else when this event failed: then only its
   *   SKU waits
   */
  deliver(event: StoredEvent, attempt: DeliveryAttempt): Promise<void>;

  /**
   * When an event that failed is to be tried again.
   * @param attempts so many have failed, from 1
   * @param failingForMs how long ago the first of them was
   * @returns the pause in milliseconds, or that it is not to be tried again: then it becomes a dead letter, and its SKU
   *   goes on behind it
   */
  pauseAfter(attempts: number, failingForMs: number): number | 'give up';
}

export interface DeliveryAttempt {
  /** Counts the attempts for this event, from 1. */
  readonly number: number;
  /** Aborted when another instance may read for the reader: whatever is under way has to end. */
  readonly signal: AbortSignal;
}

/** Nothing can be handed to the reader for a while. No attempt is counted, and its position stays. */
export class TryLater extends Error {
  /** @param afterMs the pause, in milliseconds */
  constructor(
    message: string,
    readonly afterMs: number,
  ) {
    super(message);
  }
}

/** Whether a reader wants an event. */
export function isWanted({ types, skus }: EventFilter, event: LoggedEvent): boolean {
  return (!types || types.includes(event.type)) && (!skus || skus.includes(event.sku));
}
